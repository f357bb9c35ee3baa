"""Clocks that stand at an hour whose law is known, whatever day the tests run on."""

from __future__ import annotations

from datetime import timedelta

from console.clock import SystemClock
from console.wire.moment import aware, from_aware

TUESDAY, SUNDAY = 1, 6


def next_day(weekday: int, utc_hour: int) -> SystemClock:
    """A clock that goes on from this hour (UTC) of the next such day."""
    clock = SystemClock()
    now = aware(clock.now())
    day = now + timedelta(days=(weekday - now.weekday()) % 7 or 7)
    clock.offset_ms = from_aware(day.replace(hour=utc_hour, minute=0, second=0, microsecond=0)) - clock.now()
    return clock


def tuesday_at_ten() -> SystemClock:
    """Ten in the morning in São Paulo, so that every hour of a test is lawful."""
    return next_day(TUESDAY, 13)
