"""Who saw and did what. Append-only."""

from sqlalchemy import Index, Table

from console.store.base import ident, json, metadata, moment, text

audit = Table(
    "audit",
    metadata,
    ident(),
    moment("at", null=False),
    text("actor_id", null=True),
    text("action"),  # noun.verb
    text("object", default=""),  # kind:id
    text("case_id", null=True),
    text("once", null=True, unique=True),  # the same act within an hour is one row
    json("detail"),
    Index("ix_audit_at", "at", "id"),
    Index("ix_audit_case", "case_id", "at"),
)
