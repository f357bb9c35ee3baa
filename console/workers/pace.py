"""How fast each of our numbers may send: evenly, never more than 80 in any one second; slower for a while when its
provider says so.
"""

from __future__ import annotations

from channels.types import Fault
from console.clock import Clock

PER_SECOND = 77.0
BURST = 3.0  # with what comes within a second: the provider's 80
PAUSE_SECONDS = {"number": 5.0, "account": 30.0}


class Pace:
    """A token bucket a number, on monotonic time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, tuple[float, float]] = {}
        self._paused: dict[str, float] = {}

    def take(self, inbox_id: str) -> float:
        """0 when a message may leave from this number now, which then is counted; else the seconds until one may."""
        now = self._clock.monotonic()
        paused = self._paused.get(inbox_id, 0.0) - now
        if paused > 0:
            return paused
        tokens, at = self._tokens.get(inbox_id, (BURST, now))
        tokens = min(BURST, tokens + (now - at) * PER_SECOND)
        may = tokens >= 1
        self._tokens[inbox_id] = (tokens - may, now)
        return 0.0 if may else (1 - tokens) / PER_SECOND

    def slow(self, inbox_id: str, fault: Fault) -> None:
        """The provider asked this number to slow down; other numbers go on."""
        if fault.scope in PAUSE_SECONDS and fault.retryable:
            wait = fault.retry_after or PAUSE_SECONDS[fault.scope]
            self._paused[inbox_id] = self._clock.monotonic() + wait
