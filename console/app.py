"""The composition root: everything is made here, once, and handed to whoever needs it."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute

from channels.connector import Connector
from console.access.visible import topics_seen
from console.cases import look
from console.child import Child
from console.clock import Clock, SystemClock
from console.errors import NotFound, WrongMethod
from console.intake.apart import Apart
from console.intake.directory import Directory
from console.log import append
from console.people import actors, me, presence
from console.people.throttle import Throttle
from console.realtime.hub import Hub
from console.realtime.look import Hooks
from console.routes import API
from console.services import Services
from console.settings import Settings
from console.store.store import open_store
from console.store.vault import Vault
from console.supervision.answers import Answers
from console.timeline.files import Files
from console.web.dispatch import Door
from console.web.docs import Docs
from console.web.draining import Drain
from console.web.guard import Guard
from console.web.health import Health
from console.web.hosts import Hosts
from console.web.identity import Identity
from console.web.limits import Limits
from console.web.media import Media
from console.web.meters import Meters
from console.web.pages import Pages
from console.web.pay import shown as shown_link
from console.web.socket import Socket
from console.web.webhooks import Doors
from console.web.webhooks import routes as webhooks
from console.workers.assigner import assign_waiting
from console.workers.clockwork import turn
from console.workers.dispatcher import Dispatcher
from console.workers.duties import Duties, by_one, keep_duties
from console.workers.journal import keep_journal
from console.workers.kinds import run_jobs
from console.workers.loops import Supervisor
from console.workers.mailboxes import keep_mailboxes
from console.workers.presence import keep_presence, renew_presence, tell_loads, tick_hub
from console.workers.prospects import keep_scores
from console.workers.readmarks import TypingSigns
from console.workers.relay import Relay
from console.workers.upkeep import keep_house
from console.workers.webhooks import tell

if TYPE_CHECKING:
    from console.people.elsewhere import Shared
    from console.realtime.doorbell import Doorbell

Worker = Callable[[Services], Coroutine[Any, Any, None]]


ROUTING, HOUSE = "routing", "house"
"""Duties: however many processes there are, one routes, and one keeps the house."""


async def send_due(services: Services) -> None:
    """The dispatcher as a loop."""
    await Dispatcher(services, services.directory).run()


WORKERS: dict[str, Worker] = {
    "assigner": by_one(ROUTING, assign_waiting),
    "clockwork": by_one(ROUTING, turn),
    "dispatcher": send_due,
    "duties": keep_duties,
    "housekeeping": by_one(HOUSE, keep_house),
    "prospects": by_one(HOUSE, keep_scores),
    "jobs": run_jobs,
    "journal": by_one(HOUSE, keep_journal),
    "loads": tell_loads,
    "mailboxes": keep_mailboxes,
    "presence": by_one(HOUSE, keep_presence),
    "renewal": renew_presence,
    "second hand": tick_hub,
    "webhooks": tell,
}
"""The loops of a process beside the relay, by name; each runs for ever and is restarted when it dies."""
OF_SOCKETS = ("relay", "doorbell speaks", "doorbell listens", "second hand")
"""What goes on while the last sockets are sent away."""
LAST = ("duties",)
"""What goes on while the other loops finish what they began."""


def make_services(
    settings: Settings,
    clock: Clock | None = None,
    *,
    demo: bool = False,
    origins: frozenset[str] = frozenset(),
) -> Services:
    """The long-lived things of a process; nothing is started and nothing is opened yet but the store's files.

    `origins`: exact addresses the connector may reach beyond the public internet (a sandbox, a mail server in-house).
    """
    clock = clock or SystemClock()
    services = Services(
        settings=settings,
        clock=clock,
        store=open_store(settings.database_url, clock, append.append),
        vault=Vault(settings.secret_key),
        hub=Hub(clock),
        files=Files(settings.data_dir / "files"),
        throttle=Throttle(clock, loopback_is_free=demo),
        limits=Limits(clock),
        meters=Meters(),
        demo=demo,
        origins=origins,
        connector=Connector(excepted=origins),
        mail=Apart(),
        frames=Child("console.timeline.dresser", "frames"),
        answers=Answers(),
    )
    services.directory = Directory(services)
    services.duties = Duties(services)
    if settings.sqlite_path is None:
        services.process = services.duties.holder
    return services


def create_app(
    services: Services,
    *,
    workers: dict[str, Worker] | None = None,
    mounts: Sequence[BaseRoute] = (),
) -> Starlette:
    """The ASGI application. `workers`: the loops beside it (None: all); `mounts`: further routes (the demo's).
    `state.watched` is only what those who watch the process ask for.
    """
    hosts = Hosts(services.settings, demo=services.demo)
    identity = Identity(services, hosts)
    supervisor = Supervisor(lambda name: services.meters.deaths.labels(name).inc())
    health = Health(services, lambda: supervisor.failing)
    door = Door(services, identity, services.limits)
    socket = Socket(services, identity, services.limits, hooks(services))
    guarded = [Middleware(Guard, settings=services.settings, hosts=hosts, clock=services.clock, meters=services.meters)]
    app = Starlette(
        routes=[
            *webhooks(),  # first: routes are tried one after the other, and statuses are many
            WebSocketRoute("/ws", socket),
            *door.routes(API),
            *health.routes(),
            *Media(services).routes(),
            Route("/pay/{token}", shown_link),
            *Docs(services.settings, API).routes(),
            *Pages(services, hosts, identity).routes(),
            *mounts,
        ],
        middleware=[*guarded, Middleware(Doors)],
        exception_handlers={HTTPException: _refused},
        lifespan=_lifespan(services, supervisor, health, WORKERS if workers is None else workers),
    )
    app.state.services = services
    app.state.watched = Starlette(
        routes=health.routes(), middleware=guarded, exception_handlers={HTTPException: _refused}
    )
    _measured(services)
    return app


def _measured(services: Services) -> None:
    """What counts itself is told to the meters."""
    meters = services.meters

    def delivered(written: int, dropped: int) -> None:
        meters.deliveries.inc(written)
        if dropped:
            meters.dropped.inc(dropped)

    services.hub.on_delivery = delivered
    services.hub.on_reset = meters.resets.inc
    services.store.on_batch = meters.batches.observe


def hooks(services: Services) -> Hooks:
    """What the sockets need of the areas above them."""
    store = services.store

    return Hooks(
        seen=topics_seen,
        me=me.me,
        actor=actors.again,
        on_seen=lambda actor, case_id, position: store.write(look.look, actor, case_id, position),
        on_typing=TypingSigns(services).typed,
        on_connected=lambda user_id: store.write(presence.connection_changed, user_id, True, services.process),
        on_gone=lambda user_id: store.write(presence.connection_changed, user_id, False, services.process),
    )


def _lifespan(
    services: Services, supervisor: Supervisor, health: Health, workers: dict[str, Worker]
) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        _settle_memory()
        relay = Relay(services.store, services.hub, lambda worker: services.doorbell(worker).set())
        await relay.start()
        supervisor.start("relay", relay.run)
        doorbell = _doorbell(services, relay, supervisor, health) if services.settings.redis_url else None
        counters = _count_together(services, supervisor) if services.settings.redis_url else []
        for name, worker in workers.items():
            supervisor.start(name, _bound(worker, services), last=name in LAST)
        Drain(services, lambda: supervisor.stop(but=OF_SOCKETS)).listen()
        try:
            yield
        finally:
            services.draining = True
            await supervisor.stop()
            if doorbell is not None:
                await doorbell.close()
            for each in counters:
                await each.aclose()
            await services.connector.aclose()
            services.mail.close()
            services.frames.close()
            await services.store.close()

    return lifespan


def _doorbell(services: Services, relay: Relay, supervisor: Supervisor, health: Health) -> Doorbell:
    """The line to the other processes, wired to the relay and the hub."""
    from console.realtime.doorbell import Doorbell  # Redis' client, which only a scaled-out process needs

    doorbell = Doorbell(
        services.settings.redis_url,
        on_log=relay.look,
        on_wake=lambda worker: services.doorbell(worker).set(),
        on_signal=services.hub.signal_from_elsewhere,
    )

    async def check() -> list[str]:
        return [] if await doorbell.answers() else ["redis"]

    relay.on_commit = doorbell.ring
    services.hub.on_signal = doorbell.signal
    supervisor.start("doorbell speaks", doorbell.speak)
    supervisor.start("doorbell listens", doorbell.listen)
    health.lacks.append(check)
    return doorbell


def _count_together(services: Services, supervisor: Supervisor) -> list[Shared]:
    """What several processes count together: failed sign-ins, and how often somebody asks."""
    from console.people.elsewhere import SharedFailures  # Redis' client, as above
    from console.web.elsewhere import SharedBuckets

    url, secret, limits = services.settings.redis_url, services.settings.secret_key, services.limits
    failures = services.throttle.shared = SharedFailures(url, secret)
    buckets = limits.shared = SharedBuckets(url, secret, limits.lower)
    supervisor.start("limits", buckets.run)
    return [failures, buckets]


def _settle_memory() -> None:
    """What is loaded by now stays: garbage is looked for among what comes later, and less often.

    A request makes hundreds of short-lived objects and no cycles; looking through them cost a fifth of it.
    """
    if not gc.get_freeze_count():  # once a process
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)


def _bound(worker: Worker, services: Services) -> Callable[[], Coroutine[Any, Any, None]]:
    return lambda: worker(services)


async def _refused(request: Request, error: Exception) -> Response:
    """What the router refuses, in the product's own words."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        raise WrongMethod(allow=", ".join(sorted(_methods(request))))
    raise NotFound


def _methods(request: Request) -> set[str]:
    """All that this address takes: every method of a path is a route of its own."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found
