"""Who is asking: an actor by a session's cookie or by a token, with the rights of this moment."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import and_, bindparam, select

from console.access.actor import Actor
from console.access.models import break_glass
from console.people.models import session, team, team_member, token, user
from console.people.sessions import expires_at, hash_of
from console.settings import Settings
from console.store.base import load
from console.store.statement import Query, row, value
from console.store.transaction import Reader
from console.wire.moment import SECOND, Ms


class Signed(Struct, frozen=True):
    """A proven identity. `csrf` is empty for a token, which needs none; moments are real time."""

    actor: Actor
    csrf: str = ""
    seen_at: Ms = 0
    ends_at: Ms | None = None  # however much it is used
    token: str = ""  # its id, for limits and last use


_USER = (user.c.id, user.c.name, user.c.role, user.c.authority, user.c.language, team_member.c.team_id)
_LIVE_TEAM = and_(team.c.id == team_member.c.team_id, team.c.disabled_at.is_(None))
_WITH_TEAMS = user.outerjoin(team_member.join(team, _LIVE_TEAM), team_member.c.user_id == user.c.id)
_BY_SESSION = Query(
    select(*_USER, session.c.id, session.c.csrf, session.c.created_at, session.c.seen_at)
    .select_from(_WITH_TEAMS.join(session, session.c.user_id == user.c.id))
    .where(session.c.hash == bindparam("hash"), user.c.disabled_at.is_(None)),
    row,
)
_BY_TOKEN = Query(
    select(*_USER, token.c.id, token.c.scopes, token.c.portfolio_id, token.c.expires_at)
    .select_from(_WITH_TEAMS.join(token, token.c.user_id == user.c.id))
    .where(token.c.hash == bindparam("hash"), token.c.revoked_at.is_(None), user.c.disabled_at.is_(None)),
    row,
)
_BY_ID = Query(
    select(*_USER).select_from(_WITH_TEAMS).where(user.c.id == bindparam("id"), user.c.disabled_at.is_(None)), row
)
_OPENED = Query(
    select(break_glass.c.object).where(
        break_glass.c.user_id == bindparam("user_id"), break_glass.c.until > bindparam("now")
    ),
    value,
)
_MAY_OPEN = frozenset({"supervisor", "admin"})  # nobody else pays for the look


def by_cookie(reader: Reader, cookie: str, settings: Settings) -> Signed | None:
    """The user of a live session; None when there is none, it ran out, or the account is disabled."""
    found = _BY_SESSION.all(reader, hash=hash_of(cookie)) if len(cookie) == 43 else []
    if not found:
        return None
    session_id, csrf, created_at, seen_at = found[0][6:]
    if expires_at(created_at, seen_at, settings) <= reader.real:
        return None
    ends = created_at + settings.session_seconds * SECOND
    actor = _actor(found, session=session_id, opened=_opened(reader, found[0]))
    return Signed(actor, csrf=csrf, seen_at=seen_at, ends_at=ends)


def by_token(reader: Reader, secret: str) -> Signed | None:
    """The user of a live token; None when it is unknown, revoked or expired."""
    found = _BY_TOKEN.all(reader, hash=hash_of(secret)) if len(secret) <= 200 else []
    if not found:
        return None
    token_id, scopes, portfolio, ends = found[0][6:]
    if ends is not None and ends <= reader.real:
        return None
    actor = _actor(found, scopes=frozenset(load(scopes)), portfolio=portfolio)
    return Signed(actor, ends_at=ends, token=token_id)


def again(reader: Reader, actor: Actor) -> Actor | None:
    """The same actor with the rights of this moment; None when the account is disabled or gone."""
    found = _BY_ID.all(reader, id=actor.id)
    if not found:
        return None
    opened = _opened(reader, found[0]) if actor.session else frozenset()
    return _actor(found, session=actor.session, scopes=actor.scopes, portfolio=actor.portfolio, opened=opened)


def by_id(reader: Reader, user_id: str) -> Actor | None:
    """A user as an actor, without a session: for commands and workers. None when unknown or disabled."""
    found = _BY_ID.all(reader, id=user_id)
    return _actor(found) if found else None


def _opened(reader: Reader, found: tuple[Any, ...]) -> frozenset[str]:
    """What this user opened in an emergency and may still read; a token opens nothing."""
    user_id, _, role = found[:3]
    return frozenset(_OPENED.all(reader, user_id=user_id, now=reader.now)) if role in _MAY_OPEN else frozenset()


def _actor(found: list[tuple[Any, ...]], **more: Any) -> Actor:
    user_id, name, role, authority, language = found[0][:5]
    teams = frozenset(each[5] for each in found if each[5] is not None)
    return Actor(id=user_id, name=name, role=role, authority=authority, language=language, teams=teams, **more)
