"""Server-side sessions: 256 random bits in the cookie, their hash here; ended by age, by idleness, or by hand.

All of a session's moments are real time: the demo's clock does not sign anybody out.
"""

from __future__ import annotations

import hashlib
import secrets

from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from console.access.audience import user_topic
from console.people.models import session
from console.settings import Settings
from console.store.statement import Query, Statement, add, remove, value
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import SECOND, Ms

SESSIONS_A_USER = 10
TOUCH = 60 * SECOND
"""How stale `seen_at` may be: use is written at most once a minute."""


class Started(Struct, frozen=True):
    """A new session. `cookie` is the only copy of its secret, 43 characters."""

    id: str
    cookie: str
    csrf: str


_OF_USER = Query(
    select(session.c.id).where(session.c.user_id == bindparam("user")).order_by(session.c.seen_at.desc()), value
)
_END = Statement(session.delete().where(session.c.id == bindparam("id"), session.c.user_id == bindparam("user")))
_TOUCH = Statement(session.update().where(session.c.id == bindparam("id")).values(seen_at=bindparam("at")))
_SWEEP = Statement(
    session.delete().where(or_(session.c.created_at < bindparam("created"), session.c.seen_at < bindparam("seen")))
)


def hash_of(secret: str) -> str:
    """How a cookie's or a token's value lies in the database."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start(tx: Tx, user_id: str, agent: str = "") -> Started:
    """A new session for somebody who has proved who they are; the least used beyond ten ends."""
    started = Started(new_id(), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    add(
        tx,
        session,
        hash=hash_of(started.cookie),
        id=started.id,
        user_id=user_id,
        csrf=started.csrf,
        created_at=tx.real,
        seen_at=tx.real,
        agent=agent[:200],
    )
    for stale in _OF_USER.all(tx, user=user_id)[SESSIONS_A_USER:]:
        end(tx, user_id, stale)
    return started


def end(tx: Tx, user_id: str, session_id: str) -> bool:
    """End one session: its sockets close within a second. Whether there was one."""
    ended = _END.run(tx, id=session_id, user=user_id) > 0
    if ended:
        tx.emit("session.ended", topics=[user_topic(user_id)], data={"session": session_id})
    return ended


def end_all(tx: Tx, user_id: str, *, but: str = "") -> None:
    for session_id in _OF_USER.all(tx, user=user_id):
        if session_id != but:
            end(tx, user_id, session_id)


def end_everybodys(tx: Tx) -> None:
    """Every session there is: part of a restore."""
    remove(tx, session)


def touch(tx: Tx, session_id: str) -> None:
    """It was used. Called at most once a minute and session."""
    _TOUCH.run(tx, id=session_id, at=tx.real)


def touch_all(tx: Tx, session_ids: list[str]) -> None:
    """Open sockets count as use."""
    for session_id in session_ids:
        touch(tx, session_id)


def sweep(tx: Tx, settings: Settings) -> int:
    """Forget sessions past their age or idleness; how many."""
    return _SWEEP.run(
        tx,
        created=tx.real - settings.session_seconds * SECOND,
        seen=tx.real - settings.session_idle_seconds * SECOND,
    )


def expires_at(created_at: Ms, seen_at: Ms, settings: Settings) -> Ms:
    """When a session ends if it is not used again. Real time."""
    return min(created_at + settings.session_seconds * SECOND, seen_at + settings.session_idle_seconds * SECOND)
