"""What is owed, computed from the charges: exact to the cent, each component rounded once, half up (domain rules
3.3).
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.debtors.models import debtor
from console.ledger.models import charge
from console.store.base import load
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import Ms, aware

_ZONE = Query(select(debtor.c.timezone).where(debtor.c.id == bindparam("debtor_id")), value)
_CHARGES = Query(
    select(charge)
    .where(charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id"))
    .order_by(charge.c.due, charge.c.number, charge.c.id),
    lambda *columns: ChargeRow(*columns),
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


class ChargeOwed(Struct, frozen=True):
    """One charge at a date. Amounts are minor units; `total` is what would settle it."""

    id: str
    number: str
    product: str
    due: str
    days_late: int
    bucket: str
    principal: int
    fine: int
    interest: int
    paid: int
    total: int
    overlays: list[str]


class Owed(Struct, frozen=True):
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
    if as_of is None:
        zone = _ZONE.first(reader, debtor_id=debtor_id)
        as_of = aware(reader.now).astimezone(ZoneInfo(zone or "America/Sao_Paulo")).date()
    charges = [_at(row, as_of) for row in rows]
    open_ones = [each for each in charges if each.total > 0]
    days = max((each.days_late for each in open_ones), default=0)
    return Owed(
        as_of=as_of.isoformat(),
        charges=charges,
        total_minor=sum(each.total for each in open_ones) if rows else None,
        currency=rows[0].currency if rows else "",
        bucket=bucket_of(days),
        days_late=max(days, 0),
        overlays=sorted({name for each in open_ones for name in each.overlays}),
    )


def bucket_of(days_late: int) -> str:
    """CURRENT, B1_30, B31_60 or B61_PLUS by days past due (domain rules 3.4)."""
    if days_late <= 0:
        return "CURRENT"
    return "B1_30" if days_late <= 30 else "B31_60" if days_late <= 60 else "B61_PLUS"


def fine_and_interest(principal: int, days_late: int, fine_bp: int, interest_bp_30d: int) -> tuple[int, int]:
    """Minor units. The fine once, simple interest by the day over 30; nothing on anything but the principal."""
    if days_late <= 0:
        return 0, 0
    return _half_up(principal * fine_bp, 10_000), _half_up(principal * interest_bp_30d * days_late, 10_000 * 30)


def _at(row: ChargeRow, as_of: date) -> ChargeOwed:
    days = (as_of - date.fromisoformat(row.due)).days
    principal = row.amount_minor - row.paid_minor
    fine, interest = fine_and_interest(principal, days, row.fine_bp, row.interest_bp_30d) if principal > 0 else (0, 0)
    return ChargeOwed(
        row.id, row.number, row.product, row.due, max(days, 0), bucket_of(days), row.amount_minor, fine, interest,
        row.paid_minor, max(principal, 0) + fine + interest, load(row.overlays),
    )  # fmt: skip


def _half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
