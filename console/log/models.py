"""The event log. It is pruned after a week; timeline and audit are tables of their own."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table
from sqlalchemy import text as sql

from console.store.base import json, metadata, moment, text

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    # On PostgreSQL sequence order is not commit order: the writing transaction's id orders the log (0 on SQLite).
    Column("xid", BigInteger, nullable=False, server_default=sql("0")),
    text("id"),
    moment("at", null=False),
    text("name"),
    text("case_id", null=True),
    json("topics", default="[]"),
    json("data"),
    Index("ix_event_xid_seq", "xid", "seq").ddl_if(dialect="postgresql"),
    sqlite_autoincrement=True,
)

incarnation = Table(
    "incarnation",
    metadata,
    text("id"),
    # The last place that was pruned: a cursor before it resets.
    Column("pruned_xid", BigInteger, nullable=False, server_default="0"),
    Column("pruned_seq", BigInteger, nullable=False, server_default="0"),
    text("line", default=""),  # the server's history (`Reader.server_line`) that this incarnation belongs to
    text("previous", default=""),  # the incarnation before it, when the server went over to another history
)
"""One row: the log's incarnation. A restored database gets a new one, so that old cursors reset."""
