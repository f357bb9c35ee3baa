"""Money finds the charges it settles, and can be taken back: entries, append-only.

A living plan's charges come first, then the oldest; within a charge fees, fine, interest, principal, or the order that
the portfolio's settings name. What no charge takes is credit on the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.ledger.allocation import order_of
from console.ledger.models import entry
from console.ledger.owed import ChargeRow, charges_of, moves_of, parts_of
from console.portfolios.queries import PortfolioRow
from console.store.base import load
from console.store.statement import Query, add
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id


class Part(Struct, frozen=True):
    """What a payment settled of one component of one charge."""

    charge: str
    number: str
    component: str
    amount: int


class EntryRow(Struct):
    id: str
    charge_id: str
    debtor_id: str
    portfolio_id: str
    kind: str
    component: str
    amount_minor: int
    value_date: str
    payment_id: str | None
    plan_id: str | None
    by_id: str | None
    at: int


_OF_PAYMENT = Query(
    select(entry).where(entry.c.payment_id == bindparam("payment_id"), entry.c.kind == "payment"), EntryRow
)
_GRANTED = Query(select(entry).where(entry.c.plan_id == bindparam("plan_id"), entry.c.kind == "discount"), EntryRow)
_OF_PLAN = Query(
    select(entry.c.amount_minor).where(
        entry.c.plan_id == bindparam("plan_id"), entry.c.kind.in_(("payment", "reversal"))
    ),
    int,
)


def allocate(
    tx: Tx, debtor_id: str, book: PortfolioRow, amount: int, on: date, *, payment_id: str, by: str | None
) -> tuple[list[Part], int]:
    """Settle charges with an amount that came on a day; what went where, and what is left over as credit."""
    rows = charges_of(tx, debtor_id, book.id)
    moves = moves_of(tx, debtor_id, book.id)
    order = order_of(load(book.settings))
    told: list[Part] = []
    for row in sorted(rows, key=lambda each: each.plan_id is None):
        as_of = on if row.frozen_on is None else max(on, date.fromisoformat(row.frozen_on))
        due = parts_of(row, moves.get(row.id, []), as_of, book.jurisdiction).open
        for component in order:
            part = min(amount, max(due[component], 0))
            if part:
                told.append(Part(row.id, row.number, component, part))
                put(tx, row, "payment", component, part, on, payment_id=payment_id, plan_id=row.plan_id, by=by)
                amount -= part
    return told, amount


def take_back(tx: Tx, payment_id: str, rows: Mapping[str, ChargeRow], by: str | None) -> None:
    """Undo what a payment settled, on the very dates it did."""
    for each in _OF_PAYMENT.all(tx, payment_id=payment_id):
        put(
            tx, rows[each.charge_id], "reversal", each.component, -each.amount_minor,
            date.fromisoformat(each.value_date), payment_id=payment_id, plan_id=each.plan_id, by=by,
        )  # fmt: skip


def put(
    tx: Tx,
    row: ChargeRow,
    kind: str,
    component: str,
    amount: int,
    on: date,
    *,
    payment_id: str | None = None,
    plan_id: str | None = None,
    by: str | None = None,
) -> None:
    """One line of the ledger."""
    add(
        tx, entry, id=new_id(), charge_id=row.id, debtor_id=row.debtor_id, portfolio_id=row.portfolio_id, kind=kind,
        component=component, amount_minor=amount, value_date=on.isoformat(), payment_id=payment_id, plan_id=plan_id,
        by_id=by, at=tx.now,
    )  # fmt: skip


def paid_into(reader: Reader, plan_id: str) -> int:
    """What came in for a plan, less what was taken back."""
    return sum(_OF_PLAN.all(reader, plan_id=plan_id))


def discounts_of(reader: Reader, plan_id: str) -> list[EntryRow]:
    """The discounts that a plan put into the books, and those it took back."""
    return _GRANTED.all(reader, plan_id=plan_id)
