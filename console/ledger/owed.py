"""What is owed, computed from the charges and everything that moved them; nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.debtors.models import debtor
from console.ledger.accrual import Move, Parts, Terms, bucket_of, parts
from console.ledger.calendar import next_business_day
from console.ledger.models import charge, entry, instalment
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Reader
from console.wire.moment import Ms, aware, from_aware
from console.wire.zones import zoneinfo_in

_ZONE = Query(
    select(debtor.c.jurisdiction, debtor.c.timezone).where(debtor.c.id == bindparam("debtor_id")), zoneinfo_in
)
_OF_DEBTOR = (
    select(charge)
    .where(charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id"))
    .order_by(charge.c.due, charge.c.number, charge.c.id)
)
_EVERY = Query(_OF_DEBTOR, lambda *columns: ChargeRow(*columns))
_CHARGES = Query(_OF_DEBTOR.where(charge.c.closed_at.is_(None)), lambda *columns: ChargeRow(*columns))
_MOVES = Query(
    select(entry.c.charge_id, entry.c.value_date, entry.c.component, entry.c.amount_minor, entry.c.kind).where(
        entry.c.debtor_id == bindparam("debtor_id"), entry.c.portfolio_id == bindparam("portfolio_id")
    ),
    lambda charge_id, on, component, amount, kind: (
        charge_id, Move(date.fromisoformat(on), component, amount, kind in ("discount", "waiver"))
    ),
)  # fmt: skip
_MISSED = Query(
    select(instalment.c.due)
    .where(
        instalment.c.plan_id == bindparam("plan_id"),
        instalment.c.paid_minor < instalment.c.amount_minor,
        instalment.c.due < bindparam("today"),
    )
    .order_by(instalment.c.due)
    .limit(1),
    date.fromisoformat,
)


class ChargeRow(Struct):
    id: str
    debtor_id: str
    portfolio_id: str
    external_id: str | None
    number: str
    product: str
    due: str
    currency: str
    amount_minor: int
    paid_minor: int
    fine_bp: int
    interest_bp_30d: int
    overlays: str
    created_at: Ms
    fees_minor: int
    plan_id: str | None
    frozen_on: str | None
    granted: str
    closed_at: Ms | None
    closed_why: str
    debt_key: str


class ChargeOwed(Struct, frozen=True):
    """One charge at a date. Amounts are minor units; total = principal + fine + interest + fees - discount - paid, and
    `open` is the same by component.
    """

    id: str
    number: str
    product: str
    due: str
    effective_due: str
    days_late: int
    bucket: str
    principal: int
    fine: int
    interest: int
    fees: int
    discount: int
    paid: int
    total: int
    overlays: list[str]
    open: dict[str, int]
    terms: Terms  # by which fine and interest were reckoned


class Owed(Struct, frozen=True):
    """`days_late` and `bucket` are those of the oldest open charge that is not disputed; a plan's charges age by its
    own missed instalment (domain rules 3.4).
    """

    as_of: str
    charges: list[ChargeOwed]
    total_minor: int | None  # None: no charge is known
    currency: str
    bucket: str
    days_late: int
    overlays: list[str]


def owed(reader: Reader, debtor_id: str, portfolio_id: str, as_of: date | None = None) -> Owed:
    """The debts of a person in a portfolio, oldest first, at a date of their own calendar (default: today there)."""
    rows = _CHARGES.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)
    as_of = as_of or today_of(reader, debtor_id)
    country = get_portfolio(reader, portfolio_id).jurisdiction[:2] if rows else ""
    moves = moves_of(reader, debtor_id, portfolio_id) if rows else {}
    charges = [_at(reader, row, moves.get(row.id, []), as_of, country) for row in rows]
    open_ones = [each for each in charges if each.total > 0]
    days = max((each.days_late for each in open_ones if "DISPUTED" not in each.overlays), default=0)
    return Owed(
        as_of=as_of.isoformat(),
        charges=charges,
        total_minor=sum(each.total for each in open_ones) if rows else None,
        currency=rows[0].currency if rows else "",
        bucket=bucket_of(days),
        days_late=max(days, 0),
        overlays=sorted({name for each in open_ones for name in each.overlays}),
    )


def today_of(reader: Reader, debtor_id: str) -> date:
    """The date where the debtor lives."""
    return date_of(reader, debtor_id, reader.now)


def date_of(reader: Reader, debtor_id: str, at: Ms) -> date:
    """The debtor's own date of a moment."""
    return aware(at).astimezone(zone_of(reader, debtor_id)).date()


def end_of_day(reader: Reader, debtor_id: str, day: date) -> Ms:
    """The moment at which a day is over where the debtor lives."""
    after = day + timedelta(days=1)
    return from_aware(datetime(after.year, after.month, after.day, tzinfo=zone_of(reader, debtor_id)))


def zone_of(reader: Reader, debtor_id: str) -> ZoneInfo:
    return _ZONE.first(reader, debtor_id=debtor_id) or zoneinfo_in("")


def moves_of(reader: Reader, debtor_id: str, portfolio_id: str) -> dict[str, list[Move]]:
    """What moved a debtor's charges, by charge."""
    found: dict[str, list[Move]] = {}
    for charge_id, move in _MOVES.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id):
        found.setdefault(charge_id, []).append(move)
    return found


def charges_of(reader: Reader, debtor_id: str, portfolio_id: str) -> list[ChargeRow]:
    """The rows, oldest first, without those their creditor took back."""
    return _CHARGES.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)


def every_charge(reader: Reader, debtor_id: str, portfolio_id: str) -> dict[str, ChargeRow]:
    """By id, with those their creditor took back: for what was booked before."""
    return {each.id: each for each in _EVERY.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)}


def parts_of(row: ChargeRow, moves: Iterable[Move], as_of: date, country: str) -> Parts:
    """A charge's parts at a date; the creditor's earlier receipts count as paid on the due date."""
    due = date.fromisoformat(row.due)
    before = [Move(due, "principal", row.paid_minor)] if row.paid_minor else []
    return parts(
        row.amount_minor, row.fees_minor, due, next_business_day(due, country), Terms(row.fine_bp, row.interest_bp_30d),
        [*before, *moves], as_of, frozen=None if row.frozen_on is None else date.fromisoformat(row.frozen_on),
        granted=load(row.granted) if row.plan_id else None,
    )  # fmt: skip


def _at(reader: Reader, row: ChargeRow, moves: list[Move], as_of: date, country: str) -> ChargeOwed:
    found = parts_of(row, [each for each in moves if each.on <= as_of], as_of, country)
    days = found.days_late
    if row.plan_id is not None:
        missed = _MISSED.first(reader, plan_id=row.plan_id, today=as_of.isoformat())
        days = 0 if missed is None else (as_of - missed).days
    return ChargeOwed(
        row.id, row.number, row.product, row.due, next_business_day(date.fromisoformat(row.due), country).isoformat(),
        days, bucket_of(days), row.amount_minor, found.fine, found.interest, row.fees_minor, found.discount, found.paid,
        found.total, load(row.overlays), found.open, Terms(row.fine_bp, row.interest_bp_30d),
    )  # fmt: skip


assert ChargeRow.__struct_fields__ == tuple(charge.c.keys())
