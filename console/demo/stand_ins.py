"""Bruno and Clara, played by a script while nobody is signed in as them, so that a wall has somebody on it.

A stand-in is present, answers the debtors whom a script plays too, says what a supervisor suggests, and takes such a
case from the queue when no person did. Nothing is given to it by itself: it never stands between a visitor and the case
they made. It writes by the same verbs as everybody, through the same gate, calmly, and pauses while the scripted people
are switched off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from uuid import uuid4

import structlog
from msgspec import Struct
from sqlalchemy import bindparam, func, select

from console.access.actor import Actor
from console.cases import claim, look, reply
from console.cases.models import case
from console.cases.queries import CaseRow, find
from console.debtors import queries as debtors
from console.demo.lines import line
from console.errors import Refusal
from console.people import presence
from console.people.accounts import set_capacity
from console.people.actors import by_id
from console.people.models import session, user
from console.people.queries import user_by_id
from console.portfolios.queries import get_portfolio
from console.services import Services
from console.store.base import load
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx
from console.timeline.models import item
from console.wire.moment import MINUTE, SECOND, Ms

log = structlog.get_logger("demo")
NAMES = ("bruno", "clara")
TICK_SECONDS = 0.5
RENEW_MS = 20 * SECOND
GAP_MS = 9 * SECOND  # between two acts of all stand-ins together
READ_MS = 2 * SECOND  # how long a whisper lies before it is read
ANSWER_MS = 8 * SECOND  # a debtor waits at least so long
CLAIM_MS = 25 * SECOND  # a queued case is left to people for so long
SIGNED_IN_MS = 10 * MINUTE  # a session used within this is a person
PLAYED_HELD, OWN_HELD = 1, 30  # `max_held` while played, and of a person
MOST = 14  # cases a stand-in takes by hand

_SESSION = Query(
    select(session.c.id).where(session.c.user_id == bindparam("user"), session.c.seen_at > bindparam("since")).limit(1),
    value,
)
_WAITING = Query(
    select(case.c.id, case.c.debtor_id)
    .where(case.c.owner_id == bindparam("user"), case.c.status == "assigned", case.c.taken_over_by.is_(None),
           case.c.waiting_since <= bindparam("since"))
    .order_by(case.c.waiting_since, case.c.id),
    lambda *columns: columns,
)  # fmt: skip
_QUEUED = Query(
    select(case.c.id, case.c.debtor_id, case.c.team_id)
    .where(case.c.status == "queued", case.c.owner_id.is_(None), case.c.queued_at <= bindparam("since"))
    .order_by(case.c.rank_at, case.c.id)
    .limit(100),
    lambda *columns: columns,
)
_HELD = Query(select(func.count()).where(case.c.owner_id == bindparam("user"), case.c.status != "resolved"), value)
_SAID = Query(
    select(func.count()).where(item.c.case_id == bindparam("case"), item.c.author_id == bindparam("user"),
                               item.c.kind == "message"),
    value,
)  # fmt: skip
_WHISPERED = Query(
    select(item.c.case_id)
    .join(case, case.c.id == item.c.case_id)
    .where(
        item.c.kind == "whisper",
        item.c.to_id == bindparam("user"),
        case.c.owner_id == bindparam("user"),
        item.c.seen_at.is_(None),
        item.c.at <= bindparam("since"),
    )
    .limit(1),
    value,
)
_SUGGESTED = Query(
    select(item.c.id, item.c.text, item.c.data)
    .where(
        item.c.case_id == bindparam("case"),
        item.c.kind == "whisper",
        item.c.to_id == bindparam("user"),
        item.c.used_at.is_(None),
    )
    .order_by(item.c.position.desc())
    .limit(1),
    lambda *columns: columns,
)
_MAX_HELD = Query(select(user.c.max_held).where(user.c.id == bindparam("user")), value)


class _Act(Struct, frozen=True):
    verb: Callable[[Tx, str, str], None]
    user: str
    case: str


class StandIns:
    """`users`: ids by name. `played`: debtors whom they answer; `scripted`: those whose cases they also take."""

    def __init__(
        self,
        users: Mapping[str, str],
        played: frozenset[str],
        scripted: frozenset[str],
        is_on: Callable[[], bool],
    ) -> None:
        self._users = {name: users[name] for name in NAMES}
        self._played, self._scripted, self._is_on = played, scripted, is_on
        self._present: dict[str, Ms] = {}  # user id -> when their presence was last renewed, real time
        self._given_up: set[tuple[str, Ms]] = set()
        self._last = 0

    @property
    def playing(self) -> frozenset[str]:
        """The users who are a script's at this moment."""
        return frozenset(self._present)

    async def run(self, services: Services) -> None:
        """For ever: who is played, and one act at a time."""
        while True:
            await self._cast(services)
            act = await services.store.read(self._next) if self._present else None
            if act is not None:
                self._last = services.clock.real() if act.verb is not _look else self._last
                await self._do(services, act)
            await asyncio.sleep(TICK_SECONDS)

    async def _cast(self, services: Services) -> None:
        """Step aside for whoever signs in, step in when they have gone, show that one is there."""
        real, on = services.clock.real(), self._is_on()
        here = services.hub.users()
        for user_id in self._users.values():
            person = user_id in here or await services.store.read(_is_signed_in, user_id)
            if user_id in self._present and (person or not on):
                del self._present[user_id]
                await services.store.write(_step_aside, user_id, person)
            elif not person and on and real - self._present.get(user_id, 0) >= RENEW_MS:
                await services.store.write(step_in, user_id, user_id not in self._present)
                self._present[user_id] = real

    def _next(self, reader: Reader) -> _Act | None:
        """A whisper is read at once; everything else goes at its pace."""
        for user_id in sorted(self._present):
            whispered = _WHISPERED.first(reader, user=user_id, since=reader.now - READ_MS)
            if whispered is not None:
                return _Act(_look, user_id, whispered)
        return self._calm(reader) if reader.real - self._last >= GAP_MS else None

    def _calm(self, reader: Reader) -> _Act | None:
        for user_id in sorted(self._present):
            for case_id, debtor_id in _WAITING.all(reader, user=user_id, since=reader.now - ANSWER_MS):
                if debtor_id in self._played and not self._hopeless(reader, case_id):
                    return _Act(_answer, user_id, case_id)
        for user_id in sorted(self._present):
            actor = by_id(reader, user_id)
            if actor is None or (_HELD.first(reader, user=user_id) or 0) >= MOST:
                continue
            for case_id, debtor_id, team in _QUEUED.all(reader, since=reader.now - CLAIM_MS):
                if debtor_id in self._scripted and team in actor.teams and _speaks(reader, actor, debtor_id):
                    return _Act(_take, user_id, case_id)
        return None

    def _hopeless(self, reader: Reader, case_id: str) -> bool:
        row = find(reader, case_id)
        return row is None or (case_id, row.waiting_since or 0) in self._given_up

    async def _do(self, services: Services, act: _Act) -> None:
        try:
            await services.store.write(act.verb, act.user, act.case)
        except Refusal as refusal:  # what the gate, or somebody faster, does not allow is left to people
            log.info("stand_in.left_it", case=act.case, why=refusal.facts.get("reason", refusal.code))
            row = await services.store.read(find, act.case)
            self._given_up.add((act.case, (row.waiting_since if row else 0) or 0))


