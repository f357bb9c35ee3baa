"""Where providers knock: outside the API, its sessions and its limits. A delivery proves itself by its signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.intake.doors import challenge, deliver, kinds
from console.web.bodies import bounded

Handler = Callable[[Request], Awaitable[Response]]


def routes() -> list[Route]:
    """The doors of `console.intake`, with their names for the meters."""
    return [
        _route("/webhooks/meta/{inbox}", challenge, "GET"),
        _route("/webhooks/twilio/{inbox}/status", deliver, "POST"),
        *(_route(f"/webhooks/{kind}/{{inbox}}", deliver, "POST") for kind in kinds()),
    ]


def _route(path: str, handler: Handler, method: str) -> Route:
    async def named(request: Request) -> Response:
        request.scope["route_path"] = path
        limit: int = request.app.state.services.settings.mail_bytes  # the widest; each door has its own
        return await handler(bounded(request, limit))

    return Route(path, named, methods=[method])
