"""Public holidays and the other closed days of a place, with their names in Portuguese and Spanish.

The calendars come from python-holidays (national and by subdivision; Colombia's moving days included); a profile adds
its own, Brazil's Carnival and Corpus Christi for instance. Municipal days are facts of the installation.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache

from console.gate.packs import ExtraDay

NATIVE = {"BR": "pt_BR"}  # every other calendar speaks es


def holiday(country: str, subdivision: str, extra: tuple[ExtraDay, ...], day: date) -> str | None:
    """The name of the closed day in the country's own language, or None. A country "" has no calendar."""
    own = _extra(extra, day.year).get(day)
    if own:
        return own[0] if country in NATIVE else own[1]
    return calendar(country, subdivision, day.year).get(day) if country else None


@lru_cache(maxsize=512)
def calendar(country: str, subdivision: str, year: int) -> dict[date, str]:
    """The public holidays of a year, date to name. An unknown subdivision has the national ones.

    Raises NotImplementedError for a country without a calendar.
    """
    import holidays as library  # 0.3 s to import, and most commands never ask

    known = library.country_holidays(country).subdivisions
    found = library.country_holidays(
        country,
        subdiv=subdivision if subdivision in known else None,
        years=year,
        language=NATIVE.get(country, "es"),
    )
    return dict(found.items())


@lru_cache(maxsize=128)
def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus (the anonymous algorithm)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def _extra(extra: tuple[ExtraDay, ...], year: int) -> dict[date, tuple[str, str]]:
    days: dict[date, tuple[str, str]] = {}
    for one in extra:
        if one.easter is not None:
            days[easter(year) + timedelta(days=one.easter)] = (one.pt, one.es)
        else:
            month, day = one.date.split("-")
            days[date(year, int(month), int(day))] = (one.pt, one.es)
    return days
