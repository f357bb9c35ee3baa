"""Writing the log: the last act of every transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, literal_column

from console.log.models import event
from console.store.statement import Statement
from console.store.transaction import Event, Fact, Tx
from console.wire.ids import new_id

_COLUMNS: dict[str, Any] = {name: bindparam(name) for name in ("id", "at", "name", "case_id", "topics", "data")}
_SQLITE = Statement(event.insert().values(_COLUMNS).returning(event.c.seq))
_POSTGRES = Statement(
    event.insert()
    .values({**_COLUMNS, "xid": literal_column("pg_current_xact_id()::text::bigint")})
    .returning(event.c.seq)
)
_encode = msgspec.json.Encoder().encode


def append(tx: Tx, facts: Sequence[Fact]) -> list[Event]:
    """Give each fact its place in the log. Their order is the order of telling."""
    statement = _SQLITE if tx.dialect == "sqlite" else _POSTGRES
    events = []
    for fact in facts:
        event_id, data = new_id(), _encode(fact.data)
        values = {
            "id": event_id,
            "at": tx.now,
            "name": fact.name,
            "case_id": fact.case,
            "topics": _encode(fact.topics).decode(),
            "data": data.decode(),
        }
        (seq,) = statement.execute(tx, values).fetchone()
        events.append(Event(seq, event_id, tx.now, fact.name, fact.case, fact.topics, data))
    return events
