"""Where providers knock: outside the API, its sessions and its limits. A delivery proves itself by its signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from console.intake.doors import challenge, deliver, kinds
from console.negotiation.notices import deliver as deliver_payment
from console.web.bodies import bounded

Handler = Callable[[Request], Awaitable[Response]]


def routes() -> list[Route]:
    """The doors of `console.intake`, with their names for the meters."""
    return [
        _route("/webhooks/meta/{inbox}", challenge, "GET"),
        _route("/webhooks/twilio/{inbox}/status", deliver, "POST"),
        *(_route(f"/webhooks/{kind}/{{inbox}}", deliver, "POST") for kind in kinds()),
        _route("/webhooks/payments/{provider}", deliver_payment, "POST"),
    ]


class Doors:
    """ASGI middleware, the innermost: a delivery goes to its door without the router's looking for it, which with its
    layers cost as much as the delivery's own way. Whatever is no delivery to `/webhooks/{kind}/{inbox}` goes on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._doors = {kind: _doorway(kind) for kind in kinds()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith("/webhooks/"):
            kind, _, inbox = scope["path"].removeprefix("/webhooks/").partition("/")
            door = self._doors.get(kind)
            if door is not None and inbox and "/" not in inbox:
                scope["path_params"] = {"inbox": inbox}
                await door(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _doorway(kind: str) -> _Doorway:
    return _Doorway(f"/webhooks/{kind}/{{inbox}}", deliver)


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(path, _Doorway(path, handler), methods=[method])


class _Doorway:
    """One door as an ASGI application."""

    def __init__(self, path: str, handler: Handler) -> None:
        self.path = path
        self.handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route_path"] = self.path
        limit: int = scope["app"].state.services.settings.mail_bytes  # the widest; each door has its own
        response = await self.handler(bounded(scope, receive, send, limit))
        await response(scope, receive, send)
