"""Everybody who owes and has no conversation, in the order of their score. Read from the books, never stored."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import and_, case, exists, func, select

from console.access.actor import Actor
from console.access.portfolios import visible_portfolios
from console.cases.models import case as cases
from console.debtors.models import contact_point, debtor, link
from console.ledger.models import charge, entry, promise
from console.outreach.score import Known, Scale, Term
from console.portfolios.models import portfolio
from console.store.statement import row, rows
from console.store.transaction import Reader
from console.wire.moment import DAY, Ms, aware

BROKEN_WITHIN = 14 * DAY
Key = tuple[int, str, str]


class Board(Struct):
    """Who could be written to. `order` holds a key each, (-score, debtor, portfolio): the highest score first."""

    order: list[Key]
    known: dict[str, dict[str, Known]]  # by portfolio and debtor
    scales: dict[str, Scale]

    def bucket(self, key: Key) -> str:
        return self.scales[key[2]].bucket(self.known[key[2]][key[1]])

    def terms(self, key: Key) -> list[Term]:
        return self.scales[key[2]].terms(self.known[key[2]][key[1]])


def board(reader: Reader, actor: Actor, portfolio_id: str | None, language: str | None) -> Board:
    """Everybody of the portfolios that the actor may know of, or of one of them."""
    clause = select(portfolio.c.id, portfolio.c.timezone).where(visible_portfolios(actor))
    found = Board([], {}, {})
    for book, zone in rows(reader, clause, row):
        if portfolio_id in (None, book):
            today = aware(reader.now).astimezone(ZoneInfo(zone)).date()
            people = _people(reader, book, language, today)
            if people:
                scale = Scale(list(people.values()), today)
                found.known[book], found.scales[book] = people, scale
                found.order += [(-scale.score(each), debtor_id, book) for debtor_id, each in people.items()]
    found.order.sort()
    return found


def _people(reader: Reader, book: str, language: str | None, today: date) -> dict[str, Known]:
    touched = {debtor_id: (heard, said) for debtor_id, heard, said in rows(reader, _touched(book), row)}
    promises = _promises(reader, book, today)
    found = {}
    for debtor_id, owed, due, settled, charges, holds in rows(reader, _owing(book, language), row):
        heard, said = touched.get(debtor_id, (None, None))
        found[debtor_id] = Known(
            owed, due or "", settled, charges, heard is not None, _days(said, reader.now), holds != "[]",
            promises.get(debtor_id, ""),
        )  # fmt: skip
    return found


def _owing(book: str, language: str | None) -> Any:
    """Who owes principal in a portfolio and has no open case there, one row a person."""
    moved = (
        select(entry.c.charge_id, func.sum(entry.c.amount_minor).label("moved"))
        .where(entry.c.portfolio_id == book, entry.c.component == "principal")
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
        .where(charge.c.portfolio_id == book)
        .group_by(charge.c.debtor_id)
        .having(owed > 0)
        .subquery()
    )
    talks = exists().where(
        cases.c.debtor_id == owing.c.debtor_id, cases.c.portfolio_id == book, cases.c.status != "resolved"
    )
    clause = (
        select(owing, debtor.c.holds)
        .join(debtor, debtor.c.id == owing.c.debtor_id)
        .where(debtor.c.merged_into.is_(None), ~talks)
    )
    return clause.where(debtor.c.language.like(f"{language.split('-')[0]}%")) if language else clause


def _touched(book: str) -> Any:
    """When each person of a portfolio last wrote to us, and we to them."""
    owing = select(charge.c.debtor_id).where(charge.c.portfolio_id == book)
    heard, said = func.max(contact_point.c.last_inbound_at), func.max(link.c.last_outbound_at)
    return (
        select(contact_point.c.debtor_id, heard, said)
        .outerjoin(link, link.c.contact_point_id == contact_point.c.id)
        .where(contact_point.c.debtor_id.in_(owing))
        .group_by(contact_point.c.debtor_id)
        .having(func.coalesce(heard, said).is_not(None))
    )


def _promises(reader: Reader, book: str, today: date) -> dict[str, str]:
    """Whose promise is due today, and whose was broken lately."""
    clause = select(promise.c.debtor_id, promise.c.state, promise.c.effective_due, promise.c.closed_at).where(
        promise.c.portfolio_id == book, promise.c.state.in_(("open", "broken"))
    )
    found: dict[str, str] = {}
    for debtor_id, state, due, closed_at in rows(reader, clause, row):
        if state == "broken" and closed_at is not None and closed_at >= reader.now - BROKEN_WITHIN:
            found[debtor_id] = "broken"
        elif state == "open" and due == today.isoformat():
            found.setdefault(debtor_id, "due")
    return found


def _days(at: Ms | None, now: Ms) -> int | None:
    return None if at is None else max(0, (now - at) // DAY)
