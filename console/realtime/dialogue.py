"""What a client says on its socket, and what happens: hello, subscriptions, drafts, typing, seen, ping."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import structlog
from msgspec import Struct, field

from console.access.audience import case_topic
from console.errors import NotFound, Refusal
from console.log.cursor import Mark
from console.realtime import frames, look
from console.realtime.frames import Frame
from console.realtime.hub import CLOSE_ENDED, CLOSE_SLOW, Hub
from console.realtime.look import Hooks
from console.realtime.session import Session, TooSlow
from console.realtime.topics import case_of
from console.store.lanes import SIGNALS_WAIT
from console.store.store import Store

HEARTBEAT = 20  # seconds between pings; a line that is silent for 45 is dead
TOPICS = 100
log = structlog.get_logger("socket")


class Said(Struct, tag_field="type", forbid_unknown_fields=True):
    """A frame of the client."""


class Hello(Said, tag="hello"):
    cursor: str | None = None
    topics: list[str] = field(default_factory=list)


class Subscribe(Said, tag="subscribe"):
    topics: list[str]


class Unsubscribe(Said, tag="unsubscribe"):
    topics: list[str]


class Draft(Said, tag="draft"):
    case: str
    text: str


class Typing(Said, tag="typing"):
    case: str


class Seen(Said, tag="seen"):
    case: str
    position: int


class Ping(Said, tag="ping"):
    """Answered by pong."""


_Frame = Hello | Subscribe | Unsubscribe | Draft | Typing | Seen | Ping
_decode = msgspec.json.Decoder(_Frame).decode


class Dialogue:
    """One client, from hello to goodbye. Frames are handled one after the other."""

    def __init__(self, session: Session, hub: Hub, store: Store, hooks: Hooks) -> None:
        self.session = session
        self.ready = False
        self._hub = hub
        self._store = store
        self._hooks = hooks
        self._me: Any = None
        self._names: dict[str, tuple[str, ...]] = {}
        self._held: dict[str, tuple[str, ...]] = {}  # of before rights changed: to be asked about again
        self._turn = asyncio.Lock()
        self._renewals: set[asyncio.Task[None]] = set()
        session.greeting = self._greeting
        session.on_renew = self._renew

    async def hear(self, text: str) -> None:
        """Act on one frame. What cannot be understood or done is answered by an error frame; the socket stays open."""
        try:
            said = _decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            self._error("invalid", str(error))
            return
        try:
            async with self._turn:
                await self._act(said)
        except Refusal as refusal:
            self._error(refusal.code, refusal.detail)
        except TooSlow:
            self.session.close(CLOSE_SLOW)
        except Exception as error:
            log.error("frame.failed", kind=type(error).__name__, frame=type(said).__name__, exc_info=True)
            self._error("internal", "Something went wrong on our side.")

    def over(self) -> None:
        """The socket is gone."""
        for task in self._renewals:
            task.cancel()

    async def _act(self, said: _Frame) -> None:
        if isinstance(said, Ping):
            self.session.say(frames.PONG)
        elif isinstance(said, Hello):
            await self._hello(said)
        elif not self.ready:
            self._error("invalid", "Say hello first.")
        elif isinstance(said, Subscribe):
            await self._subscribe(said.topics)
        elif isinstance(said, Unsubscribe):
            self._unsubscribe(said.topics)
        elif isinstance(said, Seen):
            await self._hooks.on_seen(self.session.actor, said.case, said.position)
        elif isinstance(said, Typing):
            await self._must_hear(said.case)
            self._signal(said.case, "typing", {})
            await self._hooks.on_typing(self.session.actor, said.case)
        else:
            await self._draft(said)

    async def _hello(self, said: Hello) -> None:
        if self.ready:
            self._error("invalid", "Hello was said already.")
        elif len(set(said.topics)) > TOPICS:
            self._error("invalid", f"A socket holds at most {TOPICS} topics.")
        else:
            self.ready = True
            await self._begin(said.cursor, said.topics)

    async def _begin(self, cursor: str | None, names: list[str], *, anew: bool = False) -> None:
        """Subscribe, replay, greet, go live: first the subscription, so that the replay and what follows it meet."""
        session, hub = self.session, self._hub
        session.hold()
        view = await self._look(names, cursor)
        if view is None:
            session.close(CLOSE_ENDED)
            return
        published = self._enter(view, anew=anew)
        if view.replay is None:
            session.pass_over(max(published, view.here))
            if cursor is not None:
                session.say(frames.RESET)
        else:
            await session.replay(view.replay.told, view.replay.until)
            if published > view.replay.until:  # told before we listened, and after what was read
                await self._again(view.replay.until.text())
        session.say(self._greeting(session.floor or hub.mark))
        await session.go_live()

    def _enter(self, view: look.View, *, anew: bool) -> Mark:
        """Take the subscriptions of a view, at once; the last event that was published before."""
        # What an emergency opened is for reading alone: what is said here is judged as if it were shut.
        self.session.actor = msgspec.structs.replace(view.actor, opened=frozenset())
        self._me = view.me
        self._names = dict(view.granted.topics)
        self._hub.subscribe(self.session, view.own)
        for several in self._names.values():
            self._hub.subscribe(self.session, several)
        if anew:
            self._hide(view.granted.refused)
        else:
            self._refuse(view.granted.refused)
        return self._hub.mark

    async def _again(self, cursor: str) -> None:
        view = await self._look(list(self._names), cursor)
        if view is not None and view.replay is not None:
            await self.session.replay(view.replay.told, view.replay.until)
        else:
            self.session.say(frames.RESET)

    async def _look(self, names: list[str], cursor: str | None) -> look.View | None:
        """A view that no loss of sight has overtaken."""
        while True:
            generation = self.session.generation
            view = await self._store.read(look.view, self._hooks, self.session.actor, names, cursor)
            if generation == self.session.generation:
                return view

    async def _subscribe(self, names: list[str]) -> None:
        """Always answered by `subscribed`, with the topics that were granted (decision 18)."""
        if len({*self._names, *names}) > TOPICS:
            self._error("invalid", f"A socket holds at most {TOPICS} topics.")
            return
        while True:
            generation = self.session.generation
            granted = await self._store.read(look.grant_now, self._hooks, self.session.actor, names)
            if generation == self.session.generation:
                break
        self._names.update(granted.topics)
        for several in granted.topics.values():
            self._hub.subscribe(self.session, several)
        self._refuse(granted.refused)
        self.session.say(frames.subscribed(list(granted.topics), self._hub.mark.text()))

    def _unsubscribe(self, names: list[str]) -> None:
        for name in names:
            held = set(self._names.pop(name, ()))
            kept = {each for several in self._names.values() for each in several}
            self._hub.unsubscribe(self.session, held - kept)

    def _renew(self) -> None:
        """Rights changed: hear nothing, tell the client, begin anew with what is its own and what it may still hear."""
        self._held.update(self._names)
        self._names = {}
        self.session.say(frames.RESET)
        task = asyncio.ensure_future(self._begin_anew())
        self._renewals.add(task)
        task.add_done_callback(self._renewals.discard)

    async def _begin_anew(self) -> None:
        try:
            async with self._turn:
                if self.ready:
                    names = list({**self._held, **self._names})
                    self._held = {}
                    await self._begin(None, names, anew=True)
        except TooSlow:
            self.session.close(CLOSE_SLOW)
        except Refusal as refusal:
            log.warning("socket.lost", code=refusal.code)
            self.session.close(CLOSE_ENDED)

    async def _draft(self, said: Draft) -> None:
        """The live view of what the owner writes: for whoever watches, never stored here."""
        if await self._store.read(look.writes, self.session.actor, said.case):
            self._signal(said.case, "draft", {"text": said.text})
            if said.text:
                await self._hooks.on_typing(self.session.actor, said.case)
        else:
            await self._must_hear(said.case)

    async def _must_hear(self, case_id: str) -> None:
        """Raises NotFound, as `seen` does, for a case out of the user's sight. What is subscribed is not asked for."""
        topic = case_topic(case_id)
        if topic in self.session.topics:
            return
        granted = await self._store.read(look.grant_now, self._hooks, self.session.actor, [topic])
        if not granted.topics:
            raise NotFound

    def _signal(self, case_id: str, name: str, facts: dict[str, Any]) -> None:
        topic = case_topic(case_id)
        if self._store.load.strain() > SIGNALS_WAIT:
            return  # the first thing to do without
        if topic in self.session.topics:
            user = {"id": self.session.user_id, "name": self.session.actor.name}
            self._hub.signal(topic, name, {"case": case_id, "user": user, **facts}, but=self.session)

    def _greeting(self, mark: Mark) -> Frame:
        return frames.ready(mark.text(), self._me, HEARTBEAT, self._store.clock.now())

    def _refuse(self, names: list[str]) -> None:
        for name in names:
            self._error("not_found", f"There is no topic {name[:100]}, or you may not see it.")

    def _hide(self, names: list[str]) -> None:
        """Topics that were heard and may be no more. Of a case that is an event like any loss of sight."""
        self._refuse([name for name in names if case_of(name) is None])
        for case_id in filter(None, map(case_of, names)):
            self.session.say(frames.hidden(case_id, self._hub.mark.text(), self._store.clock.now()))

    def _error(self, code: str, detail: str) -> None:
        self.session.say(frames.error(code, detail))
