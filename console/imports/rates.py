"""A row's own fine and interest: rates with their unit, never above the ceiling of the portfolio's country."""

from __future__ import annotations

from console.errors import Invalid
from console.gate.terms import must_be_lawful
from console.imports.faults import Mistake
from console.imports.rows import Cells
from console.imports.values import rate
from console.ledger.charges import MOST_BP, Terms
from console.portfolios.queries import PortfolioRow

RATES = {"fine": "fine_bp", "interest": "interest_bp_30d"}
"""Columns, and what they are called in a charge's terms."""


def rates_of(cells: Cells, book: PortfolioRow) -> Terms:
    """Basis points; None for what the row leaves out."""
    return Terms(**{name: cells.value(column, lambda text, of=name: _rate(text, of, book), None)  # type: ignore[misc]
                    for column, name in RATES.items()})  # fmt: skip


def _rate(text: str, name: str, book: PortfolioRow) -> int:
    found = rate(text)
    if found > MOST_BP:
        raise Mistake("rate_most", most="100%")
    try:
        must_be_lawful(Terms(**{name: found}), book.jurisdiction)
    except Invalid as error:
        raise Mistake(
            "rate_law", most=f"{int(str(error.facts['most'])) / 100:g}%", country=book.jurisdiction[:2]
        ) from None
    return found
