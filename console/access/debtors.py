"""Who sees a debtor: those who read one of their cases, and those whose teams serve a portfolio they have an account
in.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, select, true

from console.access.actor import Actor
from console.access.visible import content_of_cases
from console.cases.models import case
from console.debtors.models import account, debtor
from console.errors import NotFound
from console.portfolios.models import portfolio_team
from console.store.statement import rows, value
from console.store.transaction import Reader


def visible_debtors(actor: Actor) -> ColumnElement[bool]:
    """The condition on `debtor` under which the actor may see who it is."""
    if actor.role == "compliance":
        return true()
    if actor.role == "integration":
        if "debtors:read" not in actor.scopes:
            return false()
        if actor.portfolio is None:
            return true()
        return exists().where(account.c.debtor_id == debtor.c.id, account.c.portfolio_id == actor.portfolio)
    if actor.role not in ("agent", "supervisor") or not (actor.teams or actor.opened):
        return false()
    reads = exists(select(case.c.id).where(case.c.debtor_id == debtor.c.id, content_of_cases(actor)))
    served = exists(
        select(account.c.id)
        .join(portfolio_team, portfolio_team.c.portfolio_id == account.c.portfolio_id)
        .where(account.c.debtor_id == debtor.c.id, portfolio_team.c.team_id.in_(sorted(actor.teams)))
    )
    return or_(reads, served)


def must_see_debtor(reader: Reader, actor: Actor, debtor_id: str) -> None:
    """Raises NotFound unless the actor may see this debtor."""
    if not rows(reader, select(debtor.c.id).where(debtor.c.id == debtor_id, visible_debtors(actor)), value):
        raise NotFound
