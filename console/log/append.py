"""Writing the log: the last act of every transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import bindparam, literal_column

from console.log.models import event
from console.store.statement import Statement
from console.store.transaction import Event, Fact, Overtaken, Tx
from console.wire.ids import new_id

_COLUMNS = ("id", "at", "name", "case_id", "topics", "data")
_MOST = 8  # facts a statement; few verbs tell more
NEWER = (
    "SELECT 1 FROM (SELECT case_id FROM event WHERE xid > (SELECT pg_current_xact_id()::text::bigint)"
    " ORDER BY xid, seq OFFSET 0) newer WHERE case_id = ANY(%(cases)s) LIMIT 1"
)
"""From the log's newest end, where there are few: until PostgreSQL has looked the table over (a new installation, a
restored one) it takes every third event for a newer one, and without an order to keep reads the log for each message.
"""
_encode = msgspec.json.Encoder().encode


def append(tx: Tx, facts: Sequence[Fact]) -> list[Event]:
    """Give each fact its place in the log. Their order is the order of telling. Raises Overtaken."""
    if tx.wrote_early:
        _must_be_newest(tx, sorted({fact.case for fact in facts if fact.case is not None}))
    events: list[Event] = []
    for start in range(0, len(facts), _MOST):
        events += _insert(tx, facts[start : start + _MOST])
    return events


def _must_be_newest(tx: Tx, cases: list[str]) -> None:
    """Nobody whose transaction id is higher has told of these cases. They are locked: nobody will before we commit."""
    if cases and tx.run(NEWER, {"cases": cases}).fetchone() is not None:
        raise Overtaken


def _insert(tx: Tx, facts: Sequence[Fact]) -> list[Event]:
    values: dict[str, Any] = {}
    made = []
    for index, fact in enumerate(facts):
        event_id, data = new_id(), _encode(fact.data)
        row = (event_id, tx.now, fact.name, fact.case, _encode(fact.topics).decode(), data.decode())
        values.update(zip(_names(index), row, strict=True))
        made.append((event_id, data))
    places = _places(_statement(tx.dialect, len(facts)).execute(tx, values), tx.dialect, len(facts))
    return [
        Event(seq, event_id, tx.now, fact.name, fact.case, fact.topics, data)
        for seq, fact, (event_id, data) in zip(places, facts, made, strict=True)
    ]


def _places(cursor: Any, dialect: str, count: int) -> Sequence[int]:
    """What numbers were given. SQLite's single writer gives consecutive ones, and names the last for nothing."""
    if dialect == "sqlite":
        last = cursor.connection.last_insert_rowid()
        return range(last - count + 1, last + 1)
    return sorted(seq for (seq,) in cursor.fetchall())


@cache
def _names(index: int) -> tuple[str, ...]:
    """The parameters of one of a statement's rows."""
    return tuple(f"{column}_{index}" for column in _COLUMNS)


@cache
def _statement(dialect: str, count: int) -> Statement:
    """One statement for several rows: places are given in the order of the rows."""
    more: dict[str, Any] = {} if dialect == "sqlite" else {"xid": literal_column("pg_current_xact_id()::text::bigint")}
    rows = [
        {**{column: bindparam(name) for column, name in zip(_COLUMNS, _names(index), strict=True)}, **more}
        for index in range(count)
    ]
    clause = event.insert().values(rows)
    return Statement(clause if dialect == "sqlite" else clause.returning(event.c.seq))
