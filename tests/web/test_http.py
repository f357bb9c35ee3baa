"""How a response leaves: whole where it is whole, and its head at once where the rest takes its time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from console.web.bodies import bounded
from console.web.http import HttpProtocol, is_here


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server of this application."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, http=HttpProtocol, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            server.should_exit = True
            await serving


def start(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": 200, "headers": headers}


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def test_head_and_body_leave_together_request_after_request() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start((b"content-length", b"2")))
        await send(part(b"ok"))

    async with served(app) as (reader, writer):
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            heard = await reader.read(65_536)  # what came with one packet
            assert heard.startswith(b"HTTP/1.1 200 OK\r\n") and heard.endswith(b"\r\n\r\nok")


async def test_a_head_does_not_wait_for_a_body_that_takes_its_time() -> None:
    gate = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await gate.wait()
        await send(part(b"a" * 100_000, more=True))
        await send(part(b"b"))

    async with served(app) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert b"transfer-encoding: chunked" in head
        gate.set()
        body = await asyncio.wait_for(reader.read(-1), 10)
        assert body == b"186a0\r\n" + b"a" * 100_000 + b"\r\n1\r\nb\r\n0\r\n\r\n"


async def test_a_head_alone_is_whole() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start((b"content-length", b"9")))
        await send(part(b"ignored"))

    async with served(app) as (reader, writer):
        writer.write(b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(-1), 10)).endswith(
            b"\r\ncontent-length: 9\r\nconnection: close\r\n\r\n"
        )


async def test_a_body_that_is_here_is_read_without_a_clock_and_one_that_is_not_with_one() -> None:
    here: list[bool] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        here.append(is_here(receive))
        body = await bounded(scope, receive, send, 100).body()
        await send(start((b"content-length", b"%d" % len(body))))
        await send(part(body))

    async with served(app) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nwhol")
        assert (await reader.read(65_536)).endswith(b"\r\n\r\nwhol")
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\npa")
        while len(here) < 2:
            await asyncio.sleep(0.01)
        writer.write(b"rt")
        assert (await reader.read(65_536)).endswith(b"\r\n\r\npart")
    assert here == [True, False]
