"""How fast a number sends: its provider's limit in no second exceeded, and nearly reached."""

from __future__ import annotations

import random

import pytest

from channels.types import Fault
from console.clock import FixedClock
from console.workers.pace import AHEAD, Pace

LIMIT = 80  # messages a second, Meta's for a number


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(1_000_000)


@pytest.fixture
def pace(clock: FixedClock) -> Pace:
    return Pace(clock)


def most_in_a_second(moments: list[int]) -> int:
    return max(sum(at <= other < at + 1_000 for other in moments) for at in moments)


def departures(clock: FixedClock, pace: Pace, seconds: float, every_ms: int) -> list[int]:
    """When messages leave of which there are more than enough."""
    left: list[int] = []
    for _ in range(int(seconds * 1_000) // every_ms):
        while not pace.leave("a"):
            left.append(clock.at)
        clock.advance(every_ms)
    return left


@pytest.mark.parametrize("every_ms", [1, 2, 5])
def test_whoever_asks_often_gets_nearly_the_limit_and_never_more(clock: FixedClock, pace: Pace, every_ms: int) -> None:
    left = departures(clock, pace, 10, every_ms)
    assert most_in_a_second(left) <= LIMIT
    assert len(left) >= 0.95 * LIMIT * 10


def test_messages_whose_ways_differ_by_twenty_milliseconds_arrive_within_the_limit(
    clock: FixedClock, pace: Pace
) -> None:
    chance = random.Random(7)
    arrived = sorted(at + chance.randrange(20) for at in departures(clock, pace, 10, 1))
    assert most_in_a_second(arrived) <= LIMIT


def test_what_a_busy_moment_cost_is_made_up_for_within_the_limit(clock: FixedClock, pace: Pace) -> None:
    left: list[int] = []
    for _ in range(20):
        left += departures(clock, pace, 0.4, 1)
        clock.advance(100)  # nothing of ours ran
    assert most_in_a_second(left) <= LIMIT
    assert len(left) >= 0.95 * LIMIT * 10


def test_a_number_that_was_silent_for_long_has_saved_nothing_up(clock: FixedClock, pace: Pace) -> None:
    pace.leave("a")
    clock.advance(3_600_000)
    assert most_in_a_second(departures(clock, pace, 2, 1)) <= LIMIT
    clock.advance(3_600_000)
    assert [pace.leave("a"), pace.leave("a") > 0] == [0, True]


def test_the_wait_that_is_told_suffices_and_is_this_numbers_alone(clock: FixedClock, pace: Pace) -> None:
    departures(clock, pace, 1, 1)
    while not (wait := pace.leave("a")):
        pass
    assert pace.leave("b") == 0
    clock.advance(int(wait * 1_000) + 1)
    assert pace.leave("a") == 0


def test_no_more_are_made_ready_than_leave_soon(pace: Pace) -> None:
    assert [pace.make_ready("a", f"i{n}") for n in range(AHEAD)] == [0.0] * AHEAD
    assert pace.make_ready("a", "one more") > 0 and pace.make_ready("b", "another number's") == 0
    pace.gone("a", "i0")
    pace.gone("a", "i0")
    assert pace.make_ready("a", "one more") == 0 and pace.make_ready("a", "and one") > 0


@pytest.mark.parametrize(("scope", "told", "seconds"), [("number", 0, 5), ("account", 0, 30), ("number", 2, 2)])
def test_a_number_that_was_told_to_slow_down_pauses(
    clock: FixedClock, pace: Pace, scope: str, told: int, seconds: int
) -> None:
    pace.slow("a", Fault(code="130429", retryable=True, retry_after=told, scope=scope))  # type: ignore[arg-type]
    assert pace.make_ready("a", "i") == pytest.approx(seconds)
    assert pace.paused("a") == pytest.approx(seconds)
    assert pace.make_ready("b", "i") == pace.paused("b") == 0
    clock.advance(seconds * 1_000)
    assert pace.make_ready("a", "i") == pace.paused("a") == 0


def test_a_refusal_that_is_no_matter_of_pace_slows_nothing(pace: Pace) -> None:
    pace.slow("a", Fault(code="131047", retryable=False, scope="number"))
    assert pace.make_ready("a", "i") == 0