def _speaks(reader: Reader, actor: Actor, debtor_id: str) -> bool:
    return debtors.get(reader, debtor_id).language[:2] == actor.language[:2]


def _is_signed_in(reader: Reader, user_id: str) -> bool:
    return _SESSION.first(reader, user=user_id, since=reader.real - SIGNED_IN_MS) is not None


def step_in(tx: Tx, user_id: str, new: bool) -> None:
    """A script plays this user from now on (`new`), or still does."""
    if new:
        _hold(tx, user_id, PLAYED_HELD)
        presence.set_availability(tx, _actor(tx, user_id), "online")
    presence.renew(tx, [user_id])


def _step_aside(tx: Tx, user_id: str, person: bool) -> None:
    """For a person: everything as it was before the script. Switched off: away, so that waiting cases go back."""
    _hold(tx, user_id, OWN_HELD)
    if person:
        return
    presence.set_availability(tx, _actor(tx, user_id), "away", "demo")
    presence.connection_changed(tx, user_id, False)


def _hold(tx: Tx, user_id: str, most: int) -> None:
    """How many cases routing may give them: none while they are played."""
    if _MAX_HELD.first(tx, user=user_id) != most:
        set_capacity(tx, user_id, user_by_id(tx, user_id).capacity, most, True)


def _take(tx: Tx, user_id: str, case_id: str) -> None:
    claim.claim(tx, _actor(tx, user_id), case_id)


def _look(tx: Tx, user_id: str, case_id: str) -> None:
    row = find(tx, case_id)
    if row is not None:
        look.look(tx, _actor(tx, user_id), case_id, row.position)


def _answer(tx: Tx, user_id: str, case_id: str) -> None:
    actor = _actor(tx, user_id)
    row = find(tx, case_id)
    if row is None or row.owner_id != user_id or row.waiting_since is None:
        return
    person, suggested = debtors.get(tx, row.debtor_id), _suggestion(tx, user_id, case_id)
    careful = bool({"hardship", "distress"} & set(load(row.holds)))
    text = line(
        person.language,
        _SAID.first(tx, case=case_id, user=user_id) or 0,
        first=person.name.split()[0],
        agent=actor.name.split()[0],
        creditor=get_portfolio(tx, row.portfolio_id).name,
        careful=careful,
        plain=row.last_channel != "whatsapp" or _wants_no_offer(row),
    )
    look.look(tx, actor, case_id, row.position)
    wish = reply.Reply(
        client_id=str(uuid4()),
        epoch=row.epoch,
        channel=row.last_channel or "whatsapp",
        text=suggested[1] if suggested else text,
        purpose="care" if careful else None,
        whisper=suggested[0] if suggested else None,
    )
    reply.reply(tx, actor, case_id, wish)


def _suggestion(tx: Tx, user_id: str, case_id: str) -> tuple[str, str] | None:
    """The last whisper to them, if it is a suggestion that was not used: (id, text)."""
    found = _SUGGESTED.first(tx, case=case_id, user=user_id)
    return (found[0], found[1]) if found is not None and load(found[2]).get("suggestion") else None


def _wants_no_offer(row: CaseRow) -> bool:
    """Whoever has paid, or disputes the debt."""
    said = (load(row.last_item) or {}).get("text", "").lower()
    return "pagu" in said or any(each["skill"] == "dispute" for each in load(row.skills))


def _actor(tx: Tx, user_id: str) -> Actor:
    found = by_id(tx, user_id)
    assert found is not None, "a stand-in's account was disabled"
    return found
