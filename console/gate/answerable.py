"""Until when a debtor who waits may still be answered: what is left of it is an advantage in the queue (RT-3)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from console.gate.house import House
from console.gate.judged import STILL_THERE_MS
from console.gate.packs import Effective, Hours
from console.gate.timing import clocks_of
from console.gate.types import Window
from console.gate.windows import closed_by, lawful_until, next_open
from console.wire.moment import HOUR, MINUTE, Ms


def answerable_until(
    law: Effective, channel: str, house: House, wished: tuple[Window, ...], heard: Ms, now: Ms
) -> Ms | None:
    """When what is lawful now, or from the next opening on, ends by itself; None when no clock ever closes or opens.

    Hours do not bind an answer while it is one (`Judged.hours_bind`): within the profile's reactive hours of `heard`,
    when the debtor wrote last, or while they are still there; beyond that they do. wished: the debtor's own hours.
    """
    spared_ms = law.reactive_hours * HOUR
    if not law.reactive_exempt_from_window:
        spared_ms = min(spared_ms, STILL_THERE_MS)
    bound = max(now, heard + spared_ms)
    is_open, closes = _closing(clocks_of(law, channel, house.windows, wished), bound // MINUTE, house.closed_days)
    return closes if is_open or bound == now else bound


@lru_cache(maxsize=4_096)  # on the path of every message, and many are of one place and minute
def _closing(clocks: tuple[Hours, ...], minute: int, extra: frozenset[date]) -> tuple[bool, Ms | None]:
    """Whether the clocks are open in this minute since the epoch (they open and close with minutes), and when they
    close: after it, or after the next opening.
    """
    at = minute * MINUTE
    if closed_by(clocks, at, extra) is None:
        return True, lawful_until(clocks, at, extra)
    opens = next_open(clocks, at, extra)
    return False, None if opens is None else lawful_until(clocks, opens, extra)
