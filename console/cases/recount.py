"""What a case shows of its debt, brought up to date after the ledger changed."""

from __future__ import annotations

from console.access.audience import case_topics
from console.cases.changed import told
from console.cases.queries import CaseRow, live, open_case
from console.cases.standing import settle
from console.ledger.answers import answer_due
from console.ledger.owed import owed
from console.store.base import dump
from console.store.transaction import Tx
from console.wire.shapes import Money


def recount(tx: Tx, debtor_id: str, portfolio_id: str) -> CaseRow | None:
    """Refresh the open case of a debtor in a portfolio, if there is one, and tell its readers that charges changed."""
    case_id = open_case(tx, debtor_id, portfolio_id)
    if case_id is None:
        return None
    row = live(tx, case_id)
    recount_charges(tx, row)
    return row


def recount_charges(tx: Tx, row: CaseRow) -> None:
    """Refresh a live case whose charges came, changed or went: its readers look at them again."""
    recount_row(tx, row)
    balance = None if row.balance_minor is None else Money(row.balance_minor, row.currency)
    data = {"debtor": row.debtor_id, "portfolio": row.portfolio_id, "balance": balance}
    tx.emit("debt.updated", topics=case_topics(row.id, row.team_id), data=data, case=row.id)


def recount_row(tx: Tx, row: CaseRow) -> None:
    """Refresh one live case."""
    debt = owed(tx, row.debtor_id, row.portfolio_id)
    row.bucket, row.days_late, row.balance_minor = debt.bucket, debt.days_late, debt.total_minor
    row.overlays = dump(debt.overlays)
    row.currency = debt.currency or row.currency
    row.answer_by = answer_due(tx, row.debtor_id, row.portfolio_id)
    settle(tx, row)
    told(tx, row)
