"""How a portfolio is collected: who collects, where its links lead, its own hours. Only ever stricter than the law.

First party is the creditor itself; an agency writes in the creditor's name; a third party (an agency in its own name,
or whoever bought the debts) is refused by WhatsApp's policy and, in some countries, by the carriers of SMS. The two
last may use WhatsApp only after somebody answerable wrote down why they may.
"""

from __future__ import annotations

import re

from msgspec import UNSET, Struct, UnsetType, structs

from console.audit.record import record
from console.errors import Invalid
from console.gate.house import windows_of
from console.gate.profiles import profile_for
from console.gate.strict import laxer_hours
from console.gate.types import Billing, Day, Place
from console.gate.weeks import CHANNELS, week_of, week_on
from console.portfolios.models import portfolio
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx
from console.wire.moment import parse_day, rfc3339

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class OwnHours(Struct, frozen=True, forbid_unknown_fields=True, rename={"opens": "from", "closes": "to"}):
    """Hours of the debtor's own day, HH:MM, half-open; no `channels` means all."""

    days: list[Day]
    opens: str
    closes: str
    channels: list[str] = []


class Attestation(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for the use of WhatsApp, and the document that says why its policy allows it."""

    name: str
    document: str


class Collector(Struct, frozen=True, forbid_unknown_fields=True):
    """Who collects for the creditor, as debtors read it: `address` for letters, `contact` a phone or mail address."""

    name: str
    address: str
    contact: str


class Conduct(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is. `closed_days`: YYYY-MM-DD, municipal holidays for instance."""

    billing: Billing | UnsetType = UNSET
    whatsapp_attestation: Attestation | UnsetType | None = UNSET
    link_domains: list[str] | UnsetType = UNSET
    hours: list[OwnHours] | UnsetType = UNSET
    closed_days: list[str] | UnsetType = UNSET
    amounts_at_level_1: bool | UnsetType = UNSET
    proceedings_started: bool | UnsetType = UNSET
    collector: Collector | UnsetType | None = UNSET


def conduct_of(reader: Reader, portfolio_id: str) -> dict[str, object]:
    """What stands. Raises NotFound."""
    settings = load(get_portfolio(reader, portfolio_id).settings)
    return {
        "billing": settings.get("billing", "first_party"),
        "whatsapp_attestation": settings.get("whatsapp_attestation"),
        "link_domains": settings.get("link_domains", []),
        "hours": settings.get("hours", []),
        "closed_days": settings.get("closed_days", []),
        "amounts_at_level_1": settings.get("amounts_at_level_1", True),
        "proceedings_started": settings.get("proceedings_started", False),
        "collector": settings.get("collector"),
    }


def set_conduct(tx: Tx, portfolio_id: str, wish: Conduct, by: str | None = None) -> None:
    """Change how a portfolio is collected; audited. Raises NotFound, or Invalid, naming what is wrong."""
    book = get_portfolio(tx, portfolio_id)
    given = {name: value for name, value in structs.asdict(wish).items() if value is not UNSET}
    if wish.link_domains is not UNSET:
        given["link_domains"] = [_domain(each) for each in wish.link_domains]
    if wish.hours is not UNSET:
        given["hours"] = _hours(book, wish.hours)
    if wish.closed_days is not UNSET:
        given["closed_days"] = [_day(each) for each in wish.closed_days]
    if wish.whatsapp_attestation:
        given["whatsapp_attestation"] = _attested(tx, wish.whatsapp_attestation)
    if wish.collector:
        given["collector"] = _collector(wish.collector)
    change(tx, portfolio, {"id": portfolio_id}, settings=dump(load(book.settings) | given))
    tx.memo.pop(("portfolio", portfolio_id), None)
    record(tx, by, "portfolio.conduct_changed", f"portfolio:{portfolio_id}", detail=given)
    tx.wake("dispatcher")


def _domain(text: str) -> str:
    domain = text.strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise Invalid(f"{text!r} is no domain; an example is pay.example.com.", field="link_domains")
    return domain


def _day(text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except ValueError:
        raise Invalid(f"{text!r} is no date; an example is 2026-07-09.", field="closed_days") from None


def _attested(tx: Tx, given: Attestation) -> dict[str, str | None]:
    if not given.name.strip() or not given.document.strip():
        raise Invalid("An attestation names who answers for it and the document.", field="whatsapp_attestation")
    return {"name": given.name.strip(), "document": given.document.strip(), "at": rfc3339(tx.now)}


def _collector(given: Collector) -> dict[str, str]:
    told = {name: value.strip() for name, value in structs.asdict(given).items()}
    if not all(told.values()):
        raise Invalid("A collector has a name, a postal address, and a phone or mail address.", field="collector")
    return told


def _hours(book: PortfolioRow, rows: list[OwnHours]) -> list[dict[str, object]]:
    """As they are stored; refused where the law of the portfolio's own place is closed."""
    kept: list[dict[str, object]] = [
        {"days": each.days, "from": each.opens, "to": each.closes, "channels": each.channels} for each in rows
    ]
    try:
        windows = windows_of(kept)
    except ValueError as error:
        raise Invalid(f"Hours are written HH:MM ({error}).", field="hours") from None
    country, _, subdivision = book.jurisdiction.partition("-")
    law = profile_for(Place(country=country, subdivision=subdivision))
    for channel in CHANNELS:
        mine = [(each.days, each.opens, each.closes) for each in windows if channel in (each.channels or {channel})]
        if any(opens >= closes for _, opens, closes in mine):
            raise Invalid("Hours end after they begin.", field="hours")
        if sum(each[2] - each[1] for each in mine for _ in each[0]) * 60_000 > _open_ms(mine):
            raise Invalid(f"Hours overlap on {channel}.", field="hours")
        for rules in (law.country.windows, law.overlay.windows if law.overlay else ()) if law and mine else ():
            day = laxer_hours(week_on(rules, channel), week_of(mine)) if rules else ""
            if law and day:
                raise Invalid(f"Hours on {day} ({channel}) are laxer than {law.code}.", field="hours", profile=law.code)
    return kept


def _open_ms(rows: list[tuple[tuple[Day, ...], int, int]]) -> int:
    return sum(end - start for day in week_of(rows) for start, end in day)
