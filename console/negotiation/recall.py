"""A creditor takes charges back: nobody asks for them any more, and everything planned for the debtor is called off."""

from __future__ import annotations

from collections.abc import Sequence

from console.cases.queries import CaseRow, live, open_case
from console.cases.recount import recount_charges, recount_row
from console.cases.stop_clock import stop_the_clock
from console.cases.work import close
from console.ledger.models import charge
from console.ledger.owed import ChargeRow
from console.negotiation import rows
from console.negotiation.plans import end_plan
from console.negotiation.promises import close_promise
from console.negotiation.rows import PlanRow
from console.portfolios.queries import PortfolioRow
from console.store.base import load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.add import add_event

REASONS = ("recalled", "sold", "prescribed", "written_off", "not_liable")
"""Domain rules 3.6, `closed`."""
_LIVING = ("draft", "needs_approval", "offered", "accepted", "active")


def recall(tx: Tx, book: PortfolioRow, charges: Sequence[ChargeRow], why: str, *, by: str) -> None:
    """Close these charges of one debtor. What was paid into them stays booked; a dispute about them is still answered.

    Agreements that hold one of them end, a promise when nothing else is owed, and the case then too, unless the debtor
    waits for an answer. `why`: one of REASONS.
    """
    debtor_id = charges[0].debtor_id
    tx.lock(f"money:{debtor_id}:{book.id}")
    case_id = open_case(tx, debtor_id, book.id)
    row = None if case_id is None else live(tx, case_id)
    gone = {each.id for each in charges}
    for plan in rows.all_of(tx, PlanRow, debtor_id, book.id):
        if plan.state in _LIVING and gone & set(load(plan.charges)):
            end_plan(tx, live(tx, plan.case_id), plan, "cancelled", "recalled", by=by)
    for each in charges:
        change(tx, charge, {"id": each.id}, closed_at=tx.now, closed_why=why)
    stop_the_clock(tx, debtor_id, "recall", by=by)
    if row is not None:
        _in_thread(tx, row, len(charges), why, by)


def _in_thread(tx: Tx, row: CaseRow, count: int, why: str, by: str) -> None:
    add_event(tx, row, "debt.recalled", {"count": count, "reason": why}, author=None)
    recount_charges(tx, row)
    if row.balance_minor:
        return
    promise = rows.open_promise(tx, row.debtor_id, row.portfolio_id)
    if promise is not None:
        close_promise(tx, row, promise, "cancelled", "recalled", by=by)
        recount_row(tx, row)
    if row.waiting_since is None:
        close(tx, row, "recalled", by)
