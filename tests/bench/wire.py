"""Small clients that cost little: posts on kept connections, and consoles that only read."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from collections import deque
from collections.abc import Callable

_ANSWERED = b"HTTP/1.1 200"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.I)


class Post(asyncio.Protocol):
    """One connection that carries one request at a time."""

    def __init__(self, pool: Posts) -> None:
        self._pool = pool
        self._done: Callable[[], None] | None = None
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pool.free.append(self)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, mark, body = self._answer.partition(b"\r\n\r\n")
        size = _LENGTH.search(head)
        if not mark or (size is not None and len(body) < int(size[1])):
            return
        done, self._done, self._answer = self._done, None, b""
        if not head.startswith(_ANSWERED):
            self._pool.refused += 1
        self._pool.free.append(self)
        if done is not None:
            done()

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._pool.free:
            self._pool.free.remove(self)
        if self._done is not None:
            self._pool.refused += 1
            self._done()

    def send(self, raw: bytes, done: Callable[[], None]) -> None:
        self._done = done
        self._transport.write(raw)


class Posts:
    """Connections to one server; those that it closed are made anew."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.free: deque[Post] = deque()
        self.refused = 0

    async def fill(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        while len(self.free) < count:
            await loop.create_connection(lambda: Post(self), "127.0.0.1", self.port)

    async def post(self, raw: bytes, done: Callable[[], None]) -> None:
        """Send as soon as a connection is free; `done` is called with the answer."""
        if not self.free:
            await self.fill(1)
        self.free.popleft().send(raw, done)

    async def one(self, raw: bytes) -> None:
        """Send and wait for the answer."""
        answered = asyncio.Event()
        await self.post(raw, answered.set)
        await answered.wait()


class Console(asyncio.Protocol):
    """A WebSocket that hands each text frame's bytes to `heard`."""

    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self._heard = heard
        self._buffer = bytearray()
        self._open = False
        self.accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, mark, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not mark:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.accepted.set_exception(RuntimeError(f"no socket: {head[:100]!r}"))
                return
            self._open, self._buffer = True, bytearray(rest)
            self.accepted.set_result(None)
        while self._frame():
            continue

    def connection_lost(self, error: Exception | None) -> None:
        if not self.accepted.done():
            self.accepted.set_exception(RuntimeError("the server hung up"))

    def _frame(self) -> bool:
        held = self._buffer
        if len(held) < 2:
            return False
        size, start = held[1] & 127, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(held[2:start], "big") if len(held) >= start else len(held)
        if len(held) < start + size:
            return False
        payload, kind = bytes(held[start : start + size]), held[0] & 15
        del held[: start + size]
        if kind == 9:
            self.transport.write(_framed(0x8A, payload))
        elif kind == 1:
            self._heard(payload)
        return True

    def say(self, text: str) -> None:
        self.transport.write(_framed(0x81, text.encode()))


async def console(port: int, cookie: str, hello: str, heard: Callable[[bytes], None]) -> Console:
    """Open a socket as a browser does, and say hello (nothing when it is empty)."""
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(lambda: Console(heard), "127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    made.transport.write(
        (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()
    )
    await made.accepted
    if hello:
        made.say(hello)
    return made


def _framed(first: int, payload: bytes) -> bytes:
    size = len(payload)
    head = bytes((first, 0x80 | size)) if size < 126 else bytes((first, 0xFE)) + size.to_bytes(2, "big")
    return head + bytes(4) + payload  # masked with zeros, which changes nothing
