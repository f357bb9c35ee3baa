"""The outermost layer: host, sizes, security headers, one answer for every refusal and every surprise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

import msgspec
import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from console.clock import Clock
from console.errors import Malformed, Misdirected, Refusal, TooLarge
from console.fault import fault
from console.settings import Settings
from console.web import headers, lost
from console.web.hosts import Hosts, header
from console.web.meters import Meters
from console.wire import problems
from console.wire.ids import new_id

_LINE_BYTES = 8 * 1024
_HEADER_COUNT, _HEADER_BYTES = 64, 16 * 1024
_ANY_HOST = ("/healthz", "/readyz")  # a proxy or a supervisor of processes asks one process, by its address; none
# stands before the demo, which answers to the loopback's names only
log = structlog.get_logger("web")


class Surprise(Refusal):
    """Something broke. The answer names the request, the log names the cause."""

    code, status, title = "internal", 500, "Something went wrong on our side."


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, settings: Settings, hosts: Hosts, clock: Clock, meters: Meters) -> None:
        self.app = app
        self.hosts = hosts
        self.clock = clock
        self.meters = meters
        self.always = dict(headers.always(settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, self.always, new_id())
        scope.setdefault("state", {})["request_id"] = answer.request_id
        bind_contextvars(request=answer.request_id)  # whatever is logged on the way says for which request
        started = self.clock.monotonic()
        try:
            self._check(scope)
            await self.app(scope, receive, answer.send)
            fault("web.answered")
        except Refusal as refusal:
            await answer.refuse(scope, refusal)
        except ClientDisconnect:
            log.debug("request.left", request=answer.request_id)  # before it was read: there is nobody to answer
        except Exception as error:
            log.error("request.failed", kind=type(error).__name__, exc_info=True)
            if answer.status:
                raise
            await answer.refuse(scope, Surprise(request=answer.request_id))
        self.meters.request(scope, answer.status, self.clock.monotonic() - started)

    def _check(self, scope: Scope) -> None:
        found: list[tuple[bytes, bytes]] = scope["headers"]
        if len(scope["raw_path"]) + len(scope["query_string"]) > _LINE_BYTES:
            raise TooLarge("The address is too long.")
        if len(found) > _HEADER_COUNT or sum(map(len, chain.from_iterable(found))) + 4 * len(found) > _HEADER_BYTES:
            raise TooLarge("The headers are too many or too long.")
        names = dict(found)
        if b"content-length" in names and b"transfer-encoding" in names:
            raise Malformed("A request has either a length or a transfer encoding.")
        asked_by_address = scope["path"] in _ANY_HOST and not self.hosts.demo
        if not asked_by_address and not self.hosts.knows(header(found, b"host")):
            raise Misdirected


class _Answer:
    """One response on its way out: remembers whether it began, and dresses its head."""

    def __init__(self, send: Send, always: Mapping[bytes, bytes], request_id: str) -> None:
        self._send = send
        self._always = always
        self.request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            self.status = message["status"]
            own = list(message.get("headers", ()))
            more: Iterable[tuple[bytes, bytes]] = self._always.items()
            if not self._always.keys().isdisjoint(dict(own)):
                names = {name.lower() for name, _ in own}
                more = [pair for pair in more if pair[0] not in names]
            message = {**message, "headers": [*own, *more, (b"x-request-id", self.request_id.encode())]}
        elif message["type"] == "websocket.accept":
            self.status = 101
        await self._send(message)

    async def refuse(self, scope: Scope, refusal: Refusal) -> None:
        """Answer with a problem document, on a socket that was not accepted yet too; with a page to who navigates."""
        if self.status:
            raise refusal
        body, kind = lost.page(scope, refusal) or (problems.document(refusal), {"Content-Type": problems.MEDIA_TYPE})
        more = {**kind, "Content-Length": str(len(body)), **problems.headers(refusal)}
        sort = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
        if sort.startswith("websocket") and "websocket.http.response" not in scope.get("extensions", {}):
            await self._send({"type": "websocket.close", "code": 1008})
            return
        pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in more.items()]
        await self.send({"type": f"{sort}.start", "status": refusal.status, "headers": pairs})
        await self._send({"type": f"{sort}.body", "body": body if scope.get("method") != "HEAD" else b""})


encode = msgspec.json.Encoder().encode
"""JSON as every answer is written."""
