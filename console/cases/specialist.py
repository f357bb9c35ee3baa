"""Somebody in need is served by who knows how to (GT-7, domain rules 3.7): the case goes where the skill is.

Unlike a dispute it moves only when somebody who may serve it can be given it at once: whoever suffers is never left
in a queue. Until then it stays with its agent, who answers with care, and the alarm rings (docs/decisions/0024); the
clock looks again (`queue/call.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from console.access.assignable import is_assignable
from console.cases.loads import has_room
from console.cases.ownership import enqueue
from console.cases.policy import routing_policy
from console.cases.queries import CaseRow
from console.people.models import team_member, user
from console.people.queries import skills_of, speaking
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Reader, Tx
from routing.rings import lacking
from routing.types import Need

_SERVING = Query(
    select(user.c.id, user.c.language)
    .join(team_member, team_member.c.user_id == user.c.id)
    .where(
        team_member.c.team_id == bindparam("team_id"), user.c.role.in_(("agent", "supervisor")),
        user.c.takes_cases != 0, user.c.disabled_at.is_(None), user.c.availability == "online",
    )
    .order_by(user.c.id),
    lambda *columns: columns,
)  # fmt: skip


def to_specialist(tx: Tx, row: CaseRow, why: str, needs: Iterable[Need]) -> None:
    """Give the case to the queue for a specialist when its owner lacks what is needed and one is there for it. A
    supervisor who took it over keeps it. `why`: the hold; it is the reason of `case.queued`.
    """
    if row.owner_id is None:
        tx.wake("assigner")
        return
    if row.taken_over_by is None and lacks(tx, row, needs) and is_there(tx, row):
        enqueue(tx, row, why, by="system")


def lacks(reader: Reader, row: CaseRow, needs: Iterable[Need]) -> bool:
    """Whether the owner has not what is needed."""
    own = {each.skill: each.level for each in skills_of(reader, row.owner_id or "")}
    return bool(lacking(own, tuple((need.name, need.level) for need in needs)))


def is_there(reader: Reader, row: CaseRow) -> bool:
    """Whether routing would find somebody now."""
    return bool(those_there(reader, row))


def those_there(reader: Reader, row: CaseRow) -> frozenset[str]:
    """Whom routing could choose now: by all that never relaxes and room, without who just let this case lapse."""
    never = routing_policy(reader).never_relax
    wanted = tuple((each["skill"], each["level"]) for each in load(row.skills) if each["skill"].split(":")[0] in never)
    barred = {each["user"] for each in load(row.excluded) if each["until"] > reader.now}
    return frozenset(
        user_id
        for user_id, language in _SERVING.all(reader, team_id=row.team_id)
        if user_id not in barred and user_id != row.owner_id
        and not lacking(_skills(reader, user_id, language), wanted)
        and is_assignable(reader, user_id) and has_room(reader, user_id)
    )  # fmt: skip


def _skills(reader: Reader, user_id: str, language: str) -> dict[str, int]:
    return speaking({each.skill: each.level for each in skills_of(reader, user_id)}, language)
