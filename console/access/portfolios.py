"""Which portfolios are somebody's business: those their teams serve, or the one a token is bound to."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, select, true

from console.access.actor import Actor
from console.errors import NotFound
from console.portfolios.models import portfolio, portfolio_team
from console.store.statement import rows, value
from console.store.transaction import Reader


def visible_portfolios(actor: Actor) -> ColumnElement[bool]:
    """The condition on `portfolio` under which the actor may know of it."""
    if actor.role in ("compliance", "admin"):
        return true()
    if actor.role == "integration":
        return true() if actor.portfolio is None else portfolio.c.id == actor.portfolio
    if not actor.teams:
        return false()
    return exists().where(
        portfolio_team.c.portfolio_id == portfolio.c.id, portfolio_team.c.team_id.in_(sorted(actor.teams))
    )


def sees_portfolio(reader: Reader, actor: Actor, portfolio_id: str) -> bool:
    clause = select(portfolio.c.id).where(portfolio.c.id == portfolio_id, visible_portfolios(actor))
    return bool(rows(reader, clause, value))


def must_see_portfolio(reader: Reader, actor: Actor, portfolio_id: str) -> None:
    """Raises NotFound."""
    if not sees_portfolio(reader, actor, portfolio_id):
        raise NotFound
