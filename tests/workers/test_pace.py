"""How fast a number sends: its provider's limit in no second exceeded, and nearly reached."""

from __future__ import annotations

import pytest

from channels.types import Fault
from console.clock import FixedClock
from console.workers.pace import Pace

LIMIT = 80  # messages a second, Meta's for a number


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(1_000_000)


@pytest.fixture
def pace(clock: FixedClock) -> Pace:
    return Pace(clock)


@pytest.mark.parametrize("every_ms", [1, 7, 13, 25])
def test_whoever_asks_often_gets_nearly_the_limit_and_never_more(clock: FixedClock, pace: Pace, every_ms: int) -> None:
    left: list[int] = []
    for _ in range(10_000 // every_ms):
        while not pace.take("a"):
            left.append(clock.at)
        clock.advance(every_ms)
    assert max(sum(at <= other < at + 1_000 for other in left) for at in left) <= LIMIT
    assert len(left) >= 0.95 * LIMIT * 10


def test_a_number_that_was_silent_for_long_has_saved_nothing_up(clock: FixedClock, pace: Pace) -> None:
    pace.take("a")
    clock.advance(3_600_000)
    left = 0
    for _ in range(1_000):
        left += not pace.take("a")
        clock.advance(1)
    assert left <= LIMIT


def test_the_wait_that_is_told_suffices_and_is_this_numbers_alone(clock: FixedClock, pace: Pace) -> None:
    while not (wait := pace.take("a")):
        pass
    assert pace.take("b") == 0
    clock.advance(int(wait * 1_000) + 1)
    assert pace.take("a") == 0


@pytest.mark.parametrize(("scope", "told", "seconds"), [("number", 0, 5), ("account", 0, 30), ("number", 2, 2)])
def test_a_number_that_was_told_to_slow_down_pauses(
    clock: FixedClock, pace: Pace, scope: str, told: int, seconds: int
) -> None:
    pace.slow("a", Fault(code="130429", retryable=True, retry_after=told, scope=scope))  # type: ignore[arg-type]
    assert pace.take("a") == pytest.approx(seconds)
    assert pace.take("b") == 0
    clock.advance(seconds * 1_000)
    assert pace.take("a") == 0


def test_a_refusal_that_is_no_matter_of_pace_slows_nothing(pace: Pace) -> None:
    pace.slow("a", Fault(code="131047", retryable=False, scope="number"))
    assert pace.take("a") == 0
