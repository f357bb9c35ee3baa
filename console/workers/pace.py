"""How fast each of our numbers may send: evenly, never more than 80 in any one second as its provider counts them;
slower for a while when it says so.

A message comes to the provider some time between its departure and its answer. Of that time the quickest of late had
the least; how much longer another one's was is how much later than the others it may have come. It is counted for a
second from when it may have come at the latest, so no second of the provider's holds more than are counted at once:

    of 81 that came within a second, all but the last to depart may have come less than a second before that departure,
    and were counted then.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from channels.types import Fault
from console.clock import Clock

LIMIT = 80  # within any one second, the provider's for a number
EVERY_SECONDS = 1 / (LIMIT - 1)  # one leaves, or
GAP_SECONDS = 0.01  # while what a busy machine kept from leaving is made up for
BEHIND_SECONDS = 0.5  # that is made up for at most
STRAY_SECONDS = 0.25  # that one is taken to have come later than another; what is longer is the provider's own work
MARGIN_SECONDS = 0.005  # the quickest had a little of both ways' delays itself
TRIPS = 64  # of which one was the quickest
KNOWN = 32  # before so many were made, nobody knows how quick one can be
AHEAD = 32  # made ready of a number while others wait for their turn: less than half a second
PAUSE_SECONDS = {"number": 5.0, "account": 30.0}


class Way(Struct):
    """A message that left. `ends`: until when it is counted, once it was answered."""

    item_id: str
    left: float
    ends: float | None = None


class Ways:
    """Of one number: which messages may have come within the last second, and how long the quickest took."""

    def __init__(self) -> None:
        self._ways: deque[Way] = deque()  # in the order in which they left
        self._trips: deque[float] = deque(maxlen=TRIPS)

    @property
    def last(self) -> float:
        """When the last one left that is counted still."""
        return self._ways[-1].left if self._ways else float("-inf")

    def add(self, item_id: str, now: float) -> None:
        self._ways.append(Way(item_id, now))

    def answered(self, item_id: str, now: float) -> None:
        for way in reversed(self._ways):
            if way.item_id == item_id and way.ends is None:
                self._trips.append(now - way.left)
                way.ends = self._end(way, now)
                return

    def wait(self, now: float) -> float:
        """The seconds until one more may be counted, and whether it is known: for one that is not answered yet it is
        asked again soon.
        """
        ends = sorted((self._end(way, now) if way.ends is None else way.ends, way.ends is None) for way in self._ways)
        left = [each for each in ends if each[0] > now]
        if len(left) != len(ends):
            self._ways = deque(way for way in self._ways if (way.ends or self._end(way, now)) > now)
        if len(left) < LIMIT:
            return 0.0
        end, is_open = left[len(left) - LIMIT]
        return min(end - now, GAP_SECONDS) if is_open else end - now

    def _end(self, way: Way, now: float) -> float:
        """A second after it came at the latest, were it answered now."""
        quickest = min(self._trips) if len(self._trips) >= KNOWN else 0.0
        late = now - way.left - quickest
        return way.left + 1 + MARGIN_SECONDS + min(max(late, 0.0), STRAY_SECONDS)


class Pace:
    """Each number's messages that left of late, and those that are ready to; on monotonic time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ways: dict[str, Ways] = {}
        self._turn: dict[str, float] = {}  # when the next one's turn is
        self._waited: set[str] = set()  # of whose messages one was told to wait, and has not left
        self._ready: dict[str, set[str]] = {}
        self._paused: dict[str, float] = {}

    def make_ready(self, inbox_id: str, item_id: str) -> float:
        """0 when this message may be made ready, which then is kept in mind until it has `gone`; else the seconds to
        wait before it is asked again.
        """
        if paused := self.paused(inbox_id):
            return paused
        ready = self._ready.setdefault(inbox_id, set())
        if len(ready) >= AHEAD:
            return GAP_SECONDS
        ready.add(item_id)
        return 0.0

    def paused(self, inbox_id: str) -> float:
        """The seconds for which this number's provider wants nothing of it; 0 as a rule."""
        return max(self._paused.get(inbox_id, 0.0) - self._clock.monotonic(), 0.0)

    def gone(self, inbox_id: str, item_id: str) -> None:
        """It has left, or will not."""
        self._ready.get(inbox_id, set()).discard(item_id)

    def leave(self, inbox_id: str, item_id: str) -> float:
        """0 when this message leaves its number now, which then is counted; else the seconds until one may."""
        now = self._clock.monotonic()
        ways = self._ways.setdefault(inbox_id, Ways())
        late = BEHIND_SECONDS if inbox_id in self._waited else 0.0  # silence saves nothing up
        turn = max(self._turn.get(inbox_id, 0.0), now - late)
        wait = max(turn - now, ways.last + GAP_SECONDS - now, ways.wait(now))
        if wait > 0:
            self._waited.add(inbox_id)
            return wait
        ways.add(item_id, now)
        self._waited.discard(inbox_id)
        self._turn[inbox_id] = turn + EVERY_SECONDS
        return 0.0

    def answered(self, inbox_id: str, item_id: str) -> None:
        """Its provider took it, or would not: it has come."""
        if inbox_id in self._ways:
            self._ways[inbox_id].answered(item_id, self._clock.monotonic())

    def slow(self, inbox_id: str, fault: Fault) -> None:
        """The provider asked this number to slow down; other numbers go on."""
        if fault.scope in PAUSE_SECONDS and fault.retryable:
            wait = fault.retry_after or PAUSE_SECONDS[fault.scope]
            self._paused[inbox_id] = self._clock.monotonic() + wait
