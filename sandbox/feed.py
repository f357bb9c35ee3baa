"""Changes of the sandbox, told to whoever looks at the phones page."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from msgspec import Struct

KEPT = 500
HEARTBEAT_S = 15.0


class Change(Struct, frozen=True):
    seq: int
    name: str
    data: dict[str, Any]


class Feed:
    """Keeps the last changes; a listener that is further behind hears "reset" and reloads."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=KEPT)
        self._listeners: set[asyncio.Event] = set()
        self.seq = 0
        self.closed = False

    def tell(self, name: str, **data: Any) -> None:
        """From the event loop's own thread only."""
        self.seq += 1
        self._changes.append(Change(self.seq, name, data))
        self._wake()

    def close(self) -> None:
        """Ends every stream."""
        self.closed = True
        self._wake()

    async def since(self, seq: int) -> AsyncIterator[Change | None]:
        """Every change after `seq`, as they come; None is a heartbeat."""
        heard = asyncio.Event()
        self._listeners.add(heard)
        try:
            while not self.closed:
                heard.clear()
                for change in self._after(seq):
                    seq = change.seq
                    yield change
                if seq >= self.seq and not self.closed and not await _within_heartbeat(heard):
                    yield None
        finally:
            self._listeners.discard(heard)

    def _after(self, seq: int) -> list[Change]:
        oldest = self._changes[0].seq if self._changes else self.seq + 1
        if seq > self.seq or seq + 1 < oldest:
            return [Change(self.seq, "reset", {})]
        return [change for change in self._changes if change.seq > seq]

    def _wake(self) -> None:
        for heard in self._listeners:
            heard.set()


async def _within_heartbeat(heard: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            await heard.wait()
    except TimeoutError:
        return False
    return True
