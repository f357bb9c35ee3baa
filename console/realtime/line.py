"""The way to one client: written to without waiting, or not at all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from console.realtime.frames import Frame

HIGH_WATER = 64 * 1024
"""Bytes that may wait for a client before it counts as not writable."""


class Line(Protocol):
    """What the hub knows of a socket."""

    def write(self, frame: Frame) -> None:
        """Hand over a frame; never waits. Call only while `writable`."""

    @property
    def writable(self) -> bool:
        """Whether the client keeps up: little waits to be sent."""

    @property
    def waiting(self) -> int:
        """Bytes that were written and not yet sent."""

    async def drained(self) -> None:
        """Return when the client has caught up, or is gone."""

    def close(self, code: int) -> None:
        """Say goodbye with a close code; a client that cannot be told is cut off."""


class FrameLine:
    """uvicorn's protocol object itself: the frame built once goes to each transport as it is."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        protocol.transport.set_write_buffer_limits(high=HIGH_WATER)

    def write(self, frame: Frame) -> None:
        self._protocol.transport.write(frame.raw)

    @property
    def writable(self) -> bool:
        protocol = self._protocol
        return protocol.writable.is_set() and not protocol.close_sent and not protocol.transport.is_closing()

    @property
    def waiting(self) -> int:
        return int(self._protocol.transport.get_write_buffer_size())

    async def drained(self) -> None:
        await self._protocol.writable.wait()

    def close(self, code: int) -> None:
        self._protocol.say_goodbye(code)


class TextLine:
    """Any other ASGI server: a short queue and one task that sends. Twice the cost, the same promises."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._queue: deque[dict[str, Any]] = deque()
        self._bytes = 0
        self._closed = False
        self._bell = asyncio.Event()
        self._low = asyncio.Event()
        self._task = asyncio.ensure_future(self._pump())

    def write(self, frame: Frame) -> None:
        self._bytes += len(frame.json)
        if self._bytes >= HIGH_WATER:
            self._low.clear()
        self._queue.append({"type": "websocket.send", "text": frame.json.decode()})
        self._bell.set()

    @property
    def writable(self) -> bool:
        return not self._closed and self._bytes < HIGH_WATER

    @property
    def waiting(self) -> int:
        return self._bytes

    async def drained(self) -> None:
        if self._bytes >= HIGH_WATER and not self._closed:
            await self._low.wait()

    def close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            self._low.set()
            self._queue.append({"type": "websocket.close", "code": code})
            self._bell.set()

    def end(self) -> None:
        """The connection is over: stop sending."""
        self._closed = True
        self._low.set()
        self._task.cancel()

    async def _pump(self) -> None:
        with suppress(
            Exception
        ):  # a send after the client went raises whatever the server likes; receive tells of it too
            while True:
                while self._queue:
                    message = self._queue.popleft()
                    await self._send(message)
                    self._bytes -= len(message.get("text", "").encode())
                    if self._bytes < HIGH_WATER:
                        self._low.set()
                self._bell.clear()
                await self._bell.wait()
