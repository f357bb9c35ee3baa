"""What a rule pack may not be: contradictory, or laxer than what it stands on. Refused by name, when it is read.

An overlay may only be stricter than its country: its hours lie inside the country's, its caps are no higher.
"""

from __future__ import annotations

from itertools import combinations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.gate.packs import Cap, Country, HoursRow, Overlay, Week
from console.gate.types import DAYS
from console.gate.weeks import CHANNELS, intersection, minutes, week_on


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
        above = next((each for each in country.caps if _same_kind(each, cap)), None)
        if above is not None and (cap.max > above.max or cap.full_days < above.full_days):
            raise ValueError(f"{overlay.code}: the cap {cap.code} is laxer than that of {country.code}")
    if overlay.min_days_late and overlay.min_days_late < country.min_days_late:
        raise ValueError(f"{overlay.code}: min_days_late is laxer than that of {country.code}")


def _same_kind(one: Cap, other: Cap) -> bool:
    keys = ("code", "kind", "per", "channels", "applies")
    return all(getattr(one, key) == getattr(other, key) for key in keys)


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
