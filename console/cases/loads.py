"""What somebody holds at this moment: the sum that capacity is measured against."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from console.cases.models import case
from console.cases.policy import routing_policy
from console.people.models import user
from console.store.statement import Query
from console.store.transaction import Reader

_HELD = Query(
    select(func.coalesce(func.sum(case.c.weight), 0), func.count()).where(
        case.c.owner_id == bindparam("user_id"), case.c.status != "resolved"
    ),
    lambda *columns: columns,
)
_LIMITS = Query(
    select(user.c.capacity, user.c.max_held).where(user.c.id == bindparam("user_id")), lambda *columns: columns
)


def load_of(reader: Reader, user_id: str) -> tuple[int, int, int, int]:
    """(load, held, capacity, max_held) of a user, loads in thousandths; zeros for an unknown one."""
    total, held = _HELD.first(reader, user_id=user_id) or (0, 0)
    capacity, max_held = _LIMITS.first(reader, user_id=user_id) or (0, 0)
    return int(total), int(held), capacity, max_held


def has_room(reader: Reader, user_id: str) -> bool:
    """Whether one more case whose debtor waits may be given to them by itself (decision 11)."""
    load_now, held, capacity, max_held = load_of(reader, user_id)
    return load_now + routing_policy(reader).weights.active <= capacity and held < max_held
