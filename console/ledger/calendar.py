"""Bank days of a creditor's country, for due dates (domain rules 3.3 and 3.5). Dates only: no zone, no clock."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

CARNIVAL_AND_CORPUS_CHRISTI = (-48, -47, 60)  # days from Easter on which Brazil's banks are shut by custom


def is_business_day(day: date, country: str) -> bool:
    """Whether banks of a country (ISO 3166-1; what follows a dash is ignored) are open. Raises NotImplementedError for
    a country without a calendar.
    """
    return day.weekday() < 5 and day not in _closed(country[:2], day.year)


def next_business_day(day: date, country: str) -> date:
    """The day itself, or the first bank day after it."""
    while not is_business_day(day, country):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int, country: str) -> date:
    """The `count`-th bank day after a day."""
    for _ in range(count):
        day = next_business_day(day + timedelta(days=1), country)
    return day


def shut_weekdays(first: date, years: int, country: str) -> list[date]:
    """Weekdays on which banks are shut, of some years from a day on: enough to move a date elsewhere."""
    days = [day for year in range(first.year, first.year + years) for day in _closed(country[:2], year)]
    return sorted(day for day in days if day >= first and day.weekday() < 5)


@lru_cache(maxsize=256)
def _closed(country: str, year: int) -> frozenset[date]:
    closed = set(holidays.country_holidays(country, years=year))
    if country == "BR" and (easter := _easter(year)) is not None:
        closed |= {easter + timedelta(days=each) for each in CARNIVAL_AND_CORPUS_CHRISTI}
    return frozenset(closed)


def _easter(year: int) -> date | None:
    """Good Friday stands in every calendar of Brazil, two days before. None for a year that no calendar knows."""
    for day, name in holidays.country_holidays("BR", years=year, language="en_US").items():
        if name == "Good Friday":
            return day + timedelta(days=2)
    return None
