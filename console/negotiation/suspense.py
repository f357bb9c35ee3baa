"""Payments as a list: of one's portfolios, and those in suspense that nobody could place."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import and_, or_, select

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

MOST = 200


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
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if query.state is not None and query.state not in PAYMENT:
        raise Invalid(f"state is one of {', '.join(PAYMENT)}.", field="state")
    books = select(portfolio.c.id).where(visible_portfolios(actor))
    clause = select(payment).where(payment.c.portfolio_id.in_(books))
    if query.state is not None:
        clause = clause.where(payment.c.state == query.state)
    if query.portfolio is not None:
        clause = clause.where(payment.c.portfolio_id == query.portfolio)
    if query.cursor is not None:
        at, _, last = query.cursor.partition(".")
        if not at.isdigit():
            raise Invalid("This cursor is not one of ours.", field="cursor")
        older = and_(payment.c.created_at == int(at), payment.c.id < last)
        clause = clause.where(or_(payment.c.created_at < int(at), older))
    found = rows(
        reader, clause.order_by(payment.c.created_at.desc(), payment.c.id.desc()).limit(query.limit + 1), PaymentRow
    )
    shown = found[: query.limit]
    more = f"{shown[-1].created_at}.{shown[-1].id}" if len(found) > query.limit else None
    return PaymentPage([_listed(each) for each in shown], more)


def _listed(row: PaymentRow) -> Listed:
    detail = load(row.detail)
    return Listed(payment=view.payment(row), reference=detail.get("reference", ""), why=detail.get("why", ""))
