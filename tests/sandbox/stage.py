"""The sandbox and a stand-in for the product, both served over real HTTP and SMTP."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.app import create_app
from sandbox.config import Config, Pace, Person, SandboxInbox
from sandbox.world import Hooks, Sandbox

FIXTURES = Path(os.environ.get("ACORDO_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
MARIA = Person(id="maria", name="Maria Souza", phone="+5511988774321", email="maria@example.com", wa_id="551188774321")
JOAO = Person(id="joao", name="João Lima", phone="+5521977661010", user_id="BR.77", username="joao.lima", hidden=True)
PHONE_ID, WABA, TOKEN, APP_SECRET = "106540352242922", "419561257915477", "meta-token", "app-secret"
ACCOUNT, AUTH = "AC" + "1" * 32, "auth-token"
SOON = 5.0


@dataclass
class Hit:
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Product:
    """Receives webhooks and mails as the product would, and answers what the test says."""

    base: str = ""
    hits: list[Hit] = field(default_factory=list)
    mails: list[Envelope] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def hook(self, request: Request) -> Response:
        body = await request.body()
        self.hits.append(Hit(request.url.path, request.url.query, dict(request.headers), body))
        self.news.set()
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    async def media(self, request: Request) -> Response:
        content, kind = self.files[request.path_params["token"]]
        return Response(content, media_type=kind)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        self.mails.append(envelope)
        self.news.set()
        return "250 OK"

    async def until(self, met: Callable[[], bool]) -> None:
        """Waits until the product has heard enough."""
        async with asyncio.timeout(SOON):
            while not met():
                self.news.clear()
                await self.news.wait()

    async def heard(self, count: int, path: str = "") -> list[Hit]:
        await self.until(lambda: len(self.on(path)) >= count)
        return self.on(path)

    def on(self, path: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.path.startswith(path)]


@dataclass
class Stage:
    product: Product
    sandbox: Sandbox
    http: httpx2.AsyncClient
    base: str

    async def post(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        return await self.http.post(f"{self.base}/api{path}", json=body, **more)

    async def put(self, path: str, body: Any) -> httpx2.Response:
        return await self.http.put(f"{self.base}/api{path}", json=body)

    async def get(self, path: str) -> Any:
        answer = await self.http.get(f"{self.base}/api{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def behave(self, provider: str, **how: Any) -> None:
        answer = await self.put("/behaviour", {"provider": provider, **how})
        assert answer.status_code == 200, answer.text

    async def writes(self, inbox: str, sender: str = "maria", text: str = "oi", **more: Any) -> str:
        """A person writes; answers the message's provider id once the product has heard it."""
        before = len(self.product.hits) + len(self.product.mails)
        answer = await self.post("/inbound", {"inbox": inbox, "from": sender, "text": text, **more})
        assert answer.status_code == 201, answer.text
        await self.product.until(lambda: len(self.product.hits) + len(self.product.mails) > before)
        return str(answer.json()["id"])

    async def meta(self, body: dict[str, Any], token: str = TOKEN, version: str = "v23.0") -> httpx2.Response:
        url = f"{self.base}/graph/{version}/{PHONE_ID}/messages"
        return await self.http.post(url, json=body, headers={"authorization": f"Bearer {token}"})

    async def twilio(self, **form: Any) -> httpx2.Response:
        url = f"{self.base}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        return await self.http.post(url, data=form, auth=(ACCOUNT, AUTH))


def config(product: str, origin: str, listener: int, **more: Any) -> Config:
    hook = f"{product}/webhooks"
    return Config(
        inboxes=(
            SandboxInbox(
                id="wa",
                channel="whatsapp",
                provider="meta",
                address="+551140001000",
                name="Acordo · Loja Ipê",
                webhook_url=f"{hook}/meta/wa",
                secret=APP_SECRET,
                verify_token="verify",
                phone_number_id=PHONE_ID,
                waba_id=WABA,
                access_token=TOKEN,
            ),
            SandboxInbox(
                id="sms",
                channel="sms",
                provider="twilio",
                address="+15555550100",
                webhook_url=f"{hook}/twilio/sms",
                secret=AUTH,
                account_sid=ACCOUNT,
                messaging_service_sid="MG" + "a" * 32,
            ),
            SandboxInbox(
                id="twa",
                channel="whatsapp",
                provider="twilio",
                address="+14155550100",
                webhook_url=f"{hook}/twilio/twa",
                secret=AUTH,
                account_sid=ACCOUNT,
            ),
            SandboxInbox(
                id="mail",
                channel="email",
                provider="smtp",
                address="contato@acordo.example",
                name="Acordo",
                webhook_url=f"{hook}/email/mail",
                secret="mail-secret",
                listener_port=listener,
            ),
        ),
        product_url=product,
        origin=origin,
        people=(MARIA, JOAO),
        pace=Pace(sent_ms=0, delivered_ms=0, read_ms=0, retry_s=(0.01, 0.01, 0.01)),
        payments_url=f"{hook}/payments/pix",
        payments_secret="pix-secret",
        **more,
    )


class Serving(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, app: Any) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def served(*apps: tuple[Any, socket.socket]) -> AsyncIterator[None]:
    servers = [Serving(app) for app, _ in apps]
    tasks = [asyncio.create_task(s.serve(sockets=[sock])) for s, (_, sock) in zip(servers, apps, strict=True)]
    for server in servers:
        await server.ready.wait()
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)


def bound() -> tuple[socket.socket, int]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock, sock.getsockname()[1]


@asynccontextmanager
async def staged(hooks: Hooks | None = None, **more: Any) -> AsyncIterator[Stage]:
    """The sandbox mounted at /sandbox, as the demo has it, beside a product."""
    (ours, our_port), (theirs, their_port) = bound(), bound()
    product = Product(base=f"http://127.0.0.1:{their_port}")
    listener = await asyncio.get_running_loop().create_server(lambda: SMTP(product), "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{our_port}/sandbox"
    inner = create_app(config(product.base, origin, listener.sockets[0].getsockname()[1], **more), hooks)
    outer = Starlette(routes=[Mount("/sandbox", inner)], lifespan=lambda _: inner.state.sandbox.running())
    stand_in = Starlette(
        routes=[
            Route("/media/{token}", product.media),
            Route("/webhooks/{rest:path}", product.hook, methods=["GET", "POST"]),
        ]
    )
    async with served((stand_in, theirs), (outer, ours)), httpx2.AsyncClient(timeout=SOON) as http:
        yield Stage(product, inner.state.sandbox, http, origin)
    listener.close()
