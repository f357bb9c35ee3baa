"""Payments as a list: of one's portfolios, and those in suspense that nobody could place."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import select

from console.access.actor import Actor
from console.access.portfolios import visible_portfolios
from console.errors import Forbidden, Invalid
from console.ledger.models import payment
from console.ledger.states import PAYMENT
from console.negotiation import view
from console.negotiation.rows import PaymentRow
from console.portfolios.models import portfolio
from console.store.base import load
from console.store.statement import rows
from console.store.transaction import Reader
from console.wire import ledger as wire
from console.wire.paging import a_page, youngest_first


class PaymentQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The query of GET /payments."""

    state: str | None = None
    portfolio: str | None = None
    limit: int = 50
    cursor: str | None = None


class Listed(Struct, frozen=True, kw_only=True):
    """`reference`: what the payer or the provider wrote; `why`: why it is in suspense."""

    payment: wire.Payment
    reference: str
    why: str


class PaymentPage(Struct, frozen=True):
    items: list[Listed]
    next: str | None


def list_payments(reader: Reader, actor: Actor, query: PaymentQuery) -> PaymentPage:
    """The youngest first. Agents read payments in their cases, not here. Raises Forbidden, Invalid."""
    if actor.role == "agent":
        raise Forbidden
    if query.state is not None and query.state not in PAYMENT:
        raise Invalid(f"state is one of {', '.join(PAYMENT)}.", field="state")
    books = select(portfolio.c.id).where(visible_portfolios(actor))
    clause = select(payment).where(payment.c.portfolio_id.in_(books))
    if query.state is not None:
        clause = clause.where(payment.c.state == query.state)
    if query.portfolio is not None:
        clause = clause.where(payment.c.portfolio_id == query.portfolio)
    found = rows(reader, youngest_first(clause, payment, query.limit, query.cursor), PaymentRow)
    shown, more = a_page(found, query.limit)
    return PaymentPage([_listed(each) for each in shown], more)


def _listed(row: PaymentRow) -> Listed:
    detail = load(row.detail)
    return Listed(payment=view.payment(row), reference=detail.get("reference", ""), why=detail.get("why", ""))
