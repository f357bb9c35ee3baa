"""Whether somebody is there: their own choice (stored), and their connections (sockets, or a PUT a minute ago)."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.audience import user_topic, wall_topic
from console.errors import Invalid
from console.people.agent_line import agent_line
from console.people.models import connection, user
from console.people.queries import team_ids_of
from console.store.statement import Query, Statement, change, put, remove, value
from console.store.transaction import Tx
from console.wire.moment import SECOND, Ms

Status = Literal["online", "away", "offline"]
CONNECTED = 60 * SECOND
"""How long a presence PUT, or the last sign of a socket, counts as a connection."""

_LOST = Query(
    select(user.c.id).where(user.c.connected_until.is_not(None), user.c.connected_until <= bindparam("real")), value
)
_RETURNS = Query(
    select(user.c.id).where(user.c.availability_until.is_not(None), user.c.availability_until <= bindparam("now")),
    value,
)
_ELSEWHERE = Query(
    select(connection.c.process)
    .where(connection.c.user_id == bindparam("id"), connection.c.until > bindparam("real"))
    .limit(1),
    value,
)
_STALE = Statement(connection.delete().where(connection.c.until <= bindparam("real")))
_CONNECTED = Query(select(user.c.connected).where(user.c.id == bindparam("id")), value)
_RENEW = Statement(
    user.update()
    .where(user.c.id == bindparam("id"))
    .values(connected=1, connected_until=bindparam("until"), gone_at=None)
)


def set_availability(tx: Tx, actor: Actor, status: Status, reason: str | None = None, until: Ms | None = None) -> None:
    """The user's own choice; calling it counts as being connected for a minute. `until` ends an absence by itself.

    Raises Invalid when `until` is past, or given with a status that does not end by itself.
    """
    if until is not None and (status == "online" or until <= tx.now):
        raise Invalid("until must lie in the future, and goes with away or offline.", field="until")
    change(
        tx,
        user,
        {"id": actor.id},
        availability=status,
        availability_reason=reason,
        availability_until=until,
        availability_at=tx.now,
        connected_until=tx.real + CONNECTED,
        gone_at=None,
    )
    told(tx, actor.id)


def connection_changed(tx: Tx, user_id: str, connected: bool, process: str = "") -> None:
    """The first socket of somebody in this process opened, or the last one closed; once no process has one, the grace
    runs (`gone_at`, real time).
    """
    if connected:
        _keep(tx, user_id, process)
    else:
        remove(tx, connection, user_id=user_id, process=process)
        if _ELSEWHERE.first(tx, id=user_id, real=tx.real) is not None:
            return
        change(tx, user, {"id": user_id}, connected=0, connected_until=None, gone_at=tx.real)
    told(tx, user_id)


def renew(tx: Tx, user_ids: list[str], process: str = "") -> None:
    """Their sockets are still open in this process. Told only when somebody had been taken for gone."""
    for user_id in sorted(user_ids):  # in one order, so that two processes never wait for each other
        was = _CONNECTED.first(tx, id=user_id)
        _keep(tx, user_id, process)
        if not was:
            told(tx, user_id)


def _keep(tx: Tx, user_id: str, process: str) -> None:
    until = tx.real + CONNECTED
    put(tx, connection, ("user_id", "process"), user_id=user_id, process=process, until=until)
    _RENEW.run(tx, id=user_id, until=until)


def sweep(tx: Tx) -> int:
    """Whoever has shown no sign for a minute is gone, and whoever's absence ended is back; how many changed."""
    _STALE.run(tx, real=tx.real)
    lost = _LOST.all(tx, real=tx.real)
    for user_id in lost:
        connection_changed(tx, user_id, False)
    back = _RETURNS.all(tx, now=tx.now)
    for user_id in back:
        change(
            tx,
            user,
            {"id": user_id},
            availability="online",
            availability_reason=None,
            availability_until=None,
            availability_at=tx.now,
        )
        told(tx, user_id)
    return len(lost) + len(back)


def told(tx: Tx, user_id: str) -> None:
    """Emit `presence.changed` once at the end of this verb, and wake who assigns work."""
    tx.wake("assigner")
    tx.defer(("presence", user_id), lambda tx: _emit(tx, user_id))


def _emit(tx: Tx, user_id: str) -> None:
    topics = [user_topic(user_id), *(wall_topic(team) for team in team_ids_of(tx, user_id))]
    tx.emit("presence.changed", topics=topics, data=agent_line(tx, user_id))
