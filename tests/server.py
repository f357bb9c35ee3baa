"""The whole product on a free port, in a thread, on a database of its own: what flows are tested against.

    with running() as server:
        ana = server.sign_in("ana")
        ana.get("/api/v1/me")

Everything goes through real sockets. `server.write(verb, …)` and `server.read(query, …)` reach behind the scenes from
the test's own thread, through the very store the server uses, so that events are told.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx2
import uvicorn
from sqlalchemy import create_engine
from starlette.routing import BaseRoute

from console.app import Worker, create_app, make_services
from console.clock import Clock
from console.debtors import names
from console.outreach.models import triggers
from console.people import accounts, passwords, teams
from console.people.queries import team_named, user_by_email
from console.services import Services
from console.settings import Settings
from console.store.metadata import metadata
from console.store.transaction import Reader, Tx
from console.timeline.index import POSTGRESQL, SQLITE
from console.web import logs
from console.web.serving import config
from tests import databases

P = ParamSpec("P")
T = TypeVar("T")

PASSWORD = "acordo-demo"
CAST = {
    "ana": ("Ana Prado", "agent"),
    "bruno": ("Bruno Reis", "agent"),
    "clara": ("Clara Nunes", "agent"),
    "sofia": ("Sofia Lima", "supervisor"),
    "caio": ("Caio Melo", "compliance"),
    "admin": ("Admin", "admin"),
}
TEAM = "Cobrança"


@dataclass
class Server:
    """A running product. `ids`: the cast's user ids by first name; `team`: that of the agents and the supervisor."""

    services: Services
    url: str
    loop: asyncio.AbstractEventLoop
    ids: dict[str, str] = field(default_factory=dict)
    team: str = ""
    limited: bool = False
    _clients: list[httpx2.Client] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/ws"

    def write(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in the server's store, from the test's thread; its events have been told to the sockets."""

        async def work() -> T:
            result = await self.services.store.write(verb, *args, **kwargs)
            await self._told()
            return result

        result: T = self.call(work())
        return result

    async def _told(self) -> None:
        """On PostgreSQL a commit only rings: the log is told up to the horizon, a moment later."""
        store, hub = self.services.store, self.services.hub
        if store.dialect == "postgresql":
            newest = await store.read(_newest)
            while hub.mark[1:] < newest:
                await asyncio.sleep(0.002)

    def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        result: T = self.call(self.services.store.read(query, *args, **kwargs))
        return result

    def call(self, work: Any) -> Any:
        """Await something on the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def client(self, **more: Any) -> httpx2.Client:
        """A client that is nobody yet. A test asks faster than people do: its buckets are full, unless it is about them
        (`limited`).
        """
        hooks = {"request": [self._fill]}
        client = httpx2.Client(base_url=self.url, timeout=20, event_hooks=hooks, **more)
        self._clients.append(client)
        return client

    def _fill(self, _: httpx2.Request) -> None:
        buckets = self.services.limits._buckets
        for key in () if self.limited else list(buckets):
            if key[0] in ("user", "token"):
                buckets.pop(key, None)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx2.Client:
        """A client signed in as one of the cast, its CSRF token set."""
        client = self.client()
        answer = client.post("/api/v1/session", json={"email": email(name), "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    def cookie(self, client: httpx2.Client) -> str:
        """The Cookie header of a signed-in client, for its sockets."""
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    def socket_headers(self, client: httpx2.Client) -> dict[str, str]:
        """What a browser would send when it opens a socket: `websockets` takes them as additional_headers."""
        return {"Cookie": self.cookie(client), "Origin": self.url}


def _newest(reader: Reader) -> tuple[int, int]:
    """The last event's place: (transaction, sequence)."""
    found = reader.run("SELECT xid, seq FROM event ORDER BY xid DESC, seq DESC LIMIT 1", None).fetchone()
    return (found[0], found[1]) if found else (0, 0)


def email(name: str) -> str:
    return f"{name}@demo.acordo.example"


@contextmanager
def running(
    *,
    demo: bool = False,
    clock: Clock | None = None,
    workers: dict[str, Worker] | None = None,
    database_url: str = "",
    prepare: Sequence[Callable[[Tx], object]] = (),
    origins: frozenset[str] = frozenset(),
    mounts: Sequence[BaseRoute] = (),
    **settings: Any,
) -> Iterator[Server]:
    """Start the product with the fixed cast; `workers` None runs all loops, {} none but the relay.

    `database_url` empty: a new one of the run's kind. `prepare` are verbs to run before it listens. `origins`: what the
    connector may reach beyond the public internet.
    """
    with TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        own = "" if database_url else databases.new(Path(folder), create_tables)
        services = make_services(
            Settings(
                data_dir=Path(folder),
                database_url=database_url or own,
                secret_key="a key for tests",
                **{"public_url": url, **settings},
            ),
            clock,
            demo=demo,
            origins=origins,
        )
        logs.configure(services.settings)
        if database_url:
            create_tables(database_url)
        ids, team = services.store.write_now(cast)
        for verb in prepare:
            services.store.write_now(verb)
        with _serving(services, listener, workers, mounts) as loop:
            server = Server(services, url, loop, ids, team)
            yield server
            for client in server._clients:
                client.close()
        databases.drop(own)


def create_tables(database_url: str) -> None:
    """Every table, and the log's incarnation, in an empty database. A SQLite is a copy of one that was made once."""
    if database_url.startswith("sqlite:///"):
        Path(database_url.removeprefix("sqlite:///")).write_bytes(_made())
    else:
        _create(database_url)


@cache
def _made() -> bytes:
    with TemporaryDirectory() as folder:
        _create(f"sqlite:///{folder}/made.db")
        return Path(folder, "made.db").read_bytes()


def _create(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        metadata.create_all(connection)
        embedded = engine.dialect.name == "sqlite"
        for each in triggers(connection.dialect.name):  # a second server on PostgreSQL finds them there
            connection.exec_driver_sql(each if embedded else each.replace("CREATE", "CREATE OR REPLACE", 1))
        for statement in (*SQLITE, *names.SQLITE) if embedded else (*POSTGRESQL, *names.POSTGRESQL):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "INSERT INTO incarnation (id) SELECT '0123456789abcdef0123456789abcdef' "
            "WHERE NOT EXISTS (SELECT 1 FROM incarnation)"
        )
    engine.dispose()


def cast(tx: Tx) -> tuple[dict[str, str], str]:
    """The fixed cast in one team: (user ids by first name, the team's id). Made once a database."""
    if found := team_named(tx, TEAM):
        known = {name: user_by_email(tx, email(name)) for name in CAST}
        return {name: each.id for name, each in known.items() if each}, found.id
    team = teams.add_team(tx, TEAM)
    ids = {}
    for name, (full_name, role) in CAST.items():
        new = accounts.NewUser(email=email(name), name=full_name, role=role, password_hash=_hash())
        ids[name] = accounts.add_user(tx, new)
        if role in ("agent", "supervisor"):
            accounts.join_team(tx, ids[name], team)
    return ids, team


_hashes: list[str] = []


def _hash() -> str:
    if not _hashes:
        _hashes.append(passwords.hash_now(PASSWORD))
    return _hashes[0]


@contextmanager
def _serving(
    services: Services, listener: socket.socket, workers: dict[str, Worker] | None, mounts: Sequence[BaseRoute]
) -> Iterator[asyncio.AbstractEventLoop]:
    server = uvicorn.Server(config(create_app(services, workers=workers, mounts=mounts), log_config=None))
    loops: list[asyncio.AbstractEventLoop] = []
    started = threading.Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        task = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not (server.started or task.done()):
            await asyncio.sleep(0.01)
        started.set()
        await task

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="acordo", daemon=True)
    thread.start()
    started.wait(20)
    assert server.started, "the server did not start"
    try:
        yield loops[0]
    finally:
        server.should_exit = True
        thread.join(30)
