"""A colleague at a glance: there or not, how loaded, who waits for them."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy import case as when

from console.cases.models import case
from console.people.queries import team_ids_of, user_by_id
from console.store.statement import Query, row
from console.store.transaction import Reader
from console.wire.moment import rfc3339
from console.wire.shapes import AgentLine

_HELD = Query(
    select(
        func.coalesce(func.sum(case.c.weight), 0),
        func.count(),
        func.count(case.c.waiting_since),
        func.min(case.c.waiting_since),
        func.max(when((case.c.hand_at.is_not(None), 1), else_=0)),
    ).where(case.c.owner_id == bindparam("user"), case.c.status != "resolved"),
    row,
)


def agent_line(reader: Reader, user_id: str) -> AgentLine:
    """Load is the sum of the weights of the cases they own (a snoozed one weighs nothing). Raises NotFound."""
    user = user_by_id(reader, user_id)
    load, held, waiting, oldest, hand = _HELD.all(reader, user=user_id)[0]
    return AgentLine(
        user=user.person,
        status=user.availability,
        reason=user.availability_reason,
        until=rfc3339(user.availability_until),
        connected=user.is_connected(reader.real),
        load=int(load) / 1000,
        capacity=user.capacity / 1000,
        held=held,
        waiting=waiting,
        oldest_wait=rfc3339(oldest),
        teams=sorted(team_ids_of(reader, user_id)),
        over=int(load) > user.capacity,
        hand=bool(hand),
    )
