"""Business hours of an inbox: when it is open, and when a promise of so many working seconds falls due. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.wire.moment import SECOND, Ms, aware, from_aware

Hours = dict[str, tuple[str, str]]  # {"MON": ("09:00", "18:00"), …}; empty = always open
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_HORIZON_DAYS = 30


def is_open(hours: Hours, zone: str, at: Ms) -> bool:
    """Whether the inbox is staffed at this moment; half-open, in its own zone."""
    if not hours:
        return True
    return any(opens <= at < closes for opens, closes in _spans(hours, zone, at, days=1))


def due(hours: Hours, zone: str, since: Ms, seconds: int) -> Ms:
    """When `seconds` of open time have passed since `since`; plain time for an inbox without hours."""
    left = seconds * SECOND
    if not hours:
        return since + left
    for opens, closes in _spans(hours, zone, since, days=_HORIZON_DAYS):
        start = max(opens, since)
        if closes <= start:
            continue
        if closes - start >= left:
            return start + left
        left -= closes - start
    return since + _HORIZON_DAYS * 86_400 * SECOND


def _spans(hours: Hours, zone: str, at: Ms, *, days: int) -> list[tuple[Ms, Ms]]:
    local = aware(at).astimezone(ZoneInfo(zone))
    midnight = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo)
    spans = []
    for offset in range(days + 1):
        day = (midnight.replace(tzinfo=None) + timedelta(days=offset)).replace(tzinfo=local.tzinfo)
        span = hours.get(_DAYS[day.weekday()])
        if span is not None:
            spans.append((_at(day, span[0]), _at(day, span[1])))
    return spans


def _at(day: datetime, clock: str) -> Ms:
    hour, _, minute = clock.partition(":")
    if hour == "24":
        return from_aware((day.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=day.tzinfo))
    return from_aware(day.replace(hour=int(hour), minute=int(minute or 0)))
