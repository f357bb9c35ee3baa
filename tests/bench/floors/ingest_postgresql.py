"""The same floor on PostgreSQL: what waits goes as one statement, a function of the database for each message.

synchronous_commit stays on. Two connections take turns, so that one batch is gathered while the other is
being committed.
"""

from __future__ import annotations

import asyncio
import time

import psycopg

from tests.bench.floors.ingest_app import BATCH, Form, payload

SCHEMA = """
CREATE TABLE contact(id BIGSERIAL PRIMARY KEY, channel TEXT NOT NULL, address TEXT NOT NULL, name TEXT,
  created_at BIGINT NOT NULL, last_seen BIGINT NOT NULL, UNIQUE(channel,address));
CREATE TABLE conversation(id BIGSERIAL PRIMARY KEY, contact_id BIGINT NOT NULL REFERENCES contact(id),
  status TEXT NOT NULL, team_id BIGINT, assignee_id BIGINT, unread INTEGER NOT NULL DEFAULT 0,
  last_at BIGINT NOT NULL);
CREATE UNIQUE INDEX conv_open ON conversation(contact_id) WHERE status='open';
CREATE INDEX conv_inbox ON conversation(status,last_at,id);
CREATE TABLE message(id BIGSERIAL PRIMARY KEY, conversation_id BIGINT NOT NULL REFERENCES conversation(id),
  provider_id TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, body TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX message_conv ON message(conversation_id,id);
CREATE TABLE event(seq BIGSERIAL PRIMARY KEY, kind TEXT NOT NULL, conversation_id BIGINT NOT NULL,
  message_id BIGINT, payload TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE FUNCTION ingest(p_addr text, p_name text, p_sid text, p_body text, p_now bigint, p_payload text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE cid bigint; vid bigint; mid bigint; s bigint;
BEGIN
  INSERT INTO contact(channel,address,name,created_at,last_seen) VALUES('sms',p_addr,p_name,p_now,p_now)
    ON CONFLICT(channel,address) DO UPDATE SET last_seen=excluded.last_seen RETURNING id INTO cid;
  SELECT id INTO vid FROM conversation WHERE contact_id=cid AND status='open';
  IF vid IS NULL THEN
    INSERT INTO conversation(contact_id,status,last_at) VALUES(cid,'open',p_now) RETURNING id INTO vid;
  END IF;
  INSERT INTO message(conversation_id,provider_id,direction,body,created_at) VALUES(vid,p_sid,'in',p_body,p_now)
    ON CONFLICT(provider_id) DO NOTHING RETURNING id INTO mid;
  IF mid IS NULL THEN RETURN 0; END IF;
  UPDATE conversation SET last_at=p_now, unread=unread+1 WHERE id=vid;
  INSERT INTO event(kind,conversation_id,message_id,payload,created_at)
    VALUES('message.created',vid,mid,p_payload,p_now) RETURNING seq INTO s;
  RETURN s;
END $$;
"""
TAKE = "SELECT ingest(a,n,s,b,%s,p) FROM unnest(%s::text[],%s::text[],%s::text[],%s::text[],%s::text[]) AS u(a,n,s,b,p)"
CONNECTIONS = 2
Waiting = tuple[Form, asyncio.Future[bytes | None]]


class Grouped:
    """Whatever waits goes into one statement, by the senders in order: two batches never wait for each other's rows in
    a circle.
    """

    def __init__(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SCHEMA)
        self._url = url
        self._items: list[Waiting] = []
        self._came = asyncio.Event()
        self._tasks = [asyncio.ensure_future(self._run()) for _ in range(CONNECTIONS)]

    def submit(self, form: Form) -> asyncio.Future[bytes | None]:
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._items.append((form, future))
        self._came.set()
        return future

    async def _run(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            while True:
                await self._came.wait()
                batch, self._items = self._items[:BATCH], self._items[BATCH:]
                if not self._items:
                    self._came.clear()
                if batch:
                    await _store(connection, sorted(batch, key=lambda each: each[0]["From"]))


async def _store(connection: psycopg.AsyncConnection, batch: list[Waiting]) -> None:
    now = time.time_ns() // 1_000_000
    forms = [form for form, _ in batch]
    events = [payload(form, now, 0) for form in forms]
    columns = [[form.get(name, "") for form in forms] for name in ("From", "ProfileName", "MessageSid", "Body")]
    told = await connection.execute(TAKE, (now, *columns, [each.decode() for each in events]), prepare=True)
    for (_, future), (seq,), event in zip(batch, await told.fetchall(), events, strict=True):
        if not future.done():
            future.set_result(event if seq else None)
