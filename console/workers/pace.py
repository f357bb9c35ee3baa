"""How fast each of our numbers may send: 80 a second by default, slower for a while when its provider says so."""

from __future__ import annotations

from channels.types import Fault
from console.clock import Clock

PER_SECOND = 80.0
BURST = 80.0
PAUSE_SECONDS = {"number": 5.0, "account": 30.0}


class Pace:
    """A token bucket a number, on monotonic time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, tuple[float, float]] = {}
        self._paused: dict[str, float] = {}

    def take(self, inbox_id: str) -> bool:
        """Whether a message may leave from this number now; if so it is counted."""
        now = self._clock.monotonic()
        if self._paused.get(inbox_id, 0.0) > now:
            return False
        tokens, at = self._tokens.get(inbox_id, (BURST, now))
        tokens = min(BURST, tokens + (now - at) * PER_SECOND)
        if tokens < 1:
            self._tokens[inbox_id] = (tokens, now)
            return False
        self._tokens[inbox_id] = (tokens - 1, now)
        return True

    def slow(self, inbox_id: str, fault: Fault) -> None:
        """The provider asked this number to slow down; other numbers go on."""
        if fault.scope in PAUSE_SECONDS and fault.retryable:
            wait = fault.retry_after or PAUSE_SECONDS[fault.scope]
            self._paused[inbox_id] = self._clock.monotonic() + wait
