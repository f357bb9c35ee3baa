"""An incentive that was paid in time is honoured, also when the bank tells of it later (domain rules 4.3, rule 7)."""

from __future__ import annotations

from datetime import time

from console.cases.queries import CaseRow, live
from console.ledger.owed import date_of, owed, zone_of
from console.negotiation import rows
from console.negotiation.accept import agree
from console.negotiation.disputes import disputed_ids
from console.negotiation.incentives import is_incentive, stands_until
from console.negotiation.rows import PlanRow
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.wire.moment import Ms, aware

NOON = time(12)


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
    """Whether this is an offer in one payment, whose whole was paid while it stood."""
    return (
        made.state in ("offered", "expired") and made.offered_at is not None and is_incentive(made)
        and made.total_minor <= amount and paid_at < stands_until(reader, made)
        and _is_after(reader, made.debtor_id, made.offered_at, paid_at)
        and len(rows.instalments(reader, made.id)) == 1
        and _is_meant(reader, made, amount, paid_at)
    )  # fmt: skip


def _is_after(reader: Reader, debtor_id: str, offered_at: Ms, paid_at: Ms) -> bool:
    """A file may tell the day alone, which stands for its noon where the debtor lives: any moment of that day."""
    there = zone_of(reader, debtor_id)
    paid, offered = aware(paid_at).astimezone(there), aware(offered_at).astimezone(there)
    return paid.date() >= offered.date() if paid.time() == NOON else paid >= offered


def _is_meant(reader: Reader, made: PlanRow, amount: int, paid_at: Ms) -> bool:
    """Whether the sum is the offer's. Who owes nothing beside it can have meant nothing else, also where they rounded
    it up; else it is the offer's to the cent, or that of the offer and all the rest together, on the day it was paid:
    any other sum may be for another charge, and takes nothing off this one.
    """
    then = owed(reader, made.debtor_id, made.portfolio_id, date_of(reader, made.debtor_id, paid_at))
    rest = sum(max(each.total, 0) for each in then.charges if each.id not in load(made.charges))
    return rest == 0 or amount in (made.total_minor, made.total_minor + rest)
