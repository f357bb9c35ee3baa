"""Whether somebody can be given work at this moment (decision 10): online by their own choice, and connected."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.people.models import user
from console.store.statement import Query
from console.store.transaction import Reader
from console.wire.moment import Ms

_STATE = Query(
    select(
        user.c.role,
        user.c.availability,
        user.c.availability_at,
        user.c.connected,
        user.c.connected_until,
        user.c.gone_at,
        user.c.disabled_at,
    ).where(user.c.id == bindparam("id")),
    lambda *columns: columns,
)


def is_assignable(reader: Reader, user_id: str) -> bool:
    """Online, connected and not disabled."""
    state = _STATE.first(reader, id=user_id)
    if state is None:
        return False
    _, availability, _, connected, until, _, disabled = state
    return availability == "online" and disabled is None and _connected(reader, connected, until)


def has_left(reader: Reader, user_id: str, *, away_grace_ms: int, gone_grace_ms: int) -> bool:
    """Whether an answer of a debtor cannot wait for this owner: offline, away beyond the grace, or gone beyond it."""
    state = _STATE.first(reader, id=user_id)
    if state is None:
        return True
    _, availability, since, connected, until, gone_at, disabled = state
    if disabled is not None or availability == "offline":
        return True
    if availability == "away":
        return since is not None and since + away_grace_ms <= reader.now
    if _connected(reader, connected, until):
        return False
    return gone_at is None or gone_at + gone_grace_ms <= reader.real


def _connected(reader: Reader, connected: int, until: Ms | None) -> bool:
    return bool(connected) or (until is not None and until > reader.real)
