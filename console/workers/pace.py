"""How fast each of our numbers may send: evenly, never more than 80 in any one second; slower for a while when its
provider says so.
"""

from __future__ import annotations

from collections import deque

from channels.types import Fault
from console.clock import Clock

MOST = 79  # may leave within a window: the provider's 80 a second, less one that was long on its way
WINDOW_SECONDS = 1.02  # with what a message's way may differ from another's
EVERY_SECONDS = WINDOW_SECONDS / MOST  # one leaves, or
GAP_SECONDS = 0.01  # while what a busy machine kept from leaving is made up for
BEHIND_SECONDS = 0.5  # that is made up for at most
AHEAD = 32  # made ready of a number while others wait for their turn: less than half a second
PAUSE_SECONDS = {"number": 5.0, "account": 30.0}


class Pace:
    """When each number's last messages left, and which are ready to; on monotonic time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left: dict[str, deque[float]] = {}
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

    def leave(self, inbox_id: str) -> float:
        """0 when a message leaves this number now, which then is counted; else the seconds until one may."""
        now = self._clock.monotonic()
        left = self._left.setdefault(inbox_id, deque(maxlen=MOST))
        late = BEHIND_SECONDS if inbox_id in self._waited else 0.0  # silence saves nothing up
        turn = max(self._turn.get(inbox_id, 0.0), now - late)
        may = max(turn, left[-1] + GAP_SECONDS) if left else turn
        if len(left) == MOST:
            may = max(may, left[0] + WINDOW_SECONDS)
        if may > now:
            self._waited.add(inbox_id)
            return may - now
        left.append(now)
        self._waited.discard(inbox_id)
        self._turn[inbox_id] = turn + EVERY_SECONDS
        return 0.0

    def slow(self, inbox_id: str, fault: Fault) -> None:
        """The provider asked this number to slow down; other numbers go on."""
        if fault.scope in PAUSE_SECONDS and fault.retryable:
            wait = fault.retry_after or PAUSE_SECONDS[fault.scope]
            self._paused[inbox_id] = self._clock.monotonic() + wait
