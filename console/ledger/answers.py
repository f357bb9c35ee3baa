"""By when the disputes of a debtor are answered."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from console.ledger.models import dispute
from console.store.statement import Query, value
from console.store.transaction import Reader

_FIRST = Query(
    select(func.min(dispute.c.answer_by)).where(
        dispute.c.debtor_id == bindparam("debtor_id"),
        dispute.c.portfolio_id == bindparam("portfolio_id"),
        dispute.c.closed_at.is_(None),
    ),
    value,
)


def answer_due(reader: Reader, debtor_id: str, portfolio_id: str) -> str | None:
    """The first day (YYYY-MM-DD) by which an open dispute is answered; None when there is none."""
    return _FIRST.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)
