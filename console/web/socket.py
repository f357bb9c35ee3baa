"""`GET /ws`: who may open a socket, and the loop that reads it."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from console.errors import RateLimited, Unauthenticated, Unavailable
from console.people.actors import Signed
from console.people.throttle import is_loopback
from console.realtime import frames
from console.realtime.dialogue import Dialogue
from console.realtime.hub import CLOSE_ENDED, Hub
from console.realtime.line import FrameLine, Line, TextLine
from console.realtime.look import Hooks
from console.realtime.session import Session
from console.services import Services
from console.web.hosts import header
from console.web.identity import Identity, address_of
from console.web.limits import Limits, Rate
from console.web.protocol import KEY

HELLO_SECONDS = 5
SOCKETS_A_USER = 10
FRAME_BYTES = 16 * 1024
CLOSE_LATE, CLOSE_BIG = 4408, 1009
FRAMES = Rate(20, 40)


class Socket:
    """The ASGI application behind /ws."""

    def __init__(self, services: Services, identity: Identity, limits: Limits, hooks: Hooks) -> None:
        self._services = services
        self._identity = identity
        self._limits = limits
        self._hooks = hooks

    @property
    def _hub(self) -> Hub:
        return self._services.hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route_path"] = "/ws"
        signed = await self._admit(HTTPConnection(scope))
        await receive()
        await send({"type": "websocket.accept"})
        if signed is None:
            await send({"type": "websocket.close", "code": CLOSE_ENDED})
            return
        line = FrameLine(scope[KEY]) if KEY in scope else TextLine(send)
        try:
            await self._serve(scope, signed, line, receive)
        finally:
            if isinstance(line, TextLine):
                line.end()

    async def _admit(self, connection: HTTPConnection) -> Signed | None:
        """Whoever may open a socket; None when their session has ended, which only a close code can tell a browser."""
        if self._services.draining:
            raise Unavailable("This process is being stopped; another one takes the socket.", retry_after=1)
        raw = connection.headers.raw
        bearer = bool(header(raw, b"authorization"))
        self._identity.check_origin(connection, must=not bearer)
        signed = await self._identity.of(connection)
        await self._slow_down(signed, address_of(connection))
        if signed is None and not bearer and "cookie" not in connection.headers:
            raise Unauthenticated
        if signed is not None and self._hub.sockets_of(signed.actor.id) >= SOCKETS_A_USER:
            raise RateLimited(f"One user may have {SOCKETS_A_USER} sockets open.", retry_after=20)
        return signed

    async def _slow_down(self, signed: Signed | None, address: str) -> None:
        """Limit handshakes by user; by address only those of nobody, since a whole office may share one address."""
        if signed is not None:
            await self._limits.take("handshake", signed.actor.id)
        elif not (self._services.demo and is_loopback(address)):
            await self._limits.take("handshake", address)

    async def _serve(self, scope: Scope, signed: Signed, line: Line, receive: Receive) -> None:
        hub, user_id = self._hub, signed.actor.id
        session = Session(signed.actor, line, monotonic=self._services.clock.monotonic, expires_at=signed.ends_at)
        if KEY in scope:
            scope[KEY].on_writable = lambda: hub.drained(session)
        dialogue = Dialogue(session, hub, self._services.store, self._hooks)
        if hub.attach(session) == 1:
            await self._hooks.on_connected(user_id)
        try:
            await self._read(dialogue, receive)
        finally:
            dialogue.over()
            if hub.detach(session) == 0 and not self._services.draining:  # then they are on their way to another one
                await asyncio.shield(self._hooks.on_gone(user_id))

    async def _read(self, dialogue: Dialogue, receive: Receive) -> None:
        pace = _Pace(self._services)
        deadline = asyncio.get_running_loop().time() + HELLO_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(None if dialogue.ready else deadline):
                    message = await receive()
            except TimeoutError:
                dialogue.session.close(CLOSE_LATE)
                return
            if message["type"] != "websocket.receive":
                return
            await self._hear(dialogue, message, pace)

    async def _hear(self, dialogue: Dialogue, message: Message, pace: _Pace) -> None:
        text: Any = message.get("text")
        if text is None:
            dialogue.session.say(frames.error("invalid", "Frames are JSON text."))
        elif len(text) > FRAME_BYTES:
            dialogue.session.close(CLOSE_BIG)
        elif not pace.allows():
            dialogue.session.murmur(frames.error("rate_limited", "Too many frames; this one was not read."))
            await asyncio.sleep(1 / FRAMES.a_second)  # meanwhile nothing more is read from this client
        else:
            await dialogue.hear(text)


class _Pace:
    """Forty frames at once, then twenty a second."""

    def __init__(self, services: Services) -> None:
        self._clock = services.clock
        self._tokens, self._at = FRAMES.burst, self._clock.monotonic()

    def allows(self) -> bool:
        now = self._clock.monotonic()
        self._tokens = min(FRAMES.burst, self._tokens + (now - self._at) * FRAMES.a_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
