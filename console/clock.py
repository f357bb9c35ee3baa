"""The one place that asks what time it is. Everything else is told."""

from __future__ import annotations

import time
from typing import Protocol

from console.wire.moment import Ms


class Clock(Protocol):
    """`now` is the domain's time (the demo may shift it forward); `monotonic` is for leases, throttles and
    heartbeats.
    """

    def now(self) -> Ms: ...

    def real(self) -> Ms:
        """The same, never shifted."""

    def monotonic(self) -> float:
        """Seconds that only move forward, never shifted."""


class SystemClock:
    """The machine's clock, shifted by `offset_ms` (the demo's clock; 0 everywhere else)."""

    def __init__(self) -> None:
        self.offset_ms = 0

    def now(self) -> Ms:
        return self.real() + self.offset_ms

    def real(self) -> Ms:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock that stands still until told: for tests and for making the demo's past."""

    def __init__(self, now: Ms) -> None:
        self.at = now

    def now(self) -> Ms:
        return self.at

    def real(self) -> Ms:
        return self.at

    def advance(self, ms: int) -> None:
        self.at += ms

    def monotonic(self) -> float:
        return self.at / 1000
