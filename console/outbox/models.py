"""What must leave: one row a message, from planned to settled. Everything planned on any channel stands here."""

from sqlalchemy import Column, Index, Table, Text

from console.store.base import ident, json, metadata, moment, number, text

outbox = Table(
    "outbox",
    metadata,
    Column("item_id", Text, primary_key=True),
    text("case_id"),
    text("debtor_id"),
    text("inbox_id"),
    text("contact_point_id"),
    text("channel"),
    text("sort", default="reply"),  # reply, scheduled, greeting, away, acknowledgement, optout_confirmation
    number("automated", default=0),
    text("state"),  # planned, ready, claimed, sending, settled, cancelled, restored
    moment("due_at", null=False),
    moment("lease_until"),  # real time
    text("leased_by", default=""),
    number("attempts", default=0),
    moment("sending_at"),
    text("decision_id", default=""),
    moment("created_at", null=False),
    Index("ix_outbox_due", "state", "due_at"),
    Index("ix_outbox_number", "inbox_id", "state", "due_at"),
    Index("ix_outbox_debtor", "debtor_id", "state"),
)

attempt = Table(
    "attempt",
    metadata,
    ident(),
    text("item_id", index=True),
    number("ordinal"),
    moment("at", null=False),
    text("outcome"),  # accepted, refused, unknown, not_started
    text("code", default=""),
    text("worker", default=""),
    json("detail"),
)
