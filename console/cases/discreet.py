"""When a template says more than the address has proven, its inbox's neutral one goes in its place (domain §3.7)."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.cases.templates import Filled, fill
from console.debtors import queries as debtors
from console.portfolios.models import template
from console.portfolios.queries import TemplateRow, get_portfolio
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Reader

_NEUTRAL = Query(
    select(template)
    .where(
        template.c.inbox_id == bindparam("inbox_id"),
        template.c.language == bindparam("language"),
        template.c.state == "approved",
        template.c.level == 0,
    )
    .order_by(template.c.name),
    TemplateRow,
)


TOO_OPEN = ("DISCLOSURE_TOO_HIGH", "POINT_REVERIFY")
"""The message says more than its address has reached; one that says less may leave."""


def discreet(reader: Reader, row: CaseRow, pair: Pair, instead_of: Filled) -> Filled | None:
    """The neutral template of the same inbox and language, filled; None when there is none that can be filled."""
    known = {**instead_of.variables, **_known(reader, row)}
    for each in _NEUTRAL.all(reader, inbox_id=pair.inbox.id, language=instead_of.language):
        wanted: list[str] = load(each.variables)
        if all(known.get(name) for name in wanted):
            return fill(reader, row, pair, each.name, each.language, {name: known[name] for name in wanted})
    return None


def _known(reader: Reader, row: CaseRow) -> dict[str, str]:
    """What a neutral text may say of a person: the first name, and who writes."""
    book = get_portfolio(reader, row.portfolio_id)
    creditor = load(book.creditor)
    first = debtors.get(reader, row.debtor_id).name.split()
    return {
        "first_name": first[0] if first else "",
        "creditor": creditor.get("name") or book.name,
        "help": creditor.get("help", ""),
    }
