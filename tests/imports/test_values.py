"""Amounts, dates and times as countries write them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from console.imports.values import amount, day, locale_of, moment
from console.wire.moment import parse_rfc3339, rfc3339

NOW = parse_rfc3339("2026-11-22T13:00:00Z")


@pytest.mark.parametrize(
    ("text", "currency", "country", "minor"),
    [
        ("1234", "BRL", "BR", 123_400), ("1234,5", "BRL", "BR", 123_450), ("1.234,56", "BRL", "BR-SP", 123_456),
        ("R$ 1.234.567,89", "BRL", "BR", 123_456_789), ("1234.56", "BRL", "BR", 123_456),
        ("1.234", "BRL", "BR", 123_400),
        ("1,234.56", "MXN", "MX", 123_456), ("$1,234", "MXN", "MX", 123_400), ("1,234,567", "MXN", "MX", 123_456_700),
        ("12.345", "CLP", "CL", 12_345), ("$ 1.234.567", "CLP", "CL", 1_234_567), ("12.345,00", "CLP", "CL", 12_345),
        ("1 234,56", "ARS", "AR", 123_456), ("10,00 €", "EUR", "ES", 1_000), ("0", "COP", "CO", 0),
        ("USD 10.50", "USD", "EC", 1_050),
    ],
)  # fmt: skip
def test_an_amount_is_minor_units(text: str, currency: str, country: str, minor: int) -> None:
    assert amount(text, currency, locale_of(country)) == minor


@pytest.mark.parametrize(
    ("text", "currency", "country", "says"),
    [
        ("dez", "BRL", "BR", "like 1234,56"), ("-10", "MXN", "MX", "like 1234.56"),
        ("(10)", "BRL", "BR", "no amount"),
        ("1,234", "BRL", "BR", "2 decimals"), ("1,000", "BRL", "BR", "2 decimals"),
        ("1.000", "MXN", "MX", "2 decimals"),
        ("12,50", "CLP", "CL", "0 decimals"), ("12,000", "CLP", "CL", "0 decimals"),
        ("1.23.456", "BRL", "BR", "threes"),
        ("12.34,56", "BRL", "BR", "threes"), ("1.234,56,78", "BRL", "BR", "two kinds"),
        ("1e5", "BRL", "BR", "no amount"),
    ],
)  # fmt: skip
def test_an_amount_that_may_mean_two_things_is_refused(text: str, currency: str, country: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        amount(text, currency, locale_of(country))


@pytest.mark.parametrize(
    ("text", "country", "on"),
    [("2026-02-01", "BR", date(2026, 2, 1)), ("01/02/2026", "BR", date(2026, 2, 1)),
     ("1.2.2026", "ES", date(2026, 2, 1)),
     ("1-2-2026", "MX", date(2026, 2, 1)), ("02/01/2026", "US", date(2026, 2, 1))],
)  # fmt: skip
def test_a_day(text: str, country: str, on: date) -> None:
    assert day(text, locale_of(country)) == on


@pytest.mark.parametrize(
    ("text", "says"),
    [("31/02/2026", "no such day"), ("01/02/26", "dd/mm/yyyy"), ("45992", "no date"), ("1/2-2026", "no")],
)
def test_a_day_that_is_none(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        day(text, locale_of("BR"))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-20T14:03:07Z", "2026-11-20T14:03:07.000Z"), ("2026-11-20T14:03:07-03:00", "2026-11-20T17:03:07.000Z"),
        ("2026-11-20 14:03-03:00", "2026-11-20T17:03:00.000Z"),
        ("2026-11-20 14:03:07.5 -0300", "2026-11-20T17:03:07.500Z"),
        ("2026-11-20T14:03:07,123Z", "2026-11-20T14:03:07.123Z"),
        ("2026-11-20 14:03:07,5 -0300", "2026-11-20T17:03:07.500Z"),
        ("20/11/2026 14:03", "2026-11-20T17:03:00.000Z"), ("2026-11-20T14:03:07", "2026-11-20T17:03:07.000Z"),
        ("20/11/2026", "2026-11-20T15:00:00.000Z"), ("22/11/2026", "2026-11-22T13:00:00.000Z"),
    ],
)  # fmt: skip
def test_a_moment(text: str, at: str) -> None:
    """A day alone is its noon; of today, not later than now."""
    assert rfc3339(moment(text, locale_of("BR"), ZoneInfo("America/Sao_Paulo"), NOW)) == at


@pytest.mark.parametrize("text", ["20/11/2026 25:00", "20/11/2026 noon", "2026-11-20T99:00:00Z", "yesterday"])
def test_a_moment_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"this is no|there is no"):
        moment(text, locale_of("BR"), ZoneInfo("America/Sao_Paulo"), NOW)
