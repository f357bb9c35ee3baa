"""Typing, drafts, presence: sent at most a few times a second, the newest of each kind winning. Lost without harm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from console.realtime import frames

if TYPE_CHECKING:
    from console.realtime.session import Session

PAUSE = 0.1  # seconds that signals of a kind are held back to become one
MOST = 10_000  # waiting signals; beyond it they are dropped


class Signals:
    """Waiting signals by (topic, name, user)."""

    def __init__(self, listeners: Callable[[str], Iterable[Session]]) -> None:
        self._listeners = listeners
        self._waiting: dict[tuple[str, str, str | None], tuple[dict[str, Any], Session | None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def send(self, topic: str, name: str, facts: dict[str, Any], but: Session | None) -> None:
        if len(self._waiting) < MOST:
            self._waiting[topic, name, _subject(facts)] = (facts, but)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PAUSE, self._flush)

    def _flush(self) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        for (topic, name, _), (facts, but) in waiting.items():
            listeners = tuple(self._listeners(topic))
            frame = frames.signal(name, facts) if listeners else None
            for session in listeners:
                if frame is not None and session is not but:
                    session.murmur(frame)


def _subject(facts: dict[str, Any]) -> str | None:
    """Whose sign it is: somebody's typing does not take the place of somebody else's."""
    user = facts.get("user")
    return str(user.get("id")) if isinstance(user, dict) else None
