"""One cell as a value: amounts, dates and moments as people of a country write them. Pure.

Each raises Mistake with what is wrong and how to mend it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from console.imports.faults import Mistake
from console.wire.currency import NO_DECIMALS
from console.wire.moment import YEARS, Ms, aware, from_aware, parse_rfc3339

_DECIMAL_POINT = frozenset({"MX", "PE", "US", "GT", "HN", "NI", "PA", "SV", "DO", "PR"})
_MONTH_FIRST = frozenset({"US"})
_MARKS = re.compile(r"(?:R\$|US\$|S/\.?|\$|€|[A-Z]{3})?\s*(.*?)\s*(?:€|[A-Z]{3})?")
_RATE = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?\s*%|(\d{1,6})\s*bp|0+(?:[.,]0+)?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ZONED = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:[.,]\d+)?)? ?(Z|[+-]\d\d(?=:?\d\d)):?(\d\d)?")


class Locale(Struct, frozen=True):
    """How a country writes."""

    decimal: str
    month_first: bool

    @property
    def date(self) -> str:
        return "mm/dd/yyyy" if self.month_first else "dd/mm/yyyy"


def locale_of(jurisdiction: str) -> Locale:
    """`jurisdiction`: such as BR or BR-SP."""
    country = jurisdiction[:2]
    return Locale("." if country in _DECIMAL_POINT else ",", country in _MONTH_FIRST)


def amount(text: str, currency: str, locale: Locale) -> int:
    """Minor units, not negative. Which of two signs stands for decimals tells itself, of one the locale tells it."""
    found = _MARKS.fullmatch(text.replace("\xa0", " ").replace("\u202f", " ").strip())
    bare = "" if found is None else re.sub(r"[ '’]", "", found[1])
    places = 0 if currency in NO_DECIMALS else 2
    like = f"1234{locale.decimal}56" if places else "1234"
    if not re.fullmatch(r"\d[\d.,]*", bare):
        raise Mistake("no_amount", like=like)
    whole, decimals = _parted(bare, locale.decimal, like)
    if len(decimals) > places and (decimals.strip("0") or len(decimals) > 2):
        raise Mistake("no_decimals", currency=currency, places=str(places), like=like)
    return int(whole + decimals[:places].ljust(places, "0"))


def rate(text: str) -> int:
    """Basis points of `2%`, `2,5 %` or `200bp`. The unit is never guessed: a workbook keeps 2 % as 0.02."""
    found = _RATE.fullmatch(text.replace("\xa0", " ").strip())
    if found is None:
        raise Mistake("no_rate")
    whole, decimals, points = found.groups()
    return int(points or 0) if whole is None else int(whole + (decimals or "").ljust(2, "0"))


def _parted(bare: str, decimal: str, like: str) -> tuple[str, str]:
    """Whole part without its thousands, and decimals."""
    signs = [each for each in bare if each in ",."]
    if not signs:
        return bare, ""
    last = signs[-1]
    head, tail = bare.rsplit(last, 1)
    alone = len(set(signs)) == 1
    if alone and (len(signs) > 1 or (len(tail) == 3 and last != decimal)):
        head, tail, thousands = bare, "", last
    else:
        thousands = "." if last == "," else ","
    if signs.count(last) > 1 and not alone:
        raise Mistake("two_decimals", like=like)
    if thousands in head and not re.fullmatch(rf"\d{{1,3}}(?:\{thousands}\d{{3}})+", head):
        raise Mistake("thousands", like=like)
    return head.replace(thousands, ""), tail


@lru_cache(maxsize=4_096)  # a file has many rows and few days
def day(text: str, locale: Locale) -> date:
    """ISO, or as the country writes it, with four digits of the year."""
    iso, local = _ISO.fullmatch(text), _LOCAL.fullmatch(text)
    if iso is not None:
        year, month, on = iso[1], iso[2], iso[3]
    elif local is not None:
        year, month, on = (local[4], local[1], local[3]) if locale.month_first else (local[4], local[3], local[1])
    else:
        raise Mistake("no_date", date=locale.date)
    try:
        return date(int(year), int(month), int(on))
    except ValueError:
        raise Mistake("no_day", date=locale.date) from None


def moment(text: str, locale: Locale, zone: ZoneInfo, now: Ms) -> Ms:
    """A time with its zone, or a local one, or a day: its noon, which is that day everywhere in the country; of today
    not later than now.
    """
    if re.search(r"\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})\Z", text):
        try:
            return parse_rfc3339(_common(text))
        except ValueError:
            raise Mistake("no_moment") from None
    head, _, clock = text.replace("T", " ").partition(" ")
    on = day(head, locale)
    if on.year not in YEARS:
        raise Mistake("no_day", date=locale.date)
    if clock.strip():
        found = _TIME.fullmatch(clock.strip())
        try:
            at = None if found is None else time(int(found[1]), int(found[2]), int(found[3] or 0))
        except ValueError:
            at = None
        if at is None:
            raise Mistake("no_time", date=locale.date)
        return from_aware(datetime.combine(on, at, zone))
    noon = from_aware(datetime.combine(on, time(12), zone))
    return min(noon, now) if on == aware(now).astimezone(zone).date() else noon


def _common(text: str) -> str:
    """Files write a blank for the T, no seconds, a comma before the fraction, and offsets without a colon:
    `2026-11-20 14:03 -0300`, `2026-11-20T14:03:07,123Z`.
    """
    found = _ZONED.fullmatch(text)
    if found is None:
        return text
    on, minute, second, hours, minutes = found.groups()
    return f"{on}T{minute}{(second or ':00').replace(',', '.')}{hours}{'' if minutes is None else ':' + minutes}"
