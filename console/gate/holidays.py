"""Public holidays and the other closed days of a place, with their names in Portuguese or Spanish.

The calendars come from python-holidays (national and by subdivision; Colombia's moving days included); a profile adds
its own, Brazil's Carnival and Corpus Christi for instance. Municipal days are facts of the installation.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

NATIVE = {"BR": "pt_BR", "US": "en_US"}  # every other calendar speaks es


class Extra(Protocol):
    """A day closed every year beside the holidays: `date` as MM-DD, or `easter` days after Easter Sunday."""

    @property
    def date(self) -> str: ...
    @property
    def easter(self) -> int | None: ...
    @property
    def pt(self) -> str: ...
    @property
    def es(self) -> str: ...


class Calendar:
    """The closed days of one place, worked out a year at a time. Compared by identity: `calendar_of` keeps one each."""

    def __init__(self, country: str, subdivision: str, extra: tuple[Extra, ...]) -> None:
        self.country = country
        self.subdivision = subdivision
        self._extra = extra
        self._years: dict[int, dict[date, str]] = {}

    def name(self, day: date) -> str | None:
        """What closes the day, in the country's own language; None for an ordinary day.

        Raises NotImplementedError for a country without a calendar.
        """
        days = self._years.get(day.year)
        if days is None:
            days = self._years[day.year] = self._closed_days(day.year)
        return days.get(day)

    def _closed_days(self, year: int) -> dict[date, str]:
        portuguese = self.country == "BR"
        own = {_day(one, year): one.pt if portuguese else one.es for one in self._extra}
        return {**own, **public_holidays(self.country, self.subdivision, year)}


@lru_cache(maxsize=512)
def calendar_of(country: str, subdivision: str, extra: tuple[Extra, ...]) -> Calendar:
    return Calendar(country, subdivision, extra)


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
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


def _day(one: Extra, year: int) -> date:
    if one.easter is not None:
        return easter(year) + timedelta(days=one.easter)
    month, day = one.date.split("-")
    return date(year, int(month), int(day))
