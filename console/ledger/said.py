"""How money and days are written for a debtor: as people write them where the currency is from, in their language."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency

from console.wire.currency import NO_DECIMALS
from console.wire.shapes import Money

HOMES = {"BRL": "pt_BR", "COP": "es_CO", "CLP": "es_CL", "ARS": "es_AR", "UYU": "es_UY", "PEN": "es_PE", "MXN": "es_MX",
         "USD": "en_US", "EUR": "es_ES"}  # fmt: skip
_LOCALES = {"pt": "pt_BR", "es": "es_CO", "en": "en_GB"}


def tongue(language: str) -> str:
    """The two letters of a language that we have words in."""
    return language[:2] if language[:2] in _LOCALES else "en"


def money(amount: Money) -> str:
    """As people write it where the currency is from."""
    places = 0 if amount.currency in NO_DECIMALS else 2
    pattern = None
    if amount.currency == "COP" and amount.amount % 100 == 0:
        pattern = "¤ #,##0"
    value = amount.amount / 10**places
    text = format_currency(value, amount.currency, pattern, locale=HOMES.get(amount.currency, "en_US"),
                           currency_digits=pattern is None)  # fmt: skip
    return text.replace("\xa0", " ")


def day(text: str, language: str) -> str:
    """A date as people write it."""
    return format_date(date.fromisoformat(text), "dd/MM/yyyy", locale=_LOCALES[tongue(language)])


def long_day(on: date, language: str) -> str:
    """A date with its month in words: read alike wherever days and months are written in another order."""
    return format_date(on, "long", locale={"pt": "pt_BR", "es": "es_US", "en": "en_US"}[tongue(language)])
