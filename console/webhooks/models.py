"""Webhooks out: who wants to hear of what, what is owed to them, and how far the log has been gone through."""

from sqlalchemy import Column, Index, Table, Text

from console.store.base import blob, ident, json, metadata, moment, number, text

webhook = Table(
    "webhook",
    metadata,
    ident(),
    text("url"),
    json("events", default="[]"),  # names, or an area with a star: "payment.*"
    text("portfolio_id", null=True),  # null: all of them
    text("state", default="active"),  # active, disabled
    text("why", default=""),  # of its being disabled
    blob("secret"),
    blob("previous"),  # the secret before, which signs beside it until `previous_until`
    moment("previous_until"),
    moment("failing_since"),
    text("created_by"),
    moment("created_at", null=False),
)

notification = Table(
    "notification",
    metadata,
    ident(),
    text("webhook_id"),
    text("event_id"),
    text("name"),
    json("body"),  # what is sent, to the byte
    text("state", default="pending"),  # pending, delivered, failed
    number("attempts", default=0),
    moment("at", null=False),
    moment("due_at"),  # null once it is settled; while it is being sent, when its lease ends
    moment("settled_at"),
    number("status", null=True, default=None),  # the last answer's
    text("error", default=""),
    Index("uq_notification_event", "webhook_id", "event_id", unique=True),
    Index("ix_notification_due", "webhook_id", "due_at"),
    Index("ix_notification_list", "webhook_id", "at", "id"),
)

spread = Table("spread", metadata, Column("id", Text, primary_key=True), text("mark"))
"""One row: the cursor up to which the log's events have become notifications."""
