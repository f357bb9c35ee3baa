"""The product and the emulated carriers as processes of their own, on a folder of their own, to be killed at will.

    with rig(nursery, folder) as here:
        here.product.kill()
        here.product.start(fault="store.before_commit")

What a process says lies beside it in `NAME.log`. Nothing here is replaced: `acordo serve`, a database on disk, sockets.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from console.commands.installation import services_of, upgrade
from console.gate.approve import approve
from console.people import sessions
from console.portfolios.set_up import NewInbox, NewPortfolio, add_inbox, add_portfolio, serve_portfolio
from console.services import Services
from console.settings import Settings
from console.store.transaction import Tx
from sandbox.config import Config, Pace, SandboxInbox
from tests.faults.nursery import Child, Nursery
from tests.server import CAST, cast
from tests.services.needs import free_port

START_SECONDS = 60.0
ACCOUNT, TOKEN, NUMBER = "AC" + "2" * 32, "twilio-token", "+15555550100"
PHONE_ID, APP_SECRET, WHATSAPP = "106540352242922", "app-secret", "+551140000000"
MAIL = "contato@example.com"
RETRIES = (0.2, 0.4, 0.7) + (1.0,) * 60
"""How often the carriers deliver again what was not answered 2xx, in seconds: longer than any restart takes."""


@dataclass
class Process:
    """One command that is started, killed and started again. It is up once it says a line that holds `ready`."""

    nursery: Nursery
    name: str
    module: str
    words: list[str]
    environment: dict[str, str]
    folder: Path
    ready: str = ""
    port: int = 0
    process: Child | None = None
    kills: int = 0

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self, *, fault: str = "", within: float = START_SECONDS, **environment: str) -> None:
        """Start, and wait until it is ready. `fault`: the point at which it dies."""
        begun = self.log.stat().st_size if self.log.exists() else 0
        armed = {"ACORDO_FAULT": fault} if fault else {}
        self.process = self.nursery.start(
            self.module, self.words, folder=self.folder, log=self.log,
            environment={**self.environment, **armed, **environment},
        )  # fmt: skip
        until(lambda: self._is_up(begun), within, lambda: f"{self.name} did not start:\n{self.said(begun)}")

    def _is_up(self, begun: int) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"{self.name} ended as it started:\n{self.said(begun)}"
        return self.ready in self.said(begun) if self.ready else answers(self.port)

    def said(self, since: int = 0) -> str:
        return self.log.read_bytes()[since:].decode("utf-8", "replace") if self.log.exists() else ""

    def kill(self) -> None:
        """kill -9, as when it crashes."""
        self._end(signal.SIGKILL)
        self.kills += 1

    def stop(self, within: float = 30.0) -> None:
        """SIGTERM, and its end."""
        self._end(signal.SIGTERM, within)

    def dies(self, within: float = 30.0) -> None:
        """Wait until it was killed by its own armed point; fails when it lives on or ends by itself."""
        assert self.process is not None
        assert self.process.wait(within) == -signal.SIGKILL, f"{self.name} did not die: {self.said()[-2000:]}"
        self.process = None
        self.kills += 1

    def _end(self, how: signal.Signals, within: float = 30.0) -> None:
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise


@dataclass
class Person:
    """Somebody of the cast with a session that outlives every restart."""

    name: str
    id: str
    role: str
    cookie: str
    csrf: str


@dataclass
class Rig:
    """`products` serve, `workers` work in the background (embedded: none); `carriers` is the sandbox."""

    folder: Path
    settings: Settings
    services: Services
    products: list[Process]
    workers: list[Process]
    carriers: Process
    team: str = ""
    inboxes: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    smtp_port: int = 0

    @property
    def product(self) -> Process:
        return self.products[0]

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.carriers.port}/sandbox"

    @property
    def sandbox_database(self) -> Path:
        return self.folder / "carriers.db"

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """A call of the sandbox's own API."""
        answer = httpx2.request(method, f"{self.sandbox}/api{path}", json=body, params=query, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def behave(self, provider: str, **how: Any) -> None:
        """Make a provider behave like this from now on; nothing named: well."""
        self.ask("PUT", "/behaviour", {"provider": provider, **how})

    def client(self, name: str, port: int = 0) -> httpx2.Client:
        """Somebody's HTTP client."""
        return httpx2.Client(base_url=f"http://127.0.0.1:{port or self.product.port}", headers=self.headers(name),
                             timeout=20)  # fmt: skip

    def headers(self, name: str) -> dict[str, str]:
        person = self.people[name]
        return {"Host": self.url.removeprefix("http://"), "Origin": self.url, "Cookie": f"acordo={person.cookie}",
                "X-CSRF-Token": person.csrf}  # fmt: skip


@contextmanager
def rig(
    nursery: Nursery,
    folder: Path,
    *,
    serve: int = 1,
    work: int = 0,
    database: str = "",
    redis: str = "",
    origin_port: int = 0,
    start: bool = True,
    pace: Pace | None = None,
    **environment: str,
) -> Iterator[Rig]:
    """Set an installation up and start it. `origin_port`: where the product finds the carriers, when something stands
    between them; `start` False leaves the products down.
    """  # fmt: skip
    made = _made(nursery, folder, serve, work, database, redis, origin_port, environment)
    try:
        _set_up(made, origin_port)
        folder.joinpath("carriers.json").write_bytes(msgspec.json.encode(_config(made, pace)))
        made.carriers.start()
        for process in (*made.products, *made.workers) if start else ():
            process.start()
        yield made
    finally:
        for process in (*made.products, *made.workers, made.carriers):
            process._end(signal.SIGKILL)
        asyncio.run(made.services.store.close())


def until(met: Callable[[], Any], seconds: float = 60.0, otherwise: Callable[[], str] = lambda: "") -> Any:
    """What a condition gives once it gives something. Fails with `otherwise`."""
    ends = time.monotonic() + seconds
    while not (found := met()):
        assert time.monotonic() < ends, otherwise() or "it did not happen"
        time.sleep(0.03)
    return found


def answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/sandbox/api/inboxes", timeout=2).status_code == 200
    except httpx2.TransportError:
        return False


def _made(
    nursery: Nursery, folder: Path, serve: int, work: int, database: str, redis: str, origin_port: int,
    more: dict[str, str],
) -> Rig:  # fmt: skip
    ports = [free_port() for _ in range(serve)]
    carrier, smtp = free_port(), free_port()
    url = f"http://127.0.0.1:{ports[0]}"
    settings = Settings(
        data_dir=folder / "data", database_url=database or f"sqlite:///{folder}/data/acordo.db", redis_url=redis,
        public_url=url, secret_key="a key for tests under faults",
    )  # fmt: skip
    environment = {
        "ACORDO_DATA_DIR": str(settings.data_dir), "ACORDO_DATABASE_URL": settings.database_url,
        "ACORDO_REDIS_URL": redis, "ACORDO_PUBLIC_URL": url, "ACORDO_SECRET_KEY": settings.secret_key,
        "ACORDO_TRUSTED_ORIGINS": ",".join(
            [f"http://127.0.0.1:{carrier}", f"http://127.0.0.1:{origin_port or carrier}", f"smtp://127.0.0.1:{smtp}"]
        ),
        "ACORDO_LOG": "json", **more,
    }  # fmt: skip
    upgrade(settings)
    return Rig(
        folder, settings, services_of(settings),
        [Process(nursery, f"serve{index}", "console.cli", ["serve", "--port", str(port)], environment, folder,
                 "Acordo listens on", port) for index, port in enumerate(ports)],
        [Process(nursery, f"worker{index}", "console.cli", ["worker"], environment, folder, "Acordo works")
         for index in range(work)],
        Process(nursery, "carriers", "sandbox", ["--config", "carriers.json", "--port", str(carrier)], {}, folder,
                port=carrier),
        smtp_port=smtp,
    )  # fmt: skip


def _set_up(made: Rig, origin_port: int) -> None:
    origin = f"http://127.0.0.1:{origin_port or made.carriers.port}/sandbox"

    def verb(tx: Tx) -> None:
        ids, made.team = cast(tx)
        book = add_portfolio(
            tx,
            NewPortfolio(name="Loja Ipê", jurisdiction="BR-SP", timezone="America/Sao_Paulo", language="pt-BR",
                         currency="BRL", creditor={"tax_id": "11.222.333/0001-81", "help": "0800 000 0000"}),
        )  # fmt: skip
        serve_portfolio(tx, book, made.team)
        approve(tx, book, "BR-SP", "Counsel", "Opinion 1")
        for new in _inboxes(book, origin, made.smtp_port):
            made.inboxes[new.channel] = add_inbox(tx, made.services.vault, new)
        for name, (_, role) in CAST.items():
            session = sessions.start(tx, ids[name])
            made.people[name] = Person(name, ids[name], role, session.cookie, session.csrf)

    made.services.store.write_now(verb)


def _inboxes(book: str, origin: str, smtp: int) -> list[NewInbox]:
    return [
        NewInbox(portfolio=book, channel="whatsapp", provider="meta", address=WHATSAPP,
                 config={"phone_number_id": PHONE_ID, "waba_id": "4195", "origin": f"{origin}/graph"},
                 secrets={"app_secret": APP_SECRET, "verify_token": "verify", "access_token": "meta-token"}),
        NewInbox(portfolio=book, channel="sms", provider="twilio", address=NUMBER,
                 config={"account_sid": ACCOUNT, "origin": f"{origin}/twilio"}, secrets={"auth_token": TOKEN}),
        NewInbox(portfolio=book, channel="email", provider="smtp", address=MAIL,
                 config={"smtp_host": "127.0.0.1", "smtp_port": str(smtp), "smtp_security": "none"},
                 secrets={"smtp_password": "", "webhook_secret": "mail-secret"}),
    ]  # fmt: skip


def _config(made: Rig, pace: Pace | None) -> Config:
    url, inboxes = made.url, made.inboxes
    return Config(
        inboxes=(
            SandboxInbox(id=inboxes["whatsapp"], channel="whatsapp", provider="meta", address=WHATSAPP,
                         secret=APP_SECRET, verify_token="verify", phone_number_id=PHONE_ID, waba_id="4195",
                         access_token="meta-token", webhook_url=f"{url}/webhooks/meta/{inboxes['whatsapp']}"),
            SandboxInbox(id=inboxes["sms"], channel="sms", provider="twilio", address=NUMBER, secret=TOKEN,
                         account_sid=ACCOUNT, webhook_url=f"{url}/webhooks/twilio/{inboxes['sms']}"),
            SandboxInbox(id=inboxes["email"], channel="email", provider="smtp", address=MAIL, secret="mail-secret",
                         webhook_url=f"{url}/webhooks/email/{inboxes['email']}"),
        ),
        product_url=url, origin=made.sandbox, database=str(made.sandbox_database), smtp_port=made.smtp_port,
        pace=pace or Pace(sent_ms=20, delivered_ms=60, read_ms=120, retry_s=RETRIES), answer_ticks=False,
    )  # fmt: skip
