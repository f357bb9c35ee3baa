"""The demo in one process: the product, the sandbox below /sandbox, mail both ways, and one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from msgspec import structs
from starlette.applications import Starlette
from starlette.routing import Mount

from channels.email.tokens import base_address
from channels.types import Delivery
from console.app import WORKERS, create_app, make_services
from console.clock import SystemClock
from console.demo.kept import Kept
from console.demo.steps import Steps
from console.intake.accept import accept
from console.portfolios.set_up import change_config
from console.services import Services
from console.settings import Settings
from console.store.transaction import Tx
from console.workers.smtpd import Accept, FindInbox, MailDoor
from sandbox.app import create_app as create_sandbox
from sandbox.config import Config, Pace, SandboxInbox
from sandbox.world import Hooks, Sandbox

ORIGINS = {"meta": "/sandbox/graph", "twilio": "/sandbox/twilio"}
DOORS = {"meta": "meta", "twilio": "twilio", "smtp": "email"}


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
    app = create_app(services, workers=dict(WORKERS), mounts=[Mount("/sandbox", sandbox_app)])
    app.router.lifespan_context = _lifespan(app, services, sandbox, kept)
    return House(app, services, sandbox)


def sandbox_config(settings: Settings, kept: Kept, listener: int, *, scripted: bool) -> Config:
    """The sandbox as this start finds it: its addresses, and the product's SMTP listener."""
    url = settings.public_url
    return Config(
        inboxes=tuple(_at(each, url, listener) for each in kept.inboxes),
        product_url=url,
        origin=f"{url}/sandbox",
        database=str(settings.data_dir / "sandbox.db"),
        people=kept.people,
        pace=Pace(),
        scripted=scripted,
        script_gap_ms=15_000,
        answer_ticks=False,
    )


def point_inboxes(tx: Tx, kept: Kept, settings: Settings, smtp_port: int) -> None:
    """Tell our inboxes where their providers are at this start."""
    for each in kept.inboxes:
        if each.provider == "smtp":
            change_config(tx, each.id, {"smtp_port": str(smtp_port)})
        else:
            change_config(tx, each.id, {"origin": f"{settings.public_url}{ORIGINS[each.provider]}"})


def _at(inbox: SandboxInbox, url: str, listener: int) -> SandboxInbox:
    hook = f"{url}/webhooks/{DOORS[inbox.provider]}/{inbox.id}"
    port = listener if inbox.provider == "smtp" else 0
    return structs.replace(inbox, webhook_url=hook, listener_port=port)


def _lifespan(app: Starlette, services: Services, sandbox: Sandbox, kept: Kept) -> Callable[[Starlette], Any]:
    product = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(sandbox.running())
            await services.store.write(point_inboxes, kept, services.settings, sandbox.smtp_port)
            await stack.enter_async_context(product(served))
            Steps(sandbox).listen(services.store)
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
