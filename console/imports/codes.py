"""A row's boleto line, Pix code and link: read to their last digit, and what is to be said of one that comes in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from console.gate.house import house_facts
from console.imports.faults import Fault, Mistake
from console.imports.rows import Cells
from console.ledger.calendar import next_business_day
from console.ledger.codes import FIELDS, BadCode, Told, host_of, read_code
from console.portfolios.queries import PortfolioRow
from console.wire.moment import Ms, aware

_BRAZIL = ZoneInfo("America/Sao_Paulo")


def codes_of(cells: Cells, book: PortfolioRow, currency: str, now: Ms) -> tuple[dict[str, Told], list[Fault]]:
    """What the row gives, by kind, and its doubts: a boleto whose day is over, a link that no message may hold."""
    today, line = aware(now).astimezone(_BRAZIL).date(), cells.record.line
    found: dict[str, Told] = {}
    doubts = []
    for kind, column in FIELDS.items():

        def read(text: str, kind: str = kind) -> Told | None:
            try:
                return read_code(kind, text, currency, today)
            except BadCode as error:
                raise Mistake(error.why, **error.facts) from None

        told = cells.value(column, read, None)
        if told is None:
            continue
        found[kind] = told
        if told.due is not None and next_business_day(told.due, "BR") < today:
            doubts.append(Mistake("boleto_expired", due=told.due.isoformat()).at(line, column))
        if kind == "link" and not _leads_home(book, host_of(told.value)):
            doubts.append(Mistake("url_domain", host=host_of(told.value)).at(line, column))
    return found, doubts


def _leads_home(book: PortfolioRow, host: str) -> bool:
    """As the gate judges links in a message."""
    return any(host == domain or host.endswith(f".{domain}") for domain in house_facts(book).link_domains)
