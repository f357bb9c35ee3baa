"""What a portfolio's own settings say to the gate: who collects, whose names and links are ours, its stricter hours.

settings: `billing` (first_party, agency, third_party), `whatsapp_attestation` {name, document, at}, `link_domains`,
`closed_days` (YYYY-MM-DD, municipal), `hours` [{days, from, to, channels?}], `amounts_at_level_1`,
`proceedings_started`, `collector` {name, address, contact}, `payment` {pix, means}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from console.gate.content import fold, numbers_in
from console.gate.types import Billing, Window
from console.gate.weeks import minutes
from console.portfolios.queries import PortfolioRow
from console.store.base import load


class House(Struct, frozen=True, kw_only=True):
    billing: Billing
    whatsapp_attested: bool
    creditor_names: frozenset[str]
    link_domains: frozenset[str]
    numbers: frozenset[str]  # digits of its ids, telephones and accounts
    windows: tuple[Window, ...]
    closed_days: frozenset[date]
    amounts_at_level_1: bool
    proceedings_started: bool
    collector: str  # who collects in a name of their own, "" where it is the creditor
    creditor: str


def house_facts(book: PortfolioRow) -> House:
    """Raises ValueError for settings that cannot be read: the gate is closed then."""
    return _house(book.name, book.creditor, book.settings)


def windows_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Hours as they are stored, as windows. Raises ValueError or KeyError for rows that are none."""
    return tuple(
        Window(
            days=tuple(each["days"]),
            opens=minutes(each["from"]),
            closes=minutes(each["to"]),
            channels=frozenset(each.get("channels", ())),
        )
        for each in rows
    )


@lru_cache(maxsize=256)  # two documents of a portfolio, read again for every message
def _house(name: str, creditor_json: str, settings_json: str) -> House:
    creditor: Mapping[str, str] = load(creditor_json)
    settings: Mapping[str, Any] = load(settings_json)
    names = (name, creditor.get("name", ""), creditor.get("legal_name", ""))
    return House(
        billing=settings.get("billing", "first_party"),
        whatsapp_attested=bool(settings.get("whatsapp_attestation")),
        creditor_names=frozenset(fold(each) for each in names if each),
        link_domains=frozenset(each.lower().strip(".") for each in settings.get("link_domains", ())) | _site(creditor),
        numbers=frozenset(found for key in ("tax_id", "help") if (found := _digits(str(creditor.get(key, "")))))
        | _accounts(settings.get("payment") or {}),
        windows=windows_of(settings.get("hours", ())),
        closed_days=frozenset(date.fromisoformat(each) for each in settings.get("closed_days", ())),
        amounts_at_level_1=bool(settings.get("amounts_at_level_1", True)),
        proceedings_started=bool(settings.get("proceedings_started", False)),
        collector=(settings.get("collector") or {}).get("name", ""),
        creditor=creditor.get("legal_name") or creditor.get("name") or name,
    )


def _site(creditor: Mapping[str, str]) -> frozenset[str]:
    """The domain of the creditor's own site and mail."""
    site = creditor.get("site", "").lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    mail = creditor.get("email", "").lower().rpartition("@")[2]
    return frozenset(each.split("/")[0] for each in (site, mail) if each)


def _accounts(payment: Mapping[str, Any]) -> frozenset[str]:
    """Where the creditor is paid: the numbers of its Pix key and of what its other means say."""
    key = str((payment.get("pix") or {}).get("key", ""))
    telephone = {_digits(key), _digits(key)[2:]} if key.startswith("+") else set()
    said = [text for each in payment.get("means", ()) for text in each["text"].values()]
    return frozenset(telephone).union(*(numbers_in(fold(each)) for each in (key, *said)))


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
