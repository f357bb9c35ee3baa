"""How fast a number sends: its provider's limit in no second exceeded, and nearly reached."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable

import pytest

from channels.types import Fault
from console.clock import FixedClock
from console.workers.pace import AHEAD, Pace

LIMIT = 80  # messages a second, Meta's for a number
QUICK_MS = 40  # there and back, at the quickest
Way = Callable[[random.Random], tuple[int, int]]
"""How long a message is on its way, and how long its answer: milliseconds beyond the quickest."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(1_000_000)


@pytest.fixture
def pace(clock: FixedClock) -> Pace:
    return Pace(clock)


class Carrier:
    """Takes what leaves, each by a way of its own, and answers; both as the clock goes on."""

    def __init__(self, clock: FixedClock, pace: Pace, way: Way = lambda chance: (0, 0)) -> None:
        self.clock, self.pace, self.way = clock, pace, way
        self.chance = random.Random(7)
        self.came: list[int] = []
        self._answers: list[tuple[int, str]] = []

    def run(self, seconds: float, every_ms: int = 1) -> None:
        """More than enough is due; it is asked for this often."""
        for _ in range(int(seconds * 1_000) // every_ms):
            while not self.pace.leave("a", f"i{len(self.came)}"):
                there, back = self.way(self.chance)
                self._answers.append((self.clock.at + QUICK_MS + there + back, f"i{len(self.came)}"))
                self.came.append(self.clock.at + QUICK_MS // 2 + there)
            self.rest(every_ms)

    def rest(self, milliseconds: int) -> None:
        """Time passes in which nothing leaves; answers are heard at its end."""
        self.clock.advance(milliseconds)
        for at, item in [each for each in self._answers if each[0] <= self.clock.at]:
            self.pace.answered("a", item)
            self._answers.remove((at, item))

    @property
    def most(self) -> int:
        """That came within any one second."""
        came = sorted(self.came)
        return max(bisect_left(came, at + 1_000) - place for place, at in enumerate(came))


@pytest.mark.parametrize("every_ms", [1, 2, 5])
def test_whoever_asks_often_gets_nearly_the_limit_and_never_more(clock: FixedClock, pace: Pace, every_ms: int) -> None:
    carrier = Carrier(clock, pace)
    carrier.run(10, every_ms)
    assert carrier.most <= LIMIT
    assert len(carrier.came) >= 0.95 * LIMIT * 10


@pytest.mark.parametrize(
    ("way", "share"),
    [
        (lambda chance: (chance.randrange(20), 0), 0.95),
        (lambda chance: (0, chance.randrange(20)), 0.95),
        (lambda chance: (chance.randrange(80), chance.randrange(80)), 0.9),
        (lambda chance: (200, 0) if chance.random() < 0.1 else (0, 0), 0.9),
        (lambda chance: (chance.randrange(240), 0), 0.8),
    ],
    ids=["way 20 ms", "answer 20 ms", "both 80 ms", "one of ten 200 ms", "way 240 ms"],
)
def test_however_much_ways_differ_they_come_within_the_limit(
    clock: FixedClock, pace: Pace, way: Way, share: float
) -> None:
    carrier = Carrier(clock, pace, way)
    carrier.run(20)
    assert carrier.most <= LIMIT
    assert len(carrier.came) >= share * LIMIT * 20


def test_a_carrier_that_stands_still_and_then_takes_all_at_once_has_no_more_than_the_limit(
    clock: FixedClock, pace: Pace
) -> None:
    def stands_still(chance: random.Random) -> tuple[int, int]:
        into = clock.at % 2_000
        return (200 - into if into < 200 else 0), 0

    carrier = Carrier(clock, pace, stands_still)
    carrier.run(20)
    assert carrier.most <= LIMIT


def test_a_carrier_that_thinks_long_about_each_is_sent_as_much(clock: FixedClock, pace: Pace) -> None:
    carrier = Carrier(clock, pace, lambda chance: (0, 800 + chance.randrange(10)))
    carrier.run(10)
    carrier.came.clear()
    carrier.run(10)
    assert carrier.most <= LIMIT and len(carrier.came) >= 0.95 * LIMIT * 10


def test_one_that_is_never_answered_holds_up_the_others_for_a_moment_only(clock: FixedClock, pace: Pace) -> None:
    for number in range(LIMIT):
        while pace.leave("a", f"lost{number}"):
            clock.advance(1)
    carrier = Carrier(clock, pace)
    carrier.run(10)
    assert carrier.most <= LIMIT and len(carrier.came) >= 0.9 * LIMIT * 10


def test_what_a_busy_moment_cost_is_made_up_for_within_the_limit(clock: FixedClock, pace: Pace) -> None:
    carrier = Carrier(clock, pace)
    for _ in range(20):
        carrier.run(0.4)
        carrier.rest(100)  # nothing of ours ran
    assert carrier.most <= LIMIT
    assert len(carrier.came) >= 0.93 * LIMIT * 10


def test_a_number_that_was_silent_for_long_has_saved_nothing_up(clock: FixedClock, pace: Pace) -> None:
    pace.leave("a", "first")
    clock.advance(3_600_000)
    carrier = Carrier(clock, pace)
    carrier.run(2)
    assert carrier.most <= LIMIT
    clock.advance(3_600_000)
    assert [pace.leave("a", "x"), pace.leave("a", "y") > 0] == [0, True]


def test_the_wait_that_is_told_suffices_and_is_this_numbers_alone(clock: FixedClock, pace: Pace) -> None:
    Carrier(clock, pace).run(1)
    while not (wait := pace.leave("a", "x")):
        pass
    assert pace.leave("b", "x") == 0
    clock.advance(int(wait * 1_000) + 1)
    assert pace.leave("a", "x") == 0


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
