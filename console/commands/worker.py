"""`acordo worker`: the loops without the web."""

from __future__ import annotations

import argparse
import asyncio
import signal

from console.app import WORKERS, create_app
from console.commands.installation import must_be_sound, opened, prepare, services_of
from console.commands.lock import alone
from console.commands.surroundings import must_be_well
from console.services import Services
from console.settings import load
from console.web import logs


def register(parser: argparse.ArgumentParser) -> None:
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
        asyncio.run(_work(services))
    return 0


async def _work(services: Services) -> None:
    """Until told to stop; what is being sent is finished first."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, told.set)
    print(f"Acordo works in the background: {', '.join(sorted(WORKERS))}.", flush=True)
    app = create_app(services)
    async with app.router.lifespan_context(app):
        await told.wait()
