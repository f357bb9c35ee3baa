"""Moments: integer milliseconds since the epoch inside, RFC 3339 in UTC with milliseconds outside."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import overload

Ms = int  # milliseconds since 1970-01-01T00:00:00Z

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

YEARS = range(1900, 9999)

# date-time of RFC 3339 5.6: seconds and offset are not optional, letters may be small, the date is YYYY-MM-DD
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@overload
def rfc3339(at: Ms) -> str: ...
@overload
def rfc3339(at: None) -> None: ...
def rfc3339(at: Ms | None) -> str | None:
    """2026-11-22T14:03:07.123Z; None stays None."""
    if at is None:
        return None
    return _text(at)


@lru_cache(maxsize=4_096)
def _text(at: Ms) -> str:
    """The same moments are told again and again: since when somebody waits, when a case was opened."""
    return f"{_second(at // 1_000)}.{at % 1_000:03}Z"


@lru_cache(maxsize=1_024)
def _second(at: int) -> str:
    """What is told at one time is of the same few seconds."""
    return (_EPOCH + timedelta(seconds=at)).isoformat().removesuffix("+00:00")


def parse_rfc3339(text: str) -> Ms:
    """The moment a text names. Raises ValueError for anything that is no date-time of RFC 3339, and for a year in which
    not every zone has a date of it.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueError("a time has a day, seconds and a zone, for example 2026-11-22T14:03:07Z")
    day, minute, second, fraction, offset = found.groups()
    leap = second == "60"
    at = datetime.fromisoformat(f"{day}T{minute}:{'59' if leap else second}{(fraction or '')[:7]}{offset.upper()}")
    if at.year not in YEARS:
        raise ValueError(f"a time lies in the years {YEARS[0]} to {YEARS[-1]}, for example 2026-11-22T14:03:07Z")
    if leap:
        at = _after_leap(at)
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _after_leap(at: datetime) -> datetime:
    """A leap second is the one after it: no clock of ours counts it. There is none but at a month's end in UTC."""
    after = (at + timedelta(seconds=1)).astimezone(UTC)
    if (after.day, after.hour, after.minute, after.second) != (1, 0, 0, 0):
        raise ValueError("there is no leap second at that time")
    return after.replace(microsecond=0)


def parse_day(text: str) -> date:
    """A date written YYYY-MM-DD. Raises ValueError for every other form of one."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError("a date is written YYYY-MM-DD")
    return day


def aware(at: Ms) -> datetime:
    """The same moment as an aware datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=at)


def from_aware(at: datetime) -> Ms:
    """The moment of an aware datetime. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return (at - _EPOCH) // timedelta(milliseconds=1)
