"""The way to a client whose server is not ours: the same promises through `send_text`."""

from __future__ import annotations

import asyncio
from typing import Any

from console.realtime.frames import Frame
from console.realtime.line import HIGH_WATER, TextLine


class Wire:
    """An ASGI `send` that can be held."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.open.wait()
        self.sent.append(message)


async def test_frames_are_sent_in_order_without_waiting() -> None:
    wire = Wire()
    line = TextLine(wire.send)
    for n in range(5):
        line.write(Frame(b'{"n":%d}' % n))
    assert wire.sent == []
    await asyncio.sleep(0.01)
    assert [each["text"] for each in wire.sent] == [f'{{"n":{n}}}' for n in range(5)]
    line.end()


async def test_a_client_that_does_not_read_makes_the_line_full_and_costs_bounded_memory() -> None:
    wire = Wire()
    wire.open.clear()
    line = TextLine(wire.send)
    written = 0
    while line.writable:
        line.write(Frame(b"x" * 1_000))
        written += 1_000
    assert line.waiting == written <= HIGH_WATER + 1_000
    full = asyncio.ensure_future(line.drained())
    await asyncio.sleep(0.01)
    assert not full.done()
    wire.open.set()
    await asyncio.wait_for(full, 5)
    assert line.writable
    line.end()


async def test_closing_says_the_code_after_what_was_written() -> None:
    wire = Wire()
    line = TextLine(wire.send)
    line.write(Frame(b"{}"))
    line.close(4401)
    await asyncio.sleep(0.01)
    assert [each["type"] for each in wire.sent] == ["websocket.send", "websocket.close"]
    assert wire.sent[-1]["code"] == 4401 and not line.writable
    line.end()


async def test_a_client_that_went_lets_whoever_waits_for_it_go_on() -> None:
    wire = Wire()
    wire.open.clear()
    line = TextLine(wire.send)
    line.write(Frame(b"x" * HIGH_WATER))
    waiting = asyncio.ensure_future(line.drained())
    await asyncio.sleep(0)
    line.end()
    await asyncio.wait_for(waiting, 5)
