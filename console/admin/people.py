"""Teams and users as others pick them: for a transfer, an assignment, a filter. No address, no rights."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import or_, select

from console.access.actor import Actor
from console.people.models import team, team_member, user
from console.portfolios.models import portfolio_team
from console.store.statement import rows
from console.store.transaction import Reader
from console.wire.shapes import Named


class UserShape(Struct, frozen=True):
    id: str
    name: str
    role: str
    teams: list[Named]
    status: str  # online, away, offline: their own choice


class Teams(Struct, frozen=True):
    items: list[Named]
    next: str | None


class Users(Struct, frozen=True):
    items: list[UserShape]
    next: str | None


def teams_for(reader: Reader, actor: Actor) -> list[Named]:
    """One's own teams and those that serve the same portfolios; all for admins and compliance."""
    clause = select(team.c.id, team.c.name).where(team.c.disabled_at.is_(None)).order_by(team.c.name)
    if actor.role in ("agent", "supervisor"):
        own = sorted(actor.teams)
        books = select(portfolio_team.c.portfolio_id).where(portfolio_team.c.team_id.in_(own))
        beside = select(portfolio_team.c.team_id).where(portfolio_team.c.portfolio_id.in_(books))
        clause = clause.where(or_(team.c.id.in_(own), team.c.id.in_(beside)))
    return rows(reader, clause, Named)


def users_for(reader: Reader, actor: Actor) -> list[UserShape]:
    """Agents and supervisors of those teams; everybody for admins and compliance. Nobody who was disabled."""
    teams = {each.id: each for each in teams_for(reader, actor)}
    joined = select(team_member.c.user_id, team_member.c.team_id).where(team_member.c.team_id.in_(sorted(teams)))
    belongs: dict[str, list[Named]] = {}
    for user_id, team_id in rows(reader, joined, lambda *columns: columns):
        belongs.setdefault(user_id, []).append(teams[team_id])
    clause = select(user.c.id, user.c.name, user.c.role, user.c.availability).where(user.c.disabled_at.is_(None))
    if actor.role in ("agent", "supervisor"):
        clause = clause.where(user.c.id.in_(sorted(belongs)), user.c.role.in_(("agent", "supervisor")))
    found = rows(reader, clause.order_by(user.c.name, user.c.id), lambda *columns: columns)
    return [
        UserShape(user_id, name, role, sorted(belongs.get(user_id, []), key=lambda each: each.name), status)
        for user_id, name, role, status in found
    ]
