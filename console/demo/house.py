"""The demo in one process: the product, the sandbox below /sandbox, mail both ways, and one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from channels.email.tokens import base_address
from channels.types import Delivery
from console.app import WORKERS, create_app, make_services
from console.clock import SystemClock
from console.demo.kept import Kept
from console.demo.providers import point_inboxes, sandbox_config
from console.demo.stand_ins import StandIns
from console.demo.steps import Steps
from console.intake.accept import accept
from console.services import Services
from console.settings import Settings
from console.workers.smtpd import Accept, FindInbox, MailDoor
from sandbox.app import create_app as create_sandbox
from sandbox.world import Hooks, Sandbox


@dataclass
class House:
    """Everything of a running demo. `app` is served; its lifespan starts the rest."""

    app: Starlette
    services: Services
    sandbox: Sandbox


async def build(settings: Settings, kept: Kept, stack: AsyncExitStack) -> House:
    """Make it ready to be served. The mail door listens from here on, and closes with the stack."""
    clock = SystemClock()
    services = make_services(settings, clock, demo=True, origins=frozenset({settings.public_url}))
    door = MailDoor(_accept(services), _finder(services))
    port = await door.start("127.0.0.1", 0)
    stack.push_async_callback(door.stop)
    sandbox_app = create_sandbox(
        sandbox_config(settings, kept, port, scripted=True),
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
            await services.store.write(point_inboxes, kept, services.settings, sandbox.smtp_port)
            await stack.enter_async_context(product(served))
            steps.listen(services.store)
            yield

    return lifespan


def _shift(services: Services, clock: SystemClock, offset_ms: int) -> None:
    """Forward only (the sandbox refuses the rest); whoever sleeps until a moment looks again."""
    clock.offset_ms = offset_ms
    for worker in list(services.alarms):
        services.doorbell(worker).set()


def _finder(services: Services) -> FindInbox:
    async def find(address: str) -> str:
        wanted = {address.lower(), base_address(address)}
        for entry in (await services.directory.all()).values():
            if entry.row.channel == "email" and entry.row.address in wanted and entry.row.state == "active":
                return str(entry.row.id)
        return ""

    return find


def _accept(services: Services) -> Accept:
    async def take(inbox_id: str, delivery: Delivery) -> None:
        entry = await services.directory.find(inbox_id)
        if entry is not None:
            await accept(services, services.directory, entry, delivery, "smtp")

    return take
