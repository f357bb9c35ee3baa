"""The sandbox's own clock: the machine's, shifted by an offset that a person sets for a demonstration."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime

DAY_MS = 86_400_000
MOST_MS = 10 * 366 * DAY_MS  # how far the clock may be moved
_LAST = 253_370_764_800_000  # the year 9999


class Clock:
    """`now` is what the providers write into their payloads; `real` is for waiting and for links that expire."""

    def __init__(self, offset_ms: int = 0) -> None:
        self.offset_ms = offset_ms

    def now(self) -> int:
        return self.real() + self.offset_ms

    def real(self) -> int:
        return time.time_ns() // 1_000_000


def rfc3339(ms: int) -> str:
    """Milliseconds since the epoch as `2026-11-22T10:00:00.000Z`."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> int:
    """RFC 3339, or milliseconds as digits. A time without zone is UTC. Raises ValueError, also for what no calendar
    has.
    """
    if text.isdigit():
        at = int(text)
    else:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        at = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    if abs(at) >= _LAST:
        raise ValueError("a time lies before the year 9999")
    return at


def rfc2822(ms: int) -> str:
    """As Twilio's API and mail write it: `Sun, 22 Nov 2026 10:00:00 +0000`."""
    return format_datetime(datetime.fromtimestamp(ms // 1000, UTC))
