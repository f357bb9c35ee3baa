"""When it is lawful: the next opening and the next closing of several local clocks at once.

A clock (`Hours`) is open at a moment when its local wall time lies in a span of its weekday, half-open, and the local
day is no holiday. Wall time is what binds, so the nights on which clocks change come out right: a span that begins in
a skipped hour opens when the skip ends, an hour that happens twice is judged each time by what the wall clock shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from console.gate.packs import Hours
from console.wire.moment import HOUR, Ms, aware, from_aware

HORIZON_DAYS = 60  # clocks that do not all open within this time never will


def closed_by(clocks: Iterable[Hours], at: Ms, extra: frozenset[date]) -> tuple[Hours, bool] | None:
    """The first clock that is closed, and whether a holiday closes a day that had hours; None when all are open."""
    for clock in clocks:
        local = aware(at).astimezone(clock.zone)
        if _is_holiday(clock, local.date(), extra):
            return clock, bool(clock.week[local.weekday()])
        if not _in_span(clock, local):
            return clock, False
    return None


def next_open(clocks: tuple[Hours, ...], at: Ms, extra: frozenset[date]) -> Ms | None:
    """The earliest moment, `at` or later, at which every clock is open; None when there is none within the horizon."""
    limit = at + HORIZON_DAYS * 24 * HOUR
    moved = True
    while moved:
        moved = False
        for clock in clocks:
            opening = _next_open(clock, at, extra)
            if opening is None or opening > limit:
                return None
            moved, at = moved or opening > at, opening
    return at


def lawful_until(clocks: tuple[Hours, ...], at: Ms, extra: frozenset[date]) -> Ms | None:
    """The earliest moment after `at` at which a clock is closed; None when one is closed now, or none ever closes."""
    if closed_by(clocks, at, extra):
        return None
    return min((end for clock in clocks if (end := _next_close(clock, at, extra)) is not None), default=None)


@lru_cache(maxsize=4096)
def local_midnight(zone: ZoneInfo, day: date) -> Ms:
    """The first moment of a local day."""
    midnights = _instants(zone, day, 0)
    return min((t for t in (*midnights, *_changes(zone, day)) if local_day(zone, t) == day), default=midnights[0])


def local_day(zone: ZoneInfo, at: Ms) -> date:
    """The local calendar day of a moment."""
    return aware(at).astimezone(zone).date()


def _is_open(clock: Hours, at: Ms, extra: frozenset[date]) -> bool:
    local = aware(at).astimezone(clock.zone)
    return _in_span(clock, local) and not _is_holiday(clock, local.date(), extra)


def _in_span(clock: Hours, local: datetime) -> bool:
    wall = _wall(local)
    return any(start <= wall < end for start, end in clock.week[local.weekday()])


def _wall(local: datetime) -> int:
    return ((local.hour * 60 + local.minute) * 60 + local.second) * 1000 + local.microsecond // 1000


def _is_holiday(clock: Hours, day: date, extra: frozenset[date]) -> bool:
    return day in extra or (clock.calendar is not None and clock.calendar.name(day) is not None)


def _next_open(clock: Hours, at: Ms, extra: frozenset[date]) -> Ms | None:
    if _is_open(clock, at, extra):
        return at
    today = local_day(clock.zone, at)
    for day in (today + timedelta(days=n) for n in range(HORIZON_DAYS + 1)):
        spans = clock.week[day.weekday()]
        if not spans or _is_holiday(clock, day, extra):
            continue
        edges = [t for start, _ in spans for t in _instants(clock.zone, day, start)]
        edges += _changes(clock.zone, day)
        openings = [t for t in edges if t >= at and local_day(clock.zone, t) == day and _is_open(clock, t, extra)]
        if openings:
            return min(openings)
    return None


def _next_close(clock: Hours, at: Ms, extra: frozenset[date]) -> Ms | None:
    today = local_day(clock.zone, at)
    for day in (today + timedelta(days=n) for n in range(HORIZON_DAYS + 1)):
        edges = [t for _, end in clock.week[day.weekday()] for t in _instants(clock.zone, day, end)]
        edges += [*_changes(clock.zone, day), local_midnight(clock.zone, day + timedelta(days=1))]
        closings = [t for t in edges if t > at and not _is_open(clock, t, extra)]
        if closings:
            return min(closings)
    return None


@lru_cache(maxsize=4096)
def _instants(zone: ZoneInfo, day: date, wall: int) -> tuple[Ms, ...]:
    """The one or two moments at which the wall clock shows `wall` ms since midnight. In a skipped hour they are none of
    that hour: callers check what they show."""
    local = datetime.combine(day, time()) + timedelta(milliseconds=wall)
    early, late = (from_aware(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    return (early,) if early == late else (early, late)


@lru_cache(maxsize=4096)
def _changes(zone: ZoneInfo, day: date) -> tuple[Ms, ...]:
    """The moment at which the zone's offset changes on or beside this day, to the millisecond; mostly none."""
    low, high = (_instants(zone, d, 0)[0] for d in (day, day + timedelta(days=1)))
    low, high = low - 3 * HOUR, high + 3 * HOUR
    before = _offset(zone, low)
    if before == _offset(zone, high):
        return ()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return (high,)


def _offset(zone: ZoneInfo, at: Ms) -> timedelta | None:
    return aware(at).astimezone(zone).utcoffset()
