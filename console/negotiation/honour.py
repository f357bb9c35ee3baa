"""An incentive that was paid in time is honoured, also when the bank tells of it later (domain rules 4.3, rule 7)."""

from __future__ import annotations

from console.cases.queries import CaseRow, live
from console.ledger.owed import date_of, owed
from console.negotiation import rows
from console.negotiation.accept import agree
from console.negotiation.disputes import disputed_ids
from console.negotiation.incentives import is_incentive, stands_until
from console.negotiation.rows import PlanRow
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.wire.moment import Ms


def honour(tx: Tx, debtor_id: str, portfolio_id: str, row: CaseRow | None, amount: int, paid_at: Ms) -> None:
    """Have the offer agreed to whose whole was paid while it stood: paying it is the clearest yes. Before the payment
    is allocated. `row`: the open case's live row, if there is one.
    """
    if rows.live_plan(tx, debtor_id, portfolio_id) is not None:
        return
    paid = [each for each in rows.all_of(tx, PlanRow, debtor_id, portfolio_id) if _is_paid(tx, each, amount, paid_at)]
    if not paid:
        return
    made = min(paid, key=lambda each: (each.total_minor != amount, -(each.offered_at or 0)))
    case = row or live(tx, made.case_id)
    open_ones = {each.id for each in owed(tx, debtor_id, portfolio_id).charges if each.total > 0}
    if set(load(made.charges)) <= open_ones - disputed_ids(tx, case):
        agree(tx, case, made, {"how": "paid"}, None, by=None, at=paid_at)


def _is_paid(reader: Reader, made: PlanRow, amount: int, paid_at: Ms) -> bool:
    """Whether this is an offer in one payment, whose whole was paid from the day of its offer to its end: a file may
    tell the day alone, which stands for its noon.
    """
    return (
        made.state in ("offered", "expired") and made.offered_at is not None and is_incentive(made)
        and made.total_minor <= amount and paid_at < stands_until(reader, made)
        and date_of(reader, made.debtor_id, made.offered_at) <= date_of(reader, made.debtor_id, paid_at)
        and len(rows.instalments(reader, made.id)) == 1
    )  # fmt: skip
