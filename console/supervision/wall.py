"""The supervisors' live picture: figures, agents, queues, live cases."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from console.access.actor import Actor
from console.cases.last_item import preview
from console.cases.lists import cases_of, side_by_side
from console.cases.models import case, request
from console.cases.queries import RequestRow
from console.cases.requests import shape
from console.errors import Forbidden
from console.people.agent_line import agent_lines
from console.people.models import team_member, user
from console.people.queries import teams as all_teams
from console.store.base import load
from console.store.statement import Query, row, rows, value
from console.store.transaction import Reader
from console.supervision.answers import Answers
from console.timeline.models import item
from console.timeline.queries import ItemRow
from console.wire import shapes
from console.wire.moment import HOUR, MINUTE, Ms, rfc3339

LIVE = 200  # cases on the wall, the longest waiting first
ABREAST = 100  # teams that one statement walks
TAIL, TAIL_ROOM = 3, 12  # messages of a tile; positions among which they are looked for
_MESSAGES = Query(
    select(func.count())
    .where(item.c.kind == "message", item.c.direction.in_(("in", "out")), item.c.at > bindparam("since"))
    .select_from(item),
    value,
)


class _Standing(NamedTuple):
    """The open cases of one team in one status."""

    team: str
    status: str
    cases: int
    waiting: int
    oldest: Ms | None
    late: int
    at_risk: int
    rescue: int


def wall(reader: Reader, actor: Actor, answers: Answers) -> dict[str, Any]:
    """`{"figures", "agents", "queues", "cases", "tails", "requests"}` for a supervisor's teams; compliance: all teams.
    `answers`: those that the process keeps.

    `tails`: by case, its last messages as a list's last item gives them, the oldest first.
    """
    if actor.role not in ("supervisor", "compliance"):
        raise Forbidden("The wall is for supervisors.")
    teams = [team for team in all_teams(reader) if actor.role == "compliance" or team.id in actor.teams]
    ids = [team.id for team in teams]
    standings = _standings(reader, ids)
    agents = agent_lines(reader, _agents(reader, ids))
    cases = cases_of(reader, _live(reader, ids))
    return {
        "figures": _figures(reader, ids, standings, agents, answers),
        "agents": agents,
        "queues": [_queue(team, standings) for team in teams],
        "cases": cases,
        "tails": _tails(reader, [each.id for each in cases]),
        "requests": [shape(reader, each) for each in _requests(reader, ids)],
    }


def open_requests(reader: Reader, actor: Actor) -> list[shapes.Request]:
    """Hands, approvals and alarms of the teams one supervises, the oldest first; an agent sees their own."""
    if actor.role == "agent":
        clause = select(request).where(request.c.state == "open", request.c.by_id == actor.id).order_by(request.c.at)
        return [shape(reader, each) for each in rows(reader, clause, RequestRow)]
    if actor.role not in ("supervisor", "compliance"):
        raise Forbidden
    ids = [team.id for team in all_teams(reader) if actor.role == "compliance" or team.id in actor.teams]
    return [shape(reader, each) for each in _requests(reader, ids)]


def _agents(reader: Reader, teams: list[str]) -> list[str]:
    clause = (
        select(user.c.id)
        .join(team_member, team_member.c.user_id == user.c.id)
        .where(team_member.c.team_id.in_(teams), user.c.role == "agent", user.c.disabled_at.is_(None))
        .distinct()
        .order_by(user.c.id)
    )
    return rows(reader, clause, value) if teams else []


def _standings(reader: Reader, teams: list[str]) -> list[_Standing]:
    """Of each team and status what is open, from the index alone."""
    clause = (
        select(
            case.c.team_id,
            case.c.status,
            func.count(),
            func.count(case.c.waiting_since),
            func.min(case.c.waiting_since),
            func.count().filter(case.c.sla_due_at <= reader.now),
            func.count().filter(case.c.sla_due_at <= reader.now + 2 * MINUTE),
            func.coalesce(func.sum(case.c.rescue), 0),
        )
        .where(case.c.team_id.in_(teams), case.c.status != "resolved")
        .group_by(case.c.team_id, case.c.status)
    )
    return rows(reader, clause, _Standing) if teams else []


def _queue(team: shapes.Named, standings: list[_Standing]) -> dict[str, Any]:
    here = [each for each in standings if each.team == team.id and each.status == "queued"]
    return {
        "team": team,
        "depth": sum(each.cases for each in here),
        "oldest_wait": rfc3339(_oldest(here)),
        "late": sum(each.late for each in here),
        "at_risk": sum(each.at_risk for each in here),
        "rescue": sum(int(each.rescue) for each in here),
    }


def _oldest(standings: list[_Standing]) -> Ms | None:
    return min((each.oldest for each in standings if each.oldest is not None), default=None)


def _figures(
    reader: Reader, teams: list[str], standings: list[_Standing], agents: list[shapes.AgentLine], answers: Answers
) -> dict[str, Any]:
    day = reader.now - 24 * HOUR
    today = (case.c.status == "resolved", case.c.updated_at > day, case.c.resolved_at > day)  # by the index of updates
    (resolved,) = rows(reader, select(func.count()).select_from(case).where(case.c.team_id.in_(teams), *today), value)
    return {
        "open": sum(each.cases for each in standings),
        "queued": sum(each.cases for each in standings if each.status == "queued"),
        "waiting": sum(each.waiting for each in standings),
        "oldest_wait": rfc3339(_oldest(standings)),
        "late": sum(each.late for each in standings),
        "at_risk": sum(each.at_risk for each in standings),
        "agents_online": sum(1 for each in agents if each.status == "online" and each.connected),
        "agents": len(agents),
        "load": round(sum(each.load for each in agents), 1),
        "capacity": round(sum(each.capacity for each in agents), 1),
        "messages_a_minute": _MESSAGES.first(reader, since=reader.now - MINUTE) or 0,
        "resolved_today": resolved,
        **answers.of(reader, teams),
    }


def _live(reader: Reader, teams: list[str]) -> list[str]:
    """Ids in the order of the lists, in which who waits stands before all others: each team and status is walked no
    further than to the last that is shown.
    """
    found: list[tuple[int, str]] = []
    for some in (teams[at : at + ABREAST] for at in range(0, len(teams), ABREAST)):
        walk = _walk(reader.dialect, len(some))
        found += walk.all(reader, most=LIVE, **{f"team_{place}": team for place, team in enumerate(some)})
    return [case_id for _, case_id in sorted(found)[:LIVE]]


@cache
def _walk(dialect: str, teams: int) -> Query[tuple[int, str]]:
    arms = [
        select(case.c.rank_at.label("at"), case.c.id.label("id")).where(
            case.c.team_id == bindparam(f"team_{place}"), case.c.status == status
        )
        for place in range(teams)
        for status in ("assigned", "queued")
    ]
    return Query(side_by_side(arms, dialect, waits=True), row)


def _tails(reader: Reader, cases: list[str]) -> dict[str, list[dict[str, Any]]]:
    clause = (
        select(item)
        .join(case, case.c.id == item.c.case_id)
        .where(case.c.id.in_(cases), item.c.kind == "message", item.c.position > case.c.position - TAIL_ROOM)
        .order_by(item.c.case_id, item.c.position)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for each in rows(reader, clause, ItemRow) if cases else ():
        found.setdefault(each.case_id, []).append(load(preview(each, load(each.data).get("sort", "text"))))
    return {case_id: lines[-TAIL:] for case_id, lines in found.items()}


def _requests(reader: Reader, teams: list[str]) -> list[RequestRow]:
    if not teams:
        return []
    clause = select(request).where(request.c.state == "open", request.c.team_id.in_(teams)).order_by(request.c.at)
    return rows(reader, clause, RequestRow)
