"""Writing the log: the last act of every transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import bindparam, literal_column

from console.log.models import event
from console.store.statement import Statement, add_many
from console.store.transaction import Event, Fact, Overtaken, Tx
from console.wire.ids import new_id
from console.wire.moment import Ms

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
_Row = tuple[str, Ms, str, str | None, str, bytes]


def append(tx: Tx, facts: Sequence[Fact]) -> list[Event]:
    """Give each fact its place in the log. Their order is the order of telling. Raises Overtaken."""
    if tx.wrote_early:
        _must_be_newest(tx, sorted({fact.case for fact in facts if fact.case is not None}))
    rows = [
        (new_id(), tx.now, fact.name, fact.case, _encode(fact.topics).decode(), _encode(fact.data)) for fact in facts
    ]
    places = _one_by_one(tx, rows) if tx.alone else _together(tx, rows)
    return [
        Event(seq, row[0], tx.now, fact.name, fact.case, fact.topics, row[-1])
        for seq, fact, row in zip(places, facts, rows, strict=True)
    ]


def _must_be_newest(tx: Tx, cases: list[str]) -> None:
    """Nobody whose transaction id is higher has told of these cases. They are locked: nobody will before we commit."""
    if cases and tx.run(NEWER, {"cases": cases}).fetchone() is not None:
        raise Overtaken


def _one_by_one(tx: Tx, rows: Sequence[_Row]) -> Sequence[int]:
    """SQLite's single writer gives consecutive numbers, and names the last for nothing."""
    if not rows:
        return ()
    add_many(tx, event, [dict(zip(_COLUMNS, (*row[:-1], row[-1].decode()), strict=True)) for row in rows])
    last = tx.cursor.connection.last_insert_rowid()
    return range(last - len(rows) + 1, last + 1)


def _together(tx: Tx, rows: Sequence[_Row]) -> Sequence[int]:
    """PostgreSQL's answer to a statement is awaited: some rows share one."""
    places: list[int] = []
    for start in range(0, len(rows), _MOST):
        some = rows[start : start + _MOST]
        values: dict[str, Any] = {}
        for index, row in enumerate(some):
            values.update(zip(_names(index), (*row[:-1], row[-1].decode()), strict=True))
        places += sorted(seq for (seq,) in _statement(len(some)).execute(tx, values).fetchall())
    return places


@cache
def _names(index: int) -> tuple[str, ...]:
    """The parameters of one of a statement's rows."""
    return tuple(f"{column}_{index}" for column in _COLUMNS)


@cache
def _statement(count: int) -> Statement:
    """One statement for several rows: places are given in the order of the rows."""
    xid: Any = literal_column("pg_current_xact_id()::text::bigint")
    rows = [
        {**{column: bindparam(name) for column, name in zip(_COLUMNS, _names(index), strict=True)}, "xid": xid}
        for index in range(count)
    ]
    return Statement(event.insert().values(rows).returning(event.c.seq))
