"""What a rule pack may not be: contradictory, or laxer than what it stands on. Refused by name, when it is read.

An overlay may only be stricter than its country: its hours lie inside the country's, and none of its caps counts, over
the same channels and writers, what the country's own caps never let anybody reach.
"""

from __future__ import annotations

from itertools import combinations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.gate.packs import Cap, Country, HoursRow, Overlay, Week
from console.gate.types import DAYS
from console.gate.weeks import CHANNELS, intersection, minutes, week_on

DAYS_OF = {"day": 1, "week": 7}


def must_be_sound(country: Country) -> None:
    """Raises ValueError, naming the profile and what is wrong with it."""
    _hours_are_sound(country.code, country.windows)
    for name in (*country.timezones, *(zone for zones in country.zones.values() for zone in zones)):
        _zone_exists(country.code, name)
    for overlay in country.overlays:
        if not overlay.code.startswith(f"{country.code}-"):
            raise ValueError(f"{overlay.code}: an overlay of {country.code} is called {country.code}-…")
        _hours_are_sound(overlay.code, overlay.windows)
        _is_stricter(overlay, country)


def laxer_hours(wider: Week, narrower: Week) -> str:
    """The first weekday on which `narrower` is open while `wider` is closed, "" when there is none."""
    cut = intersection(wider, narrower)
    return next((DAYS[day] for day in range(7) if cut[day] != narrower[day]), "")


def _is_stricter(overlay: Overlay, country: Country) -> None:
    if overlay.windows:
        for channel in CHANNELS:
            day = laxer_hours(week_on(country.windows, channel), week_on(overlay.windows, channel))
            if day:
                raise ValueError(f"{overlay.code}: hours on {day} ({channel}) are laxer than those of {country.code}")
    for cap in overlay.caps:
        if any(_is_laxer(cap, above) for above in country.caps):
            raise ValueError(f"{overlay.code}: the cap {cap.code} is laxer than that of {country.code}")
    if overlay.min_days_late and overlay.min_days_late < country.min_days_late:
        raise ValueError(f"{overlay.code}: min_days_late is laxer than that of {country.code}")


def _is_laxer(cap: Cap, above: Cap) -> bool:
    """Whether `above` stops all that `cap` would stop, and more, however differently the two are written."""
    if not _covers(above, cap):
        return False
    (most, days), (least, over) = _pace(cap), _pace(above)
    if above.kind == "gap" and cap.kind != "gap":
        over -= 1  # its last day may be a moment long
    if days <= over:
        return most >= least and (most, days) != (least, over)
    always = above.kind == "count" and above.applies == "all" and above.exceed == "defer"
    return always and most > least * -(-days // over)


def _covers(above: Cap, cap: Cap) -> bool:
    """Whether all that `cap` counts and stops is counted by `above` too, and stopped as firmly."""
    who = above.applies in ("all", cap.applies)
    how = above.exceed == "defer" or cap.exceed == "approval"
    where = not above.channels or (bool(cap.channels) and cap.channels <= above.channels)
    if cap.kind == "lock" and above.kind != "lock":
        where = not above.channels  # it looks at every other channel
    return who and how and where and (above.kind != "lock" or cap.kind == "lock")


def _pace(cap: Cap) -> tuple[int, int]:
    """A cap as so many contacts in so many days."""
    if cap.kind == "gap":
        return 1, cap.full_days + 1
    return (1 if cap.kind == "lock" else cap.max), DAYS_OF[cap.per]


def _hours_are_sound(code: str, rows: tuple[HoursRow, ...]) -> None:
    for row in rows:
        try:
            opens, closes = minutes(row.opens), minutes(row.closes)
        except ValueError as error:
            raise ValueError(f"{code}: {error}") from None
        if opens >= closes:
            raise ValueError(f"{code}: a window from {row.opens} to {row.closes} is never open")
    for one, other in combinations(rows, 2):
        day = next((name for name in one.days if name in other.days), "")
        meet = not one.channels or not other.channels or one.channels & other.channels
        if day and meet and one.opens < other.closes and other.opens < one.closes:
            raise ValueError(
                f"{code}: windows overlap on {day}: {one.opens}-{one.closes} and {other.opens}-{other.closes}"
            )


def _zone_exists(code: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(f"{code}: there is no time zone {name!r}") from None
