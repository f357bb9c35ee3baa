"""Everybody who owes in a portfolio, and what their score is made of: read from the books."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select

from console.debtors.holders import OWN
from console.debtors.models import contact_point, debtor, link
from console.ledger.models import charge, entry, promise
from console.outreach.score import Known
from console.portfolios.queries import get_portfolio
from console.store.statement import row, rows
from console.store.transaction import Reader
from console.wire.moment import Ms, aware

BROKEN_WITHIN = 14  # days


def today_in(reader: Reader, book: str) -> date:
    """The day of a portfolio's own calendar: scores hold for one."""
    return _day(reader.now, ZoneInfo(get_portfolio(reader, book).timezone))


def people(reader: Reader, book: str, only: Collection[str] | None = None) -> dict[str, Known]:
    """Everybody who owes principal in a portfolio (or those of `only` who do), by debtor. Whether somebody talks to
    them already is asked when the list is shown.
    """
    zone, today = ZoneInfo(get_portfolio(reader, book).timezone), today_in(reader, book)
    touched = {debtor_id: (heard, said) for debtor_id, heard, said in rows(reader, _touched(book, only), row)}
    promises = _promises(reader, book, only, zone)
    found = {}
    # PostgreSQL sums integers to numerics.
    for debtor_id, owed, due, settled, charges, holds in rows(reader, _owing(book, only), row):
        heard, said = touched.get(debtor_id, (None, None))
        silent = None if said is None else max(0, (today - _day(said, zone)).days)
        found[debtor_id] = Known(
            int(owed),
            due or "",
            int(settled),
            charges,
            heard is not None,
            silent,
            holds != "[]",
            promises.get(debtor_id, ""),
        )
    return found


def _owing(book: str, only: Collection[str] | None) -> Any:
    """One row a person."""
    mine = [entry.c.portfolio_id == book, entry.c.component == "principal"]
    moved = (
        select(entry.c.charge_id, func.sum(entry.c.amount_minor).label("moved"))
        .where(*mine, *_those(entry.c.debtor_id, only))
        .group_by(entry.c.charge_id)
        .subquery()
    )
    left = charge.c.amount_minor - charge.c.paid_minor - func.coalesce(moved.c.moved, 0)
    calm = and_(left > 0, charge.c.overlays.not_like("%DISPUTED%"))
    owed = func.sum(case((left > 0, left), else_=0))
    owing = (
        select(
            charge.c.debtor_id,
            owed.label("owed"),
            func.min(case((calm, charge.c.due))).label("due"),
            func.sum(case((left > 0, 0), else_=1)).label("settled"),
            func.count().label("charges"),
        )
        .outerjoin(moved, moved.c.charge_id == charge.c.id)
        .where(charge.c.portfolio_id == book, charge.c.closed_at.is_(None), *_those(charge.c.debtor_id, only))
        .group_by(charge.c.debtor_id)
        .having(owed > 0)
        .subquery()
    )
    return (
        select(owing, debtor.c.holds)
        .join(debtor, debtor.c.id == owing.c.debtor_id)
        .where(debtor.c.merged_into.is_(None))
    )


def _touched(book: str, only: Collection[str] | None) -> Any:
    """When each person of a portfolio last wrote to us, and we to them, at addresses of their own."""
    owing = select(charge.c.debtor_id).where(charge.c.portfolio_id == book, *_those(charge.c.debtor_id, only))
    heard, said = func.max(contact_point.c.last_inbound_at), func.max(link.c.last_outbound_at)
    return (
        select(contact_point.c.debtor_id, heard, said)
        .outerjoin(link, link.c.contact_point_id == contact_point.c.id)
        .where(contact_point.c.debtor_id.in_(owing), contact_point.c.holder == OWN)
        .group_by(contact_point.c.debtor_id)
        .having(func.coalesce(heard, said).is_not(None))
    )


def _promises(reader: Reader, book: str, only: Collection[str] | None, zone: ZoneInfo) -> dict[str, str]:
    """Whose promise is due today, and whose was broken lately."""
    today = _day(reader.now, zone)
    clause = select(promise.c.debtor_id, promise.c.state, promise.c.effective_due, promise.c.closed_at).where(
        promise.c.portfolio_id == book, promise.c.state.in_(("open", "broken")), *_those(promise.c.debtor_id, only)
    )
    found: dict[str, str] = {}
    for debtor_id, state, due, closed_at in rows(reader, clause, row):
        if state == "broken" and closed_at is not None and (today - _day(closed_at, zone)).days <= BROKEN_WITHIN:
            found[debtor_id] = "broken"
        elif state == "open" and due == today.isoformat():
            found.setdefault(debtor_id, "due")
    return found


def _those(column: Any, only: Collection[str] | None) -> list[Any]:
    return [] if only is None else [column.in_(sorted(only))]


def _day(at: Ms, zone: ZoneInfo) -> date:
    return aware(at).astimezone(zone).date()
