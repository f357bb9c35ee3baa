"""Who sees what. Every door asks here: HTTP, search, socket, files, exports.

content of a case   its owner, the agent it was taken over from, supervisors of its team, compliance;
                    an agent also reads earlier cases of a debtor whose open case they own;
                    a supervisor for an hour also a case that they opened in an emergency (`supervision/break_glass.py`)
existence           everybody of its team, as a masked row
nobody else         learns that it exists: NotFound, decided before anything else
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, or_, select, true

from console.access.actor import Actor
from console.cases.models import case
from console.errors import NotFound
from console.people.models import team_member, user
from console.store.statement import Query, placed, places, row, rows, value
from console.store.transaction import Reader
from console.wire import shapes

_PLACE = (case.c.id, case.c.owner_id, case.c.taken_over_from, case.c.team_id, case.c.debtor_id, case.c.portfolio_id)
_FACTS = Query(
    select(*_PLACE).where(case.c.id == bindparam("id")),
    lambda *columns: columns,
)
_SUPERVISES = Query(
    select(user.c.id)
    .join(team_member, team_member.c.user_id == user.c.id)
    .where(
        user.c.id == bindparam("user_id"), user.c.role == "supervisor", team_member.c.team_id == bindparam("team_id")
    ),
    value,
)
_HELD = Query(
    select(case.c.debtor_id, case.c.portfolio_id).where(
        case.c.owner_id == bindparam("user_id"), case.c.status != "resolved"
    ),
    row,
)
_HOLDS = Query(
    select(case.c.id).where(
        case.c.debtor_id == bindparam("debtor_id"),
        case.c.owner_id == bindparam("user_id"),
        case.c.portfolio_id == bindparam("portfolio_id"),
        case.c.status != "resolved",
    ),
    value,
)


Arms = tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]


def content_of_cases(actor: Actor) -> ColumnElement[bool]:
    """The condition on `case` under which its content may be read."""
    own, wide = content_arms(actor)
    return or_(false(), *own, *wide)


def existence_of_cases(actor: Actor) -> ColumnElement[bool]:
    """The condition on `case` under which its masked row may be read."""
    own, wide = existence_arms(actor)
    return or_(false(), *own, *wide)


def content_arms(actor: Actor) -> Arms:
    """`content_of_cases` in parts of which one must hold, each answered from an index: few cases, and many."""
    if actor.role == "compliance":
        return [], [true()]
    if actor.role == "supervisor":
        return [case.c.id.in_(actor.opened_cases)] if actor.opened else [], _of_teams(actor)
    if actor.role == "agent":
        return _agent_reads(actor.id), []
    if actor.role == "integration" and "cases:read" in actor.scopes:
        return [], [true() if actor.portfolio is None else case.c.portfolio_id == actor.portfolio]
    return [], []


def existence_arms(actor: Actor) -> Arms:
    """The same of `existence_of_cases`."""
    own, wide = content_arms(actor)
    return own, _of_teams(actor) if actor.role in ("agent", "supervisor") else wide


def may_read(reader: Reader, actor: Actor, case_id: str) -> bool:
    """Whether the content of this case may be read now."""
    facts = _FACTS.first(reader, id=case_id)
    return facts is not None and _reads(actor, partial(_holds, reader, actor), *facts)


def readable(reader: Reader, actor: Actor, cases: Sequence[shapes.Case]) -> set[str]:
    """The same of many: the ids of those whose content may be read now."""
    holds = _held(reader, actor)
    return {
        each.id
        for each in cases
        if _reads(
            actor, holds, each.id, _id(each.owner), _id(each.taken_over_from), each.team.id, each.debtor.id,
            each.portfolio.id,
        )
    }  # fmt: skip


def readable_of(reader: Reader, actor: Actor, ids: Iterable[str]) -> set[str]:
    """The same of cases that are known by their ids alone."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    holds = _held(reader, actor)
    facts = _facts(len(wanted)).all(reader, **placed(wanted))
    return {each[0] for each in facts if _reads(actor, holds, *each)}


def must_read(reader: Reader, actor: Actor, case_id: str) -> None:
    """Raises NotFound unless the content may be read."""
    if not may_read(reader, actor, case_id):
        raise NotFound


def must_know(reader: Reader, actor: Actor, case_id: str) -> None:
    """Raises NotFound unless the actor may know that this case exists: the first check of every command."""
    facts = _FACTS.first(reader, id=case_id)
    if facts is None:
        raise NotFound
    if facts[3] in actor.teams and actor.role in ("agent", "supervisor"):
        return
    if not _reads(actor, partial(_holds, reader, actor), *facts):
        raise NotFound


