"""`acordo demo`: prepares the folder, says what it does, serves until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import webbrowser
from argparse import Namespace
from pathlib import Path
from socket import socket
from types import FrameType
from typing import TextIO

import structlog
import uvicorn

from console.clock import SystemClock
from console.commands.installation import Trouble
from console.commands.listening import bind, is_loopback
from console.commands.lock import alone
from console.demo import kept as notes
from console.demo.house import House, build
from console.demo.make import make
from console.demo.people import DOMAIN, PASSWORD, STAFF
from console.settings import Settings, environment, load
from console.store.migrate import migrate
from console.web import logs
from console.web.serving import config
from console.wire.moment import HOUR

REFUSED = 2
DRAIN_SECONDS = 3


def main(asked: Namespace) -> int:
    """Serve the demo of `host`, `port`, `data_dir`, `fresh`. 2 with one line when it cannot."""
    try:
        if not is_loopback(asked.host):
            raise Trouble(
                "the demo listens on the loopback only, for example --host 127.0.0.1; a real one is acordo serve"
            )
        with bind(asked.host, asked.port) as listener:
            folder = asked.data_dir or Path(environment(os.environ).get("ACORDO_DATA_DIR") or "var")
            notes.read(folder)  # refuses before anything is written there
            settings = settings_for(folder, _url(listener))
            logs.configure(settings)
            # The addresses above should stay in sight: only what goes wrong is written below them.
            structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
            with alone(settings):
                asyncio.run(_serve(settings, listener, fresh=asked.fresh))
    except (Trouble, notes.NotADemo) as error:
        say(f"acordo demo: {error}", to=sys.stderr)
        return REFUSED
    return 0


def settings_for(folder: Path, url: str) -> Settings:
    """Embedded defaults, whatever the environment says of databases, keys and public addresses."""
    given = {name: "" for name in environment(os.environ) if name.startswith("ACORDO_")}
    given |= {
        "ACORDO_LOG": environment(os.environ).get("ACORDO_LOG", ""),
        "ACORDO_DATABASE_URL": f"sqlite:///{(folder / 'acordo.db').resolve()}",
        "ACORDO_PUBLIC_URL": url,
    }
    return load(given, data_dir=folder)


async def prepare(settings: Settings, *, fresh: bool) -> notes.Kept:
    """The folder's demo, made when there is none, when it was cut short, or when asked for. Raises NotADemo."""
    clock = SystemClock()
    kept = notes.read(settings.data_dir)
    if kept is not None and kept.whole and kept.made_at is not None and not fresh:
        migrate(settings.database_url)
        age = clock.real() - kept.made_at
        if age > notes.STALE_MS:
            say(f"The sample data are {age // HOUR} hours old and kept; --fresh makes them anew.")
        return kept
    if kept is not None:
        notes.forget(settings.data_dir)
    say("Making the sample data: three creditors, their debtors, and a past of a few days …")
    began = clock.monotonic()
    made = await make(settings, clock.real())
    say(f"… made in {clock.monotonic() - began:.1f} s.")
    return made


async def _serve(settings: Settings, listener: socket, *, fresh: bool) -> None:
    kept = await prepare(settings, fresh=fresh)
    server = _Server(build(settings, kept))
    greeting = asyncio.create_task(_greet(server, settings))
    await server.serve(sockets=[listener])
    greeting.cancel()


class _Server(uvicorn.Server):
    """Stops at once: the phones page holds a stream open that would otherwise be waited for."""

    def __init__(self, house: House) -> None:
        super().__init__(config(house.app, timeout_graceful_shutdown=DRAIN_SECONDS))
        self._feed = house.sandbox.feed
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._feed.close)
        super().handle_exit(sig, frame)


async def _greet(server: uvicorn.Server, settings: Settings) -> None:
    while not server.started:  # noqa: ASYNC110, uvicorn has no event for it
        await asyncio.sleep(0.02)
    say(welcome(settings))
    if sys.stdout.isatty() and (
        sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        await asyncio.to_thread(webbrowser.open, f"{settings.public_url}/sandbox/")


def _url(listener: socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def welcome(settings: Settings) -> str:
    """Where everything is, who may sign in, and what to try first."""
    port = settings.public_url.rpartition(":")[2]
    lines = [
        "",
        f"Acordo's demo runs on {settings.public_url}",
        f"  phones and mailboxes   {settings.public_url}/sandbox/",
        *(
            f"  {each.name:<22} http://{each.key}.localhost:{port}/   {each.key}@{DOMAIN}  ({each.role})"
            for each in STAFF
        ),
        f"Everybody's password is {PASSWORD}; on their own address a click is enough. Stop with Ctrl+C.",
        "The countries' rules are approved by the demo itself, for the demo only: no message leaves this machine.",
        f"Try first: open {settings.public_url}/sandbox/ and write as Maria, then answer as Ana.",
    ]
    return "\n".join(lines)


def say(text: str, to: TextIO | None = None) -> None:
    """One line for the person at the terminal."""
    out = to or sys.stdout
    out.write(f"{text}\n")
    out.flush()
