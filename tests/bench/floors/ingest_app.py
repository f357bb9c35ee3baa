"""The floor of a message in: signed form -> HMAC -> one transaction -> 200, and an event to every socket.

    DB=./x.db uvicorn tests.bench.floors.ingest_app:app          # or DB=postgresql://…: `ingest_postgresql`

Raw sqlite3, one writer thread, group commit, WAL, synchronous=FULL. The transaction:
upsert contact, find or insert the open conversation, insert message (unique provider id), bump the
conversation, append the event. No routing, no search index, no gate, no rights: what the product has to be held
against, not what it could be.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import queue
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.bench.forms import FLOOR_URL, TOKEN

BATCH = 256
OK = Response(b"", media_type="text/xml")
SCHEMA = """
CREATE TABLE contact(id INTEGER PRIMARY KEY, channel TEXT NOT NULL, address TEXT NOT NULL, name TEXT,
  created_at INTEGER NOT NULL, last_seen INTEGER NOT NULL, UNIQUE(channel,address));
CREATE TABLE conversation(id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL REFERENCES contact(id),
  status TEXT NOT NULL, team_id INTEGER, assignee_id INTEGER, unread INTEGER NOT NULL DEFAULT 0,
  last_at INTEGER NOT NULL);
CREATE UNIQUE INDEX conv_open ON conversation(contact_id) WHERE status='open';
CREATE INDEX conv_inbox ON conversation(status,last_at,id);
CREATE TABLE message(id INTEGER PRIMARY KEY, conversation_id INTEGER NOT NULL REFERENCES conversation(id),
  provider_id TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE INDEX message_conv ON message(conversation_id,id);
CREATE TABLE event(seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, conversation_id INTEGER NOT NULL,
  message_id INTEGER, payload TEXT NOT NULL, created_at INTEGER NOT NULL);
"""
CONTACT = (
    "INSERT INTO contact(channel,address,name,created_at,last_seen) VALUES(?,?,?,?,?)"
    " ON CONFLICT(channel,address) DO UPDATE SET last_seen=excluded.last_seen RETURNING id"
)
FIND = "SELECT id FROM conversation WHERE contact_id=? AND status='open'"
OPEN = "INSERT INTO conversation(contact_id,status,last_at) VALUES(?,'open',?) RETURNING id"
MESSAGE = (
    "INSERT INTO message(conversation_id,provider_id,direction,body,created_at) VALUES(?,?,'in',?,?)"
    " ON CONFLICT(provider_id) DO NOTHING RETURNING id"
)
BUMP = "UPDATE conversation SET last_at=?, unread=unread+1 WHERE id=?"
EVENT = (
    "INSERT INTO event(kind,conversation_id,message_id,payload,created_at)"
    " VALUES('message.created',?,?,?,?) RETURNING seq"
)
Form = dict[str, str]
_encode = msgspec.json.Encoder().encode


def verify(raw: bytes, signature: str) -> Form | None:
    form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    base = FLOOR_URL + "".join(key + form[key] for key in sorted(form))
    wanted = base64.b64encode(hmac.new(TOKEN.encode(), base.encode(), hashlib.sha1).digest()).decode()
    return form if hmac.compare_digest(wanted, signature) else None


def payload(form: Form, now: int, conversation: int) -> bytes:
    return _encode({"type": "event", "name": "message.created", "case": str(conversation), "from": form["From"],
                    "sid": form["MessageSid"], "data": {"text": form["Body"]}, "at": now})  # fmt: skip


class Writer:
    """One thread; whatever waits goes into one transaction."""

    def __init__(self, path: str) -> None:
        self._queue: queue.SimpleQueue[tuple[Form, asyncio.Future[bytes | None]]] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)
        threading.Thread(target=self._run, daemon=True).start()

    def submit(self, form: Form) -> asyncio.Future[bytes | None]:
        future: asyncio.Future[bytes | None] = self._loop.create_future()
        self._queue.put((form, future))
        return future

    def _run(self) -> None:
        execute = self._connection.execute
        while True:
            items = [self._queue.get()]
            while len(items) < BATCH and not self._queue.empty():
                items.append(self._queue.get_nowait())
            now = time.time_ns() // 1_000_000
            execute("BEGIN IMMEDIATE")
            done = [(future, self._one(form, now)) for form, future in items]
            execute("COMMIT")
            self._loop.call_soon_threadsafe(self._tell, done)

    def _one(self, form: Form, now: int) -> bytes | None:
        execute = self._connection.execute
        name = form.get("ProfileName", "")
        (contact,) = execute(CONTACT, ("sms", form["From"], name, now, now)).fetchone()
        found = execute(FIND, (contact,)).fetchone() or execute(OPEN, (contact, now)).fetchone()
        made = execute(MESSAGE, (found[0], form["MessageSid"], form["Body"], now)).fetchone()
        if made is None:
            return None
        execute(BUMP, (now, found[0]))
        event = payload(form, now, found[0])
        execute(EVENT, (found[0], made[0], event.decode(), now)).fetchone()
        return event

    @staticmethod
    def _tell(done: list[tuple[asyncio.Future[bytes | None], bytes | None]]) -> None:
        for future, event in done:
            if not future.done():
                future.set_result(event)


async def hook(request: Request) -> Response:
    form = verify(await request.body(), request.headers.get("x-twilio-signature", ""))
    if form is None:
        return Response(status_code=403)
    event = await request.app.state.writer.submit(form)
    if event is not None and request.app.state.sockets:
        message = {"type": "websocket.send", "text": event.decode()}
        for each in request.app.state.sockets.values():
            each.put_nowait(message)
    return OK


async def socket(client: WebSocket) -> None:
    await client.accept()
    waiting: asyncio.Queue[Any] = asyncio.Queue(4_096)
    client.app.state.sockets[client] = waiting

    async def pump() -> None:
        while True:
            await client.send(await waiting.get())

    task = asyncio.ensure_future(pump())
    try:
        while True:
            await client.receive_text()
    except (WebSocketDisconnect, RuntimeError):
        del client.app.state.sockets[client]
    finally:
        task.cancel()


def _writer(database: str) -> Any:
    """The one of that database."""
    if not database.startswith("postgresql"):
        return Writer(database)
    from tests.bench.floors.ingest_postgresql import Grouped

    return Grouped(database)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.sockets = {}
    app.state.writer = _writer(os.environ["DB"])
    yield


app = Starlette(
    routes=[
        Route("/hooks/twilio", hook, methods=["POST"]),
        Route("/up", lambda request: PlainTextResponse("up")),
        WebSocketRoute("/ws", socket),
    ],
    lifespan=lifespan,
)
