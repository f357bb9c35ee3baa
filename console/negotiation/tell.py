"""Telling what happened to money: one line on the thread, and one event with the whole of it to those who read the
case.
"""

from __future__ import annotations

from typing import Any

from console.access.audience import case_topics
from console.cases.changed import told
from console.cases.queries import CaseRow
from console.ledger.links import PayLink
from console.negotiation import view
from console.negotiation.rows import ClaimRow, DisputeRow, PaymentRow, PlanRow, PromiseRow
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.wire.shapes import Money

NAMES = frozenset({
    "plan.created", "plan.needs_approval", "plan.approved", "plan.refused", "plan.offered", "plan.accepted",
    "plan.active", "plan.late", "plan.broken", "plan.fulfilled", "plan.expired", "plan.cancelled", "plan.updated",
    "promise.made", "promise.kept", "promise.broken", "promise.cancelled", "promise.updated",
    "dispute.opened", "dispute.updated", "dispute.near", "dispute.overdue", "dispute.resolved",
    "payment.recorded", "payment.reversed", "payment.claimed", "claim.updated",
    "payment_link.created", "payment_link.updated", "charge_file.added", "charge_code.added",
})  # fmt: skip
"""Every event of this area; the data of each is the whole of the thing."""

Row = PaymentRow | PromiseRow | PlanRow | DisputeRow | ClaimRow | PayLink


def tell(tx: Tx, case: CaseRow, name: str, row: Row, *, by: str | None = None, **line: Any) -> None:
    """`name` is noun.verb in the past; `line` is what the thread says besides."""
    add_event(tx, case, name, {"id": row.id, **_brief(row), **line}, author=by)
    emit(tx, case, name, row)


def emit(tx: Tx, case: CaseRow, name: str, row: Row) -> None:
    """The event alone, for a change that needs no line."""
    assert name in NAMES, name
    tx.emit(name, topics=case_topics(case.id, case.team_id), data=_shape(tx, row), case=case.id)
    told(tx, case)


def _shape(tx: Tx, row: Row) -> Any:
    if isinstance(row, PaymentRow):
        return view.payment(row)
    if isinstance(row, ClaimRow):
        return view.claim(row)
    if isinstance(row, PayLink):
        return view.link(tx, row)
    if isinstance(row, PromiseRow):
        return view.promise(tx, row)
    return view.plan(tx, row) if isinstance(row, PlanRow) else view.dispute(tx, row)


def _brief(row: Row) -> dict[str, Any]:
    if isinstance(row, PaymentRow):
        return {"amount": Money(row.amount_minor, row.currency), "method": row.method}
    if isinstance(row, PayLink):
        return {"amount": Money(row.amount_minor, row.currency)}
    if isinstance(row, PromiseRow):
        return {"amount": Money(row.amount_minor, row.currency), "due": row.effective_due}
    if isinstance(row, PlanRow):
        return {"amount": Money(row.total_minor, row.currency)}
    return {"reference": row.reference, "reason": row.reason} if isinstance(row, DisputeRow) else {"until": row.until}
