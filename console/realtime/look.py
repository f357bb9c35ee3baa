"""What a session needs to know of the database, in one read: what it may hear, what is its own, what it missed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from console.access.actor import Actor
from console.access.audience import case_topic, user_topic
from console.cases.models import case, lease
from console.log.cursor import Mark
from console.log.read import Replay, here, since
from console.people.models import team
from console.realtime.topics import WALL, expand, is_name
from console.store.statement import Query, value
from console.store.transaction import Reader


async def _nothing(*_: Any) -> None:
    """A hook nobody has set."""


@dataclass
class Hooks:
    """What the socket asks of the areas above it; the composition root fills them in."""

    seen: Callable[[Reader, Actor, Iterable[str]], set[str]]  # of these audiences, those the actor may hear now
    me: Callable[[Reader, Actor], Any]  # the user of `ready`
    actor: Callable[[Reader, Actor], Actor | None]  # the same actor with the rights of now; None: out
    on_seen: Callable[[Actor, str, int], Awaitable[object]] = _nothing
    on_typing: Callable[[Actor, str], Awaitable[object]] = _nothing
    on_connected: Callable[[str], Awaitable[None]] = _nothing
    on_gone: Callable[[str], Awaitable[None]] = _nothing


class Granted(NamedTuple):
    """Names that were asked for: what each stands for, and those that are refused."""

    topics: dict[str, tuple[str, ...]]
    refused: list[str]


class View(NamedTuple):
    """A session's world at one moment of the log."""

    actor: Actor
    granted: Granted
    own: list[str]
    replay: Replay | None
    here: Mark
    me: Any


_OWN = Query(
    select(case.c.id).where(
        or_(case.c.owner_id == bindparam("user"), case.c.taken_over_from == bindparam("user")),
        case.c.status != "resolved",
    ),
    value,
)
_WRITES = Query(
    select(case.c.id)
    .outerjoin(
        lease,
        and_(
            lease.c.case_id == case.c.id,
            lease.c.user_id == bindparam("user"),
            lease.c.kind == "barge",
            lease.c.epoch == case.c.epoch,
            lease.c.until > bindparam("real"),
        ),
    )
    .where(case.c.id == bindparam("case"), or_(case.c.owner_id == bindparam("user"), lease.c.user_id.is_not(None))),
    value,
)
_TEAMS = Query(select(team.c.id).where(team.c.disabled_at.is_(None)), value)


def view(reader: Reader, hooks: Hooks, actor: Actor, names: Sequence[str], cursor: str | None) -> View | None:
    """All that `hello` needs. None when the actor is out."""
    fresh = hooks.actor(reader, actor)
    if fresh is None:
        return None
    granted = grant(reader, hooks, fresh, names)
    own = [user_topic(fresh.id), *(case_topic(each) for each in _OWN.all(reader, user=fresh.id))]
    audiences = {*own, *(each for several in granted.topics.values() for each in several)}
    replay = since(reader, cursor, audiences) if cursor is not None else None
    return View(fresh, granted, own, replay, here(reader), hooks.me(reader, fresh))


def grant_now(reader: Reader, hooks: Hooks, actor: Actor, names: Sequence[str]) -> Granted:
    """The same with the rights of this moment, which may be less than the actor's own record says."""
    fresh = hooks.actor(reader, actor)
    return Granted({}, list(names)) if fresh is None else grant(reader, hooks, fresh, names)


def grant(reader: Reader, hooks: Hooks, actor: Actor, names: Sequence[str]) -> Granted:
    """Which of these names the actor may hear at this moment, and as which audiences."""
    valid = [name for name in dict.fromkeys(names) if is_name(name)]
    teams = _TEAMS.all(reader) if WALL in valid else ()
    wanted = expand(valid, teams)
    seen = hooks.seen(reader, actor, [each for several in wanted.values() for each in several])
    topics = {name: tuple(each for each in several if each in seen) for name, several in wanted.items()}
    return Granted(
        {name: several for name, several in topics.items() if several},
        [name for name in dict.fromkeys(names) if not topics.get(name)],
    )


def writes(reader: Reader, actor: Actor, case_id: str) -> bool:
    """Whether the actor writes in this case at this moment, as its owner or by barging in: whose draft is shown."""
    return _WRITES.first(reader, case=case_id, user=actor.id, real=reader.real) is not None
