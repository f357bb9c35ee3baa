"""Files that were brought in, and what was wrong in them."""

from sqlalchemy import Column, Index, Integer, Table, Text

from console.store.base import ident, json, metadata, moment, number, text

import_run = Table(
    "import_run",
    metadata,
    ident(),
    text("portfolio_id"),
    text("kind"),  # debts, payments, recalls, contacts
    number("dry_run", default=0),
    text("name"),  # of the file, as it was sent
    text("state"),  # waiting, running, done, failed
    text("why", default=""),  # what is wrong with the whole file
    json("unused", default="[]"),  # headers that mean nothing here
    number("rows", default=0),
    number("done", default=0),  # rows that are settled one way or another
    json("outcomes"),  # how many rows by what became of them: created, updated, suspended, known; and warned
    number("rejected", default=0),
    number("kept", default=1),  # whether the file itself still lies here, for the report of its wrong rows
    text("by_id", null=True),
    moment("created_at", null=False),
    moment("ended_at"),
    text("why_code", default=""),
    json("why_args"),
    Index("ix_import_run_at", "created_at", "id"),
    Index("ix_import_run_kept", "kept", "ended_at"),
)

import_fault = Table(
    "import_fault",
    metadata,
    Column("import_id", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    number("line"),
    text("column", default=""),
    text("says"),
    text("code", default="refused"),
    json("args"),
)
