"""The sandbox as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from sandbox.api import Api
from sandbox.config import Config
from sandbox.guard import Refusal, loopback
from sandbox.mail.server import MailServer
from sandbox.mercadopago import MercadoPago
from sandbox.meta.api import Graph
from sandbox.phones import Phones
from sandbox.scripted import Script
from sandbox.twilio.api import Twilio
from sandbox.world import Hooks, Sandbox

PLAIN = "<!doctype html><title>Sandbox</title><p>The sandbox runs. Its API is under <code>api/</code>.</p>"


def create_app(config: Config, hooks: Hooks | None = None) -> Starlette:
    """Builds the sandbox; `app.state.sandbox` is its `Sandbox`.

    Run alone, its lifespan starts the courier, the mail server and the scripted people. Mounted, it has no lifespan of
    its own: the mounting application enters `app.state.sandbox.running()`.
    """
    sandbox = Sandbox(config, hooks or Hooks())
    api, phones = Api(sandbox), Phones(sandbox)
    script = Script(sandbox, api.write)
    api.wrote = phones.typed = lambda person: script.human(person, sandbox.clock.real())
    if sandbox.inboxes("smtp"):
        sandbox.services.append(MailServer(sandbox).service)
    sandbox.services.append(script.service)

    async def page(request: Request) -> Response:
        if not loopback(request.headers.get("host", "")):
            return Refusal(403, "forbidden", "the sandbox answers to this machine's names only").answer()
        return sandbox.hooks.page(request) if sandbox.hooks.page else HTMLResponse(PLAIN)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with sandbox.running():
            yield

    routes = [
        Route("/", page, methods=["GET"]),
        Mount("/api", routes=[*api.routes(), *phones.routes()]),
        Mount("/graph", routes=Graph(sandbox).routes()),
        Mount("/twilio", routes=Twilio(sandbox).routes()),
        Mount("/mercadopago", routes=MercadoPago(sandbox).routes()),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, max_body_size=128 * 1024 * 1024)
    app.state.sandbox = sandbox
    return app
