"""`acordo serve`: the product with real configuration."""

from __future__ import annotations

import argparse
import os
import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from console.app import WORKERS, create_app
from console.commands.installation import Trouble, must_be_sound, opened, prepare, services_of
from console.commands.listening import bind, port_number, port_of, public
from console.commands.lock import alone
from console.commands.surroundings import must_be_well
from console.gate.approve import standings
from console.people.queries import users
from console.portfolios.queries import all_inboxes
from console.services import Services
from console.settings import Settings, environment, load
from console.store.transaction import Reader
from console.web import logs
from console.web.serving import config

OF_ITS_SOCKETS = ("loads", "renewal", "second hand")
"""The loops that a web process runs beside a database server; the others are `acordo worker`'s."""


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=port_number, default=None, help="0 takes a free one (default: 8000)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="web processes; needs PostgreSQL")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    settings = load()
    logs.configure(settings)
    if asked.workers < 1 or (asked.workers > 1 and settings.sqlite_path is not None):
        raise Trouble("several web processes need PostgreSQL: set ACORDO_DATABASE_URL, or leave --workers out")
    with alone(settings):
        must_be_sound(settings)
        prepare(settings)
        with bind(asked.host, port_of(settings) if asked.port is None else asked.port) as listener:
            named = bool(environment(os.environ).get("ACORDO_PUBLIC_URL"))
            settings = public(settings, asked.host, listener.getsockname()[1], named=named)
            with opened(settings) as services:
                _greet(services, must_be_well(services))
            if asked.workers > 1:
                _several(settings, listener, asked.workers)
            else:
                setup = config(_app(services_of(settings)), proxies=settings.trusted_proxies)
                uvicorn.Server(setup).run(sockets=[listener])
    return 0


def application() -> Starlette:
    """What each of several web processes serves; its settings come from the environment it was given."""
    settings = load()
    logs.configure(settings)
    return _app(services_of(settings))


def warnings(reader: Reader) -> list[str]:
    """What an operator should know at the start: nobody can sign in, profiles not approved, inboxes not proved."""
    said = [] if users(reader) else ["Nobody can sign in yet: acordo user add --role admin --email … --name …"]
    for each in standings(reader):
        if not each.approved and each.portfolio.disabled_at is None:
            said.append(
                f'Portfolio {each.portfolio.name}: the profile {each.profile} is not approved, so nothing leaves. '
                f'acordo gate approve --portfolio "{each.portfolio.name}" --profile {each.profile} --help'
            )  # fmt: skip
    for inbox in all_inboxes(reader):
        if inbox.state == "active" and inbox.health != "ok":
            how = "was never tested" if inbox.health == "unknown" else f"is not reachable: {inbox.health_detail}"
            said.append(
                f'Inbox {inbox.name} ({inbox.channel}, {inbox.provider}) {how}. acordo inbox test "{inbox.name}"'
            )
    return said


def _several(settings: Settings, listener: socket.socket, count: int) -> None:
    os.environ["ACORDO_PUBLIC_URL"] = settings.public_url
    setup = config(f"{__name__}:application", factory=True, workers=count, proxies=settings.trusted_proxies)
    Multiprocess(setup, sockets=[listener]).run()


def _app(services: Services) -> Starlette:
    embedded = services.settings.sqlite_path is not None
    workers = WORKERS if embedded else {name: WORKERS[name] for name in OF_ITS_SOCKETS}
    return create_app(services, workers=workers)


def _greet(services: Services, pities: list[str]) -> None:
    for line in pities + services.store.read_now(warnings):
        print(line)
    if services.settings.sqlite_path is None:
        print("Messages leave, and mail is fetched, by acordo worker: keep one running.")
    print(f"Acordo listens on {services.settings.public_url}", flush=True)
