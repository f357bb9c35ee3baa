"""A colleague at a glance: there or not, how loaded, who waits for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy import case as when

from console.cases.models import case
from console.people.queries import User, memberships, team_ids_of, user_by_id, users_by_id
from console.store.statement import Query, row, rows
from console.store.transaction import Reader
from console.wire.moment import rfc3339
from console.wire.shapes import AgentLine

_LOAD = (
    func.coalesce(func.sum(case.c.weight), 0),
    func.count(),
    func.count(case.c.waiting_since),
    func.min(case.c.waiting_since),
    func.max(when((case.c.hand_at.is_not(None), 1), else_=0)),
)
_HELD = Query(select(*_LOAD).where(case.c.owner_id == bindparam("user"), case.c.status != "resolved"), row)
_NOTHING = (0, 0, 0, None, 0)


def agent_line(reader: Reader, user_id: str) -> AgentLine:
    """Load is the sum of the weights of the cases they own (a snoozed one weighs nothing). Raises NotFound."""
    user = user_by_id(reader, user_id)
    return _line(reader, user, _HELD.all(reader, user=user_id)[0], team_ids_of(reader, user_id))


def agent_lines(reader: Reader, users: Sequence[str]) -> list[AgentLine]:
    """The same of many, in their order and in three statements however many they are; who is nobody is left out."""
    if not users:
        return []
    known = {each.id: each for each in users_by_id(reader, users)}
    held = select(case.c.owner_id, *_LOAD).where(case.c.owner_id.in_(users), case.c.status != "resolved")
    loads = {owner: load for owner, *load in rows(reader, held.group_by(case.c.owner_id), row)}
    teams = defaultdict[str, list[str]](list)
    for user_id, team_id in memberships(reader, users):
        teams[user_id].append(team_id)
    return [_line(reader, known[each], loads.get(each, _NOTHING), teams[each]) for each in users if each in known]


def _line(reader: Reader, user: User, held: Sequence[Any], teams: list[str]) -> AgentLine:
    load, count, waiting, oldest, hand = held
    return AgentLine(
        user=user.person,
        status=user.availability,
        reason=user.availability_reason,
        until=rfc3339(user.availability_until),
        connected=user.is_connected(reader.real),
        load=int(load) / 1000,
        capacity=user.capacity / 1000,
        held=count,
        waiting=waiting,
        oldest_wait=rfc3339(oldest),
        teams=sorted(teams),
        over=int(load) > user.capacity,
        hand=bool(hand),
    )
