"""Who goes first when the one writer has more to do than it can: three lanes, taken 8 : 3 : 1.

FIRST    what people wait for: messages in, opt-outs, replies, take-overs, and the sending of what was written
STATUS   what carriers tell of our own messages, and signing in
REST     everything else

A lane in which one would wait too long, or which is too long already, turns away whoever comes to a door: 503, and when
to come back, spread so that not all come back at once. What the product does by itself is ordered, never turned away.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Generic, TypeVar

from console.errors import Unavailable

T = TypeVar("T")

FIRST, STATUS, REST = 0, 1, 2
UNSHED = -1
"""At a door: the first lane, and never turned away."""
SHARES = (8, 3, 1)
PATIENCE_S = (2.0, 1.0, 0.5)
LONGEST = 4_096  # changes that may wait in a lane
MANY = 4  # changes at which it is worth while to look at them as a batch
NEARLY_ALL = 0.9  # one who thinks longer does not keep the others
SELDOM = 5  # at least every 32nd batch
LONGEST_WAIT_S = 0.01
CHEAP = 32  # a commit of one costs as much as one of so many: most of it is the disk
RETRY_S = (1.0, 5.0)
SIGNALS_WAIT, WALL_WAITS, SEARCH_WAITS, OUTREACH_WAITS, MAIL_WAITS = 0.25, 0.4, 0.6, 0.7, 0.8
"""What is done without, in this order, as the strain grows; at 1 people are turned away."""

lane: ContextVar[int] = ContextVar("lane", default=REST)
"""The lane of what this task writes."""


class Lanes(Generic[T]):
    """What waits, in its lanes. The writer's own: no other thread looks in."""

    def __init__(self) -> None:
        self._queues: tuple[deque[T], ...] = tuple(deque() for _ in SHARES)

    def __bool__(self) -> bool:
        return any(self._queues)

    def __len__(self) -> int:
        return sum(map(len, self._queues))

    def add(self, several: Iterable[tuple[int, T]]) -> None:
        for where, each in several:
            self._queues[where].append(each)

    def take(self, most: int) -> list[T]:
        """The next to be served, turn after turn of the shares; in a lane whoever came first."""
        taken: list[T] = []
        while len(taken) < most and self:
            for queue, share in zip(self._queues, SHARES, strict=True):
                for _ in range(min(share, len(queue), most - len(taken))):
                    taken.append(queue.popleft())
        return taken


class Company:
    """Who is about to come, for the writer alone.

    Whoever was answered by one commit often has the next change at hand at once. Without waiting for them the half that
    comes first is written while the others are still read: two commits for one, and two threads that take the
    interpreter from each other at every statement. So the writer, where many wait already, waits for nearly all who
    were just answered, and never longer than half of what the last batch took. Once together they mostly stay so. Those
    who come by themselves, at random, are not worth it: who was awaited in vain is awaited more and more seldom, until
    they do come.
    """

    def __init__(self) -> None:
        self._answered = 0
        self.patience_s = 0.0  # how long to wait for them
        self._vain = 0  # waits, one after the other, in which they did not come
        self._rest = 0  # batches for which nobody is awaited

    def awaited(self, behind: int, here: int) -> int:
        """How many to wait for; 0: for nobody. `behind`: who waited when the last batch was written; `here`: now."""
        wanted = int((self._answered + behind) * NEARLY_ALL)
        if not MANY <= here < wanted:
            return 0
        if self._rest > 0:
            self._rest -= 1
            return 0
        return wanted

    def came(self, *, all_of_them: bool) -> None:
        """Whether those who were awaited came in time."""
        self._vain = 0 if all_of_them else min(self._vain + 1, SELDOM)
        self._rest = 2**self._vain - 1

    def took(self, seconds: float, count: int) -> None:
        """So long lasted a batch of so many."""
        self._answered = count
        self.patience_s = min(seconds / 2, LONGEST_WAIT_S)


class Load:
    """How many wait in each lane, and for how long: what the doors ask. Kept on the event loop."""

    def __init__(self) -> None:
        self.waiting = [0, 0, 0]
        self._cost_s = 0.0  # of one change, a moving mean

    def took(self, seconds: float, count: int) -> None:
        """So long lasted a commit of so many."""
        self._cost_s += (seconds / max(count, CHEAP) - self._cost_s) / 5

    def wait_s(self, where: int) -> float:
        """How long whoever joins this lane now will wait, by the pace of the last commits."""
        own, share = self.waiting[where], SHARES[where]
        ahead = sum(min(count, own * other / share) for count, other in zip(self.waiting, SHARES, strict=True))
        return ahead * self._cost_s

    def strain(self) -> float:
        """0 calm, 1 when a lane turns people away: for whoever can do without something for a while."""
        return max(self.wait_s(where) / patience for where, patience in enumerate(PATIENCE_S))

    def admit(self, where: int) -> None:
        """Raises Unavailable when the lane is full."""
        if sum(self.waiting) * self._cost_s <= PATIENCE_S[where] and self.waiting[where] <= LONGEST:
            return  # even if all of them went first
        if self.waiting[where] > LONGEST or self.wait_s(where) > PATIENCE_S[where]:
            raise Unavailable("Too many changes are waiting.", retry_after=a_moment())


def a_moment() -> int:
    """When to come back, in seconds: not the same for everybody."""
    return round(random.uniform(*RETRY_S))


def enter(load: Load, where: int) -> None:
    """Come in at a door: what this task writes from here on stands in that lane. Raises Unavailable when it is full."""
    if where != UNSHED:
        load.admit(where)
    lane.set(max(where, FIRST))
