"""The floor of fan-out in Python (`sansio-frame`): one frame built by hand, written to each socket's transport.

uvicorn tests.bench.floors.fan_app:app --ws tests.bench.floors.fan_app:FrameProtocol, BYTES = the size of an event; POST
/pub sends one.
"""

from __future__ import annotations

import os
import struct
import time
from typing import Any, cast

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_KEY = "raw"
_sockets: set[FrameProtocol] = set()


class FrameProtocol(WebSocketsSansIOProtocol):
    """Puts itself into the scope, so that whoever sends reaches its transport."""

    async def run_asgi(self) -> None:
        cast("dict[str, Any]", self.scope)[_KEY] = self
        await super().run_asgi()


def _event(text: str) -> dict[str, Any]:
    return {"type": "event", "name": "message.created", "seq": 123456789, "at": time.time_ns() // 1_000_000,
            "data": {"text": text}}  # fmt: skip


_FILLING = "x" * max(0, int(os.environ.get("BYTES", "500")) - len(msgspec.json.encode(_event(""))))


async def socket(here: WebSocket) -> None:
    await here.accept()
    raw = here.scope[_KEY]
    _sockets.add(raw)
    try:
        while True:
            await here.receive_text()
    except WebSocketDisconnect:
        _sockets.discard(raw)


async def publish(request: Request) -> Response:
    await request.body()
    frame = _framed(msgspec.json.encode(_event(_FILLING)))
    for each in _sockets:
        if each.writable.is_set():
            each.transport.write(frame)
    return Response(b"ok")


def _framed(text: bytes) -> bytes:
    size = len(text)
    return (bytes((0x81, size)) if size < 126 else b"\x81\x7e" + struct.pack("!H", size)) + text


app = Starlette(routes=[WebSocketRoute("/ws", socket), Route("/pub", publish, methods=["POST"])])
