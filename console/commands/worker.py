"""`acordo worker`: the loops without the web; with `--port` also what those who watch it ask for."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
from contextlib import nullcontext

import uvicorn

from console.app import WORKERS, create_app
from console.commands.installation import must_be_sound, opened, prepare, services_of
from console.commands.listening import bind, port_number
from console.commands.lock import alone
from console.commands.surroundings import must_be_well
from console.services import Services
from console.settings import load
from console.web import logs
from console.web.serving import config


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="where to be watched (default: %(default)s)")
    parser.add_argument("--port", type=port_number, help="serve /healthz, /readyz, /metrics there (default: no)")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    settings = load()
    logs.configure(settings)
    with alone(settings):
        must_be_sound(settings)
        prepare(settings)
        with opened(settings) as services:
            for line in must_be_well(services):
                print(line)
        services = services_of(settings)
        with nullcontext() if asked.port is None else bind(asked.host, asked.port) as listener:
            asyncio.run(_work(services, listener))
    return 0


async def _work(services: Services, listener: socket.socket | None) -> None:
    """Until told to stop; what is being sent is finished first."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, told.set)
    print(f"Acordo works in the background: {', '.join(sorted(WORKERS))}.", flush=True)
    app = create_app(services)
    async with app.router.lifespan_context(app):
        if listener is None:
            await told.wait()
        else:  # its server hears the same signals
            await uvicorn.Server(config(app.state.watched, lifespan="off")).serve(sockets=[listener])
