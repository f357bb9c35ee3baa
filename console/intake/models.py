"""What came in: every delivery with its verdict and what it produced; provider ids for ever."""

from sqlalchemy import Column, Index, Table, Text

from console.store.base import blob, ident, json, metadata, moment, number, text

delivery = Table(
    "delivery",
    metadata,
    ident(),
    moment("at", null=False),
    text("inbox_id"),
    text("door"),  # webhook, smtp, imap, pipe
    number("size", default=0),
    text("hash"),  # SHA-256 of the body
    json("envelope"),  # method, path, query, the headers that matter, mail's envelope
    blob("body"),  # null for a duplicate, and after its time
    text("state"),  # stored, ignored, duplicate, dead
    text("reason", default=""),
    json("produced", default="[]"),  # [{"kind","id","case","state","reason"}]
    Index("ix_delivery_at", "at", "id"),
)

taken = Table(
    "taken",
    metadata,
    Column("inbox_id", Text, primary_key=True),
    Column("provider_id", Text, primary_key=True),  # prefixed by what it names: m: message, s: status, h: hash
)
"""Provider ids that were taken, kept for ever: uniqueness is this constraint, never a look before a write."""
