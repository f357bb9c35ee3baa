"""The line between the product and its carriers, byte by byte: it carries, it breaks, it answers in their place."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.services.needs import free_port

BROKEN = (OSError, asyncio.IncompleteReadError)


def answer(status: str, body: str = "", kind: str = "text/html", **headers: str) -> bytes:
    """An HTTP answer as bytes."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body.encode())}\r\n"
    return f"{head}{more}\r\n{body}".encode()


@dataclass
class Line:
    """`how` says what becomes of a send (other calls pass):

    pass       carried there and back          reset      broken before it is carried
    swallow    carried, and the answer lost    silence    carried, and never answered
    second     the second send on one connection is broken, as when the far end had let go of it
    bytes      answered with these instead
    """

    port: int
    target: int
    how: str | bytes = "pass"
    sends: int = 0
    opened: int = 0  # connections
    on_send: Callable[[], None] | None = None  # when a send has come, before anything becomes of it
    loop: asyncio.AbstractEventLoop | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.opened += 1
        sent_here = 0
        with suppress(*BROKEN):
            while request := await self._request(reader):
                is_send = request.startswith(b"POST") and b'"read"' not in request
                self.sends += is_send
                sent_here += is_send
                if is_send and self.on_send is not None:
                    await asyncio.to_thread(self.on_send)
                how = self.how if is_send else "pass"
                if how == "reset" or (how == "second" and sent_here == 2):
                    break
                if isinstance(how, bytes):
                    writer.write(how)
                    continue
                told = await self._carry(request)
                if how == "silence":
                    await reader.read()
                if how in ("swallow", "silence"):
                    break
                writer.write(told)
        writer.transport.abort()
        self._writers.discard(writer)

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        """One whole request; nothing at the end of the connection."""
        try:
            first = await reader.readexactly(4)
        except asyncio.IncompleteReadError:
            return b""
        head = first + await reader.readuntil(b"\r\n\r\n")
        return head + await reader.readexactly(_length(head))

    async def _carry(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        writer.close()
        return head + body

    def cut(self) -> None:
        """Let go of every connection, so that the next call opens a new one; it is done when this returns."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self._cut(), self.loop).result(20)

    async def _cut(self) -> None:
        """On the line's own loop: from another thread an abort would wait for whatever wakes the loop next."""
        for writer in tuple(self._writers):
            writer.transport.abort()
        while self._writers:
            await asyncio.sleep(0.01)


@contextmanager
def line(target: Callable[[], int]) -> Iterator[Line]:
    """A line to a port that is known once the first call comes; in a thread of its own."""
    made = Line(free_port(), 0)
    ready, ended = threading.Event(), asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.target = target()
        await made.serve(reader, writer)

    async def run() -> None:
        made.loop = asyncio.get_running_loop()
        async with await asyncio.start_server(accept, "127.0.0.1", made.port):
            ready.set()
            await ended.wait()
            await made._cut()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield made
    finally:
        assert made.loop is not None
        made.loop.call_soon_threadsafe(ended.set)
        thread.join(20)


def _length(head: bytes) -> int:
    for each in head.split(b"\r\n"):
        name, _, value = each.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
