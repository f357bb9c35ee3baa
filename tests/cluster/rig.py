"""Servers, workers, a proxy, a database, Redis and the sandbox, each a process of its own and all of them ours.

    with started(servers=3, workers=1) as cluster:
        with cluster.desk("ana", server=0) as ana, cluster.desk("sofia", server=1) as sofia:
            cluster.writes("whatsapp", "maria", "oi")
            ana.assigned("oi")
        cluster.workers[0].kill()

`embedded=True` is one `acordo serve` on SQLite. Members are stopped, killed, frozen and started one by one, database
(`cluster.postgres`) and Redis (`cluster.redis`) too. `cluster.read` and `cluster.write` reach the database.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx2
import msgspec
from sqlalchemy import bindparam, select
from websockets.sync.client import connect

from console.commands.installation import services_of, upgrade
from console.jobs.models import duty
from console.settings import Settings
from console.store.statement import Query, row
from console.store.transaction import Reader, Tx
from sandbox.config import Config
from tests.cluster.house import House, furnish, sandbox_config
from tests.cluster.member import Member
from tests.demo_server import PASSWORD, SOON, Desk
from tests.services import Postgres, Redis, create_database
from tests.services.needs import free_port, listens, run_folder, wait_until

HOLDERS = Query(select(duty.c.name, duty.c.holder).where(duty.c.until > bindparam("now")), row)
P = ParamSpec("P")
T = TypeVar("T")

SECRET = "a key for tests"
METRICS_TOKEN = "token-of-the-watchers"


class Cluster:
    """`url` is the proxy's, and the public URL. Nothing runs before `start`."""

    def __init__(self, servers: int, workers: int, *, embedded: bool, env: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-", dir=run_folder()))
        self.ports = [free_port() for _ in range(1 if embedded else servers)]
        self.port, self.sandbox_port, self.mail_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.origin = f"http://127.0.0.1:{self.sandbox_port}/sandbox"
        self.postgres = None if embedded else Postgres()
        self.redis = None if embedded else Redis()
        self.database_url = (
            create_database(self.postgres.url) if self.postgres else f"sqlite:///{self.folder}/acordo.db"
        )
        self._env = self._environment() | {**env}
        self.servers = [self._server(index) for index in range(len(self.ports))]
        self.worker_ports = [free_port() for _ in range(workers)]
        self.workers = [self._worker(index) for index in range(0 if embedded else workers)]
        self.sandbox = self._sandbox()
        self.proxy = self._proxy()
        self.services = services_of(self.settings)
        self.house: House

    @property
    def settings(self) -> Settings:
        return Settings(
            data_dir=self.folder, database_url=self.database_url, secret_key=SECRET, public_url=self.url,
            redis_url=self.redis.url if self.redis else "",
        )  # fmt: skip

    @property
    def members(self) -> list[Member]:
        """All processes but the database and Redis."""
        return [*self.servers, *self.workers, self.sandbox, self.proxy]

    def start(self) -> None:
        upgrade(self.settings)
        (self.folder / "sandbox.json").write_bytes(msgspec.json.encode(self.fill()))
        for each in self.members:
            each.launch()
        for each in self.members:
            each.await_ready()

    def fill(self) -> Config:
        """Put people and inboxes into the empty database; what the sandbox is to play."""
        self.house = self.write(furnish, self.services.vault, self.origin, self.mail_port)
        return sandbox_config(
            self.house, url=self.url, origin=self.origin, database=str(self.folder / "sandbox.db"),
            mail_port=self.mail_port,
        )  # fmt: skip

    def end(self) -> None:
        for each in self.members:
            each.kill()
        asyncio.run(self.services.store.close())
        if self.postgres:
            self.postgres.remove()
        if self.redis:
            self.redis.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self) -> None:
        """Wait until every server is ready and lacks nothing."""
        assert wait_until(lambda: all(self.ready(each) == {"status": "ready"} for each in range(len(self.ports))))

    # ── behind the scenes ──

    def ready(self, server: int) -> dict[str, Any]:
        """What a server says of itself; empty when it does not answer."""
        try:
            found: dict[str, Any] = httpx2.get(f"{self._base(server)}/readyz", timeout=5).json()
        except httpx2.HTTPError:
            return {}
        return found

    def duties(self) -> dict[str, str]:
        """Who holds what, as the database has it."""
        return dict(self.read(lambda reader: HOLDERS.all(reader, now=reader.server_time())))

    def worker_of(self, duty: str) -> Member:
        """The worker that holds a duty, once one does."""
        pids = {str(each.pid): each for each in self.workers if each.runs}
        assert wait_until(lambda: self.duties().get(duty, "").split("-")[0] in pids), self.duties()
        return pids[self.duties()[duty].split("-")[0]]

    def write(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb from the test, as a command does."""
        return self.services.store.write_now(verb, *args, **kwargs)

    def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.services.store.read_now(query, *args, **kwargs)

    def metric(self, server: int, name: str) -> float:
        """A number of one server's page; 0 when it is not there yet."""
        return self._metric(self.ports[server], name)

    def metric_of(self, worker: Member, name: str) -> float:
        """The same of a worker's."""
        return self._metric(self.worker_ports[self.workers.index(worker)], name)

    def _metric(self, port: int, name: str) -> float:
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}", **self._host(0)}
        answer = httpx2.get(f"http://127.0.0.1:{port}/metrics", headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        page = answer.text
        found = (line.rsplit(" ", 1) for line in page.splitlines() if line.startswith((f"{name} ", f"{name}{{")))
        return sum(float(value) for _, value in found)

    # ── people and carriers ──

    def client(self, server: int | None = None) -> httpx2.Client:
        """Nobody yet, at one server, or (None) through the proxy."""
        return httpx2.Client(base_url=self._base(server), headers=self._host(server), timeout=20)

    def sign_in(self, name: str, server: int | None = None) -> httpx2.Client:
        client = self.client(server)
        body = {"email": f"{name}@demo.acordo.example", "password": PASSWORD}
        answer = client.post("/api/v1/session", json=body)
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    @contextmanager
    def desk(self, name: str, server: int | None = None, *, online: bool = True, **hello: Any) -> Iterator[Desk]:
        """Signed in with a socket that has said hello, at one server or (None) through the proxy."""
        with closing(self.sign_in(name, server)) as http, self.socket(http, server) as line:
            line.send(json.dumps({"type": "hello", "cursor": None, **hello}))
            missed = []  # what a cursor's replay brings comes before
            while (frame := json.loads(line.recv(SOON)))["type"] == "event":
                missed.append(frame)
            assert frame["type"] == "ready", frame
            if online:
                assert http.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
            yield Desk(http, line, frame["user"], missed)
        if online:
            self.leave(name)

    def leave(self, name: str) -> None:
        """Somebody's working day ends: what others do next does not come to them."""
        with closing(self.sign_in(name)) as http:
            assert http.put("/api/v1/me/presence", json={"status": "offline"}).status_code == 200

    def socket(self, http: httpx2.Client, server: int | None = None, *, port: int = 0) -> Any:
        """A socket of somebody signed in, as `websockets` gives it; it has said nothing yet."""
        cookie = "; ".join(f"{key}={value}" for key, value in http.cookies.items())
        port = port or (self.port if server is None else self.ports[server])
        return connect(
            f"{self.url.replace('http', 'ws', 1)}/ws", sock=socket.create_connection(("127.0.0.1", port), 20),
            additional_headers={"Cookie": cookie, "Origin": self.url},
        )  # fmt: skip

    def writes(self, channel: str, sender: str, text: str, **more: Any) -> str:
        """A person writes; the id of the message at its provider, who brings it to the proxy."""
        body = {"inbox": self.house.inboxes[channel], "from": sender, "text": text, **more}
        return str(self.carriers("POST", "/inbound", body)["id"])

    def carriers(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The sandbox's own API (sandbox/README.md)."""
        answer = httpx2.request(method, f"{self.origin}/api{path}", json=body, params=query, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def outbox(self, **query: Any) -> list[dict[str, Any]]:
        """What the providers received."""
        found: list[dict[str, Any]] = self.carriers("GET", "/outbox", refused=0, **query)
        return found

    # ── the members ──

    def _base(self, server: int | None) -> str:
        return self.url if server is None else f"http://127.0.0.1:{self.ports[server]}"

    def _host(self, server: int | None) -> dict[str, str]:
        return {} if server is None else {"Host": self.url.removeprefix("http://")}

    def _environment(self) -> dict[str, str]:
        return {
            "ACORDO_DATABASE_URL": self.database_url,
            "ACORDO_REDIS_URL": self.redis.url if self.redis else "",
            "ACORDO_SECRET_KEY": SECRET,
            "ACORDO_PUBLIC_URL": self.url,
            "ACORDO_DATA_DIR": str(self.folder),
            "ACORDO_METRICS_TOKEN": METRICS_TOKEN,
            "ACORDO_TRUSTED_ORIGINS": f"http://127.0.0.1:{self.sandbox_port},smtp://127.0.0.1:{self.mail_port}",
        }

    def _server(self, index: int) -> Member:
        command = ["console.cli", "serve", "--port", str(self.ports[index])]
        return Member(f"server-{index}", command, self._env, self.folder, partial(_is_ready, self.ports[index]))

    def several(self, count: int) -> tuple[Member, int]:
        """One more `serve` of so many web processes, not started; its port."""
        command = ["console.cli", "serve", "--port", str(port := free_port()), "--workers", str(count)]
        return Member("several", command, self._env, self.folder, partial(_is_ready, port)), port

    def _worker(self, index: int) -> Member:
        command = ["console.cli", "worker", "--port", str(self.worker_ports[index])]
        member = Member(f"worker-{index}", command, self._env, self.folder, lambda: True)
        member._ready = lambda: "works in the background" in member.said()
        return member

    def _sandbox(self) -> Member:
        command = ["sandbox", "--config", str(self.folder / "sandbox.json"), "--port", str(self.sandbox_port)]
        return Member("sandbox", command, {}, self.folder, partial(listens, self.sandbox_port))

    def _proxy(self) -> Member:
        command = ["tests.cluster.proxy", str(self.port), *map(str, self.ports)]
        return Member("proxy", command, {}, self.folder, partial(listens, self.port))


@contextmanager
def started(
    servers: int = 2,
    workers: int = 1,
    *,
    embedded: bool = False,
    env: Mapping[str, str] | None = None,
    kind: type[Cluster] = Cluster,
) -> Iterator[Cluster]:
    """A running cluster, ended with everything it held."""
    with ExitStack() as stack:
        cluster = kind(servers, workers, embedded=embedded, env=env or {})
        stack.callback(cluster.end)
        cluster.start()
        yield cluster


def _is_ready(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False