def side_readers(actor: Actor, team_id: str) -> bool:
    """Whether somebody reads every whisper of a case of this team."""
    return actor.role == "compliance" or (actor.role == "supervisor" and team_id in actor.teams)


def topics_seen(reader: Reader, actor: Actor, topics: Iterable[str]) -> set[str]:
    """Of these topics, the ones the actor may hear at this moment. Unknown names are never heard."""
    return {topic for topic in topics if _hears(reader, actor, topic)}


def supervises(reader: Reader, user_id: str, team_id: str) -> bool:
    """Whether this user is a supervisor of the team."""
    return _SUPERVISES.first(reader, user_id=user_id, team_id=team_id) is not None


def supervisors_only_of(reader: Reader, old_team: str, new_team: str) -> list[str]:
    """Supervisors who see the old team's cases and not the new one's."""
    other = team_member.alias("other")
    clause = (
        select(user.c.id)
        .join(team_member, team_member.c.user_id == user.c.id)
        .where(
            user.c.role == "supervisor",
            team_member.c.team_id == old_team,
            ~exists().where(and_(other.c.user_id == user.c.id, other.c.team_id == new_team)),
        )
        .order_by(user.c.id)
    )
    return rows(reader, clause, value)


def _of_teams(actor: Actor) -> list[ColumnElement[bool]]:
    return [case.c.team_id == team for team in sorted(actor.teams)]


def _agent_reads(user_id: str) -> list[ColumnElement[bool]]:
    mine, held = case.alias("mine"), case.alias("held")
    whose = select(held.c.debtor_id).where(held.c.owner_id == user_id, held.c.status != "resolved")
    earlier = and_(
        case.c.status.concat("") == "resolved",  # so that no planner walks every resolved case, but those debtors'
        case.c.debtor_id.in_(whose),
        exists().where(
            mine.c.debtor_id == case.c.debtor_id,
            mine.c.portfolio_id == case.c.portfolio_id,
            mine.c.owner_id == user_id,
            mine.c.status != "resolved",
        ),
    )
    return [case.c.owner_id == user_id, case.c.taken_over_from == user_id, earlier]


def _id(person: shapes.Person | None) -> str | None:
    return None if person is None else person.id


@cache
def _facts(count: int) -> Query[tuple[str, ...]]:
    return Query(select(*_PLACE).where(case.c.id.in_(places(count))), row)


def _held(reader: Reader, actor: Actor) -> Callable[[str, str], bool]:
    """Whether an agent owns the open case of a debtor in a portfolio, asked of the database once for all."""
    held = set(_HELD.all(reader, user_id=actor.id)) if actor.role == "agent" else set()
    return lambda debtor, portfolio: (debtor, portfolio) in held


def _holds(reader: Reader, actor: Actor, debtor: str, portfolio: str) -> bool:
    return _HOLDS.first(reader, debtor_id=debtor, portfolio_id=portfolio, user_id=actor.id) is not None


def _reads(
    actor: Actor, holds: Callable[[str, str], bool], case_id: str, owner: str | None, former: str | None, team: str,
    debtor: str, portfolio: str,
) -> bool:  # fmt: skip
    """`holds`: whether the actor owns the open case of this debtor in this portfolio."""
    if actor.role == "compliance":
        return True
    if actor.role == "supervisor":
        return team in actor.teams or f"case:{case_id}" in actor.opened
    if actor.role == "agent":
        if actor.id in (owner, former):
            return True
        return holds(debtor, portfolio)
    if actor.role == "integration" and "cases:read" in actor.scopes:
        return actor.portfolio in (None, portfolio)
    return False


def _hears(reader: Reader, actor: Actor, topic: str) -> bool:
    kind, _, rest = topic.partition(":")
    if kind == "user":
        return rest == actor.id
    if kind == "queue":
        return actor.role == "compliance" or (actor.role in ("agent", "supervisor") and rest in actor.teams)
    if kind == "wall":
        return side_readers(actor, rest)
    if kind == "case":
        case_id, _, side = rest.partition(":")
        facts = _FACTS.first(reader, id=case_id)
        if facts is None or side not in ("", "team"):
            return False
        if side == "team":
            return side_readers(actor, facts[3])
        return _reads(actor, partial(_holds, reader, actor), *facts)
    return False
