"""The demo in one process: the product, the sandbox below /sandbox, mail both ways, and one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from msgspec import structs
from starlette.applications import Starlette
from starlette.routing import Mount

from console.app import WORKERS, create_app, make_services
from console.clock import SystemClock
from console.demo.kept import Kept
from console.demo.providers import free_ports, point_inboxes, point_seller, sandbox_config
from console.demo.stand_ins import StandIns
from console.demo.steps import Steps
from console.services import Services
from console.settings import Settings
from sandbox.app import create_app as create_sandbox
from sandbox.world import Hooks, Sandbox


@dataclass
class House:
    """Everything of a running demo. `app` is served; its lifespan starts the rest."""

    app: Starlette
    services: Services
    sandbox: Sandbox


def build(settings: Settings, kept: Kept) -> House:
    """Make it ready to be served; nothing listens yet."""
    clock = SystemClock()
    listener, mail_server = free_ports(2)
    settings = structs.replace(settings, smtp_listen=f"127.0.0.1:{listener}")
    origins = frozenset({settings.public_url, f"smtp://127.0.0.1:{mail_server}"})
    services = make_services(settings, clock, demo=True, origins=origins)
    sandbox_app = create_sandbox(
        sandbox_config(settings, kept, listener=listener, mail_server=mail_server, scripted=True),
        Hooks(on_clock=lambda offset: _shift(services, clock, offset)),
    )
    sandbox: Sandbox = sandbox_app.state.sandbox
    clock.offset_ms = sandbox.clock.offset_ms
    played = StandIns(kept.users, frozenset(kept.played.values()), kept.scripted, lambda: script_is_on(sandbox))
    workers = {**WORKERS, "stand-ins": played.run}
    app = create_app(services, workers=workers, mounts=[Mount("/sandbox", sandbox_app)])
    app.router.lifespan_context = _lifespan(app, services, sandbox, kept, Steps(sandbox, lambda: played.playing))
    return House(app, services, sandbox)


def script_is_on(sandbox: Sandbox) -> bool:
    """The switch of the phones page."""
    return sandbox.store.setting("scripted", sandbox.config.scripted)


def _lifespan(
    app: Starlette, services: Services, sandbox: Sandbox, kept: Kept, steps: Steps
) -> Callable[[Starlette], Any]:
    product = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(sandbox.running())
            await services.store.write(point_inboxes, kept, services.settings.public_url, sandbox.smtp_port)
            await services.store.write(point_seller, services.vault, kept, services.settings.public_url)
            await stack.enter_async_context(product(served))
            steps.listen(services.store)
            yield

    return lifespan


def _shift(services: Services, clock: SystemClock, offset_ms: int) -> None:
    """Forward only (the sandbox refuses the rest); whoever sleeps until a moment looks again."""
    clock.offset_ms = offset_ms
    for worker in list(services.alarms):
        services.doorbell(worker).set()
