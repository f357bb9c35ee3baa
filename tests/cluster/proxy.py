"""A plain proxy: each connection goes to the next server that is ready, and nothing sticks to anything.

    python -m tests.cluster.proxy PORT SERVER_PORT …

It knows bytes only, so a socket is carried like any other connection. A server that is not ready (`/readyz`) gets no
new connection; one that refuses it is passed over; when none is ready the first that takes it has it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

LOOK_SECONDS = 0.25
CHUNK = 64 * 1024
BACKLOG = 1024


class Proxy:
    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = list(ports)
        self._ready = set(ports)
        self._turn = count()

    async def serve(self, port: int) -> None:
        """Until cancelled."""
        async with await asyncio.start_server(self._carry, "127.0.0.1", port, backlog=BACKLOG):
            while True:
                for each, ready in zip(self._ports, await asyncio.gather(*map(_is_ready, self._ports)), strict=True):
                    (self._ready.add if ready else self._ready.discard)(each)
                await asyncio.sleep(LOOK_SECONDS)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await self._connect()
        except OSError:
            writer.close()
            return
        there = asyncio.ensure_future(_pump(reader, inner_writer))
        back = asyncio.ensure_future(_pump(inner_reader, writer))
        await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        if not back.done():  # whoever asked has said all; the answer may still come
            await asyncio.wait([back], timeout=5)
        for each in (there, back):
            each.cancel()
        inner_writer.close()
        writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        start = next(self._turn) % len(self._ports)
        turn = self._ports[start:] + self._ports[:start]
        for port in sorted(turn, key=lambda each: each not in self._ready):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        raise ConnectionRefusedError


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def _is_ready(port: int) -> bool:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    return False


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(Proxy([int(each) for each in sys.argv[2:]]).serve(int(sys.argv[1])))
