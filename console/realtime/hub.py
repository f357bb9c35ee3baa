"""Topics and who listens: an event goes once to each session that holds any of its topics, in log order.

The hub never awaits a client. A session whose line is not writable is marked behind and skipped; when the line drains
it is told to reset; behind for ten seconds, or with a mebibyte waiting, it is closed (1013).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from console.access.audience import case_topic
from console.clock import Clock
from console.fault import fault
from console.log.cursor import Mark
from console.log.read import Told
from console.realtime import frames
from console.realtime.frames import Frame
from console.realtime.session import SLOW_SECONDS, Session
from console.realtime.signals import Signals
from console.realtime.topics import case_of

SLOW_BYTES = 1024 * 1024
CLOSE_SLOW, CLOSE_ENDED, CLOSE_RESTART = 1013, 4401, 1012
CONTROL = frozenset({"user.rights_changed", "user.disabled", "session.ended"})
"""Events about a session itself: obeyed, not carried to the client."""


class Hub:
    """One a process. Everything happens on the event loop; nothing here awaits."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.mark = Mark("", 0, 0)  # the last event published: what is subscribed now hears everything after it
        self.sessions: set[Session] = set()
        self.signals = Signals(self.listeners)
        self.touched: set[str] = set()  # users whose cases changed, for whoever tells their load; taken away there
        self.on_delivery: Callable[[int, int], None] = lambda written, dropped: None
        self.on_signal: Callable[[str, str, dict[str, Any]], None] = lambda topic, name, facts: None  # elsewhere
        self.on_reset: Callable[[], None] = lambda: None
        self._topics: defaultdict[str, set[Session]] = defaultdict(set)
        self._users: defaultdict[str, set[Session]] = defaultdict(set)
        self._behind: set[Session] = set()

    def attach(self, session: Session) -> int:
        """A session opened; how many its user now has."""
        self.sessions.add(session)
        session.on_behind = lambda: self._behind.add(session)
        self._users[session.user_id].add(session)
        return len(self._users[session.user_id])

    def detach(self, session: Session) -> int:
        """A session is over; how many its user still has."""
        self.unsubscribe(session, tuple(session.topics))
        self.sessions.discard(session)
        self._behind.discard(session)
        left = self._users[session.user_id]
        left.discard(session)
        if not left:
            del self._users[session.user_id]
        return len(left)

    def sockets_of(self, user_id: str) -> int:
        return len(self._users.get(user_id, ()))

    def users(self) -> list[str]:
        """Everybody with an open socket here."""
        return list(self._users)

    def subscribe(self, session: Session, topics: Iterable[str]) -> None:
        for topic in topics:
            session.topics.add(topic)
            self._topics[topic].add(session)

    def unsubscribe(self, session: Session, topics: Iterable[str]) -> None:
        for topic in tuple(topics):
            session.topics.discard(topic)
            held = self._topics.get(topic)
            if held is not None:
                held.discard(session)
                if not held:
                    del self._topics[topic]

    def listeners(self, topic: str) -> Iterable[Session]:
        return self._topics.get(topic, ())

    def publish(self, events: Sequence[Told]) -> None:
        """Carry events to whoever listens at this moment. They come in log order, each once."""
        for told in events:
            self.mark = told.mark
            if told.event.name in CONTROL:
                self._obey(told)
            else:
                self._carry(told)
            fault("hub.event_told")

    def signal(self, topic: str, name: str, facts: dict[str, Any], *, but: Session | None = None) -> None:
        """Tell listeners something fleeting: best effort, the newest of a kind wins."""
        self.signals.send(topic, name, facts, but)
        self.on_signal(topic, name, facts)

    def signal_from_elsewhere(self, topic: str, name: str, facts: dict[str, Any]) -> None:
        """The same, told in another process."""
        self.signals.send(topic, name, facts, None)

    def tick(self) -> None:
        """Once a second or oftener: catch up who drained, let go of who did not, and of sessions past their time."""
        now = self.clock.monotonic()
        for session in tuple(self._behind):
            self.drained(session)
        for session in tuple(self._behind):
            if now - session.behind_since > SLOW_SECONDS or session.line.waiting > SLOW_BYTES:
                self._behind.discard(session)
                session.close(CLOSE_SLOW)
        real = self.clock.real()
        for session in tuple(self.sessions):
            if session.expires_at is not None and session.expires_at <= real:
                session.close(CLOSE_ENDED)

    def begin_anew(self, mark: Mark) -> None:
        """The log is another one: every socket is sent away, and finds its cursor reset when it comes back."""
        self.mark = mark
        for session in tuple(self.sessions):
            self.unsubscribe(session, tuple(session.topics))
            session.close(CLOSE_RESTART)

    def drained(self, session: Session) -> None:
        """A line may be writable again: if so, whoever was skipped loads anew and goes on from here."""
        if session in self._behind and session.line.writable:
            self._behind.discard(session)
            session.catch_up(self.mark)
            self.on_reset()

    def _carry(self, told: Told) -> None:
        topics = told.event.topics
        users = [topic.removeprefix("user:") for topic in topics if topic.startswith("user:")]
        if users and told.event.case is not None:
            self.touched.update(users)
        listening = [held for held in map(self._topics.get, topics) if held]
        if listening:
            self._deliver(told.mark, frames.event(told), set().union(*listening))
        if told.event.name == "case.hidden":
            self._hide(told)
        elif users and len(topics) > 1:
            self._follow(told, users)

    def _deliver(self, mark: Mark, frame: Frame, listeners: Iterable[Session]) -> None:
        written = dropped = 0
        for session in listeners:
            if session.deliver(mark, frame):
                written += 1
            elif session.behind:
                dropped += 1
        self.on_delivery(written, dropped)

    def _hide(self, told: Told) -> None:
        """Whoever lost sight of a case hears nothing later of it; this was the last."""
        gone = case_topic(str(told.event.case))
        for topic in told.event.topics:
            for session in self._users.get(topic.removeprefix("user:"), ()):
                session.lose_sight()
                self.unsubscribe(session, [each for each in session.topics if each in (gone, f"{gone}:team")])

    def _follow(self, told: Told, users: Sequence[str]) -> None:
        """A case that became somebody's own is heard by all their sessions from now on."""
        heard = [user for user in users if user in self._users]
        owner = _owner(told) if heard else None
        if owner is not None and owner in heard:
            cases = [topic for topic in told.event.topics if case_of(topic)]
            for session in self._users[owner]:
                self.subscribe(session, cases)

    def _obey(self, told: Told) -> None:
        ended = msgspec.json.decode(told.event.data).get("session") if told.event.name == "session.ended" else None
        for topic in told.event.topics:
            for session in tuple(self._users.get(topic.removeprefix("user:"), ())):
                if told.event.name == "user.rights_changed":
                    self.unsubscribe(session, tuple(session.topics))
                    session.renew()
                elif ended is None or ended == session.session_id:
                    self.unsubscribe(session, tuple(session.topics))
                    session.close(CLOSE_ENDED)


class _Owner(msgspec.Struct):
    id: str


class _Owned(msgspec.Struct):
    owner: _Owner | None = None


_decode = msgspec.json.Decoder(_Owned).decode


def _owner(told: Told) -> str | None:
    """The owner that an event's case names; None when the event is not of a case as a whole."""
    try:
        owned = _decode(told.event.data)
    except msgspec.ValidationError:
        return None
    return owned.owner.id if owned.owner else None
