"""The emulated carriers beside a running product: their files, their receipts, their faults."""

from __future__ import annotations

import asyncio
import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from sandbox.app import create_app
from sandbox.config import Config, Pace, Person, SandboxInbox
from tests.flows.book import NUMBER, PHONE_ID, SECRET, VERIFY, Book, open_book
from tests.server import Server, running

PEOPLE = (
    Person(id="maria", name="Maria Souza", phone="+5511987654321", email="maria@example.com", wa_id="5511987654321"),
    Person(id="joao", name="João Antunes", phone="+5511912345678", email="joao@example.com", wa_id="5511912345678"),
)


@dataclass
class Carriers:
    """`writes` lets a person write through the carrier, files and all; `book.server` is the product."""

    book: Book
    origin: str
    http: httpx2.Client

    def writes(self, text: str = "", sender: str = "maria", files: dict[str, tuple[str, bytes]] | None = None) -> str:
        """`files`: name -> (declared type, bytes). The message's provider id."""
        attachments = [
            {"name": name, "type": kind, "base64": base64.b64encode(content).decode()}
            for name, (kind, content) in (files or {}).items()
        ]
        body = {"inbox": self.book.whatsapp, "from": sender, "text": text, "attachments": attachments}
        return str(self.post("/inbound", body)["id"])

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.http.post(f"{self.origin}/api{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def behave(self, **how: Any) -> None:
        answer = self.http.put(f"{self.origin}/api/behaviour", json=how)
        assert answer.status_code == 200, answer.text

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"{self.origin}/api/outbox?refused=0").json()
        return found


@contextmanager
def carried(**more: Any) -> Iterator[Carriers]:
    """A product with a portfolio, and carriers it reaches and is reached by."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with running(origins=frozenset({origin}), **more) as server:
            book = open_book(server, origin=f"{origin}/graph")
            with _serving(_config(server, book, origin), listener), httpx2.Client(timeout=20) as http:
                yield Carriers(book, origin, http)


def _config(server: Server, book: Book, origin: str) -> Config:
    inbox = SandboxInbox(
        id=book.whatsapp, channel="whatsapp", provider="meta", address=NUMBER, secret=SECRET, verify_token=VERIFY,
        webhook_url=f"{server.url}/webhooks/meta/{book.whatsapp}", phone_number_id=PHONE_ID, waba_id="4195",
        access_token="meta-token",
    )  # fmt: skip
    pace = Pace(sent_ms=0, delivered_ms=0, read_ms=0, retry_s=(0.01, 0.01))
    return Config(inboxes=(inbox,), product_url=server.url, origin=origin, people=PEOPLE, pace=pace)


@contextmanager
def _serving(config: Config, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(create_app(config), log_config=None, timeout_graceful_shutdown=1))
    started = threading.Event()

    async def serve() -> None:
        task = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not (server.started or task.done()):
            await asyncio.sleep(0.01)
        started.set()
        await task

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="carriers", daemon=True)
    thread.start()
    assert started.wait(20) and server.started, "the carriers did not start"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)
