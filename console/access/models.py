"""Commands that were already carried out, by the client's own id; and sight that was opened in an emergency."""

from sqlalchemy import Column, Index, Table, Text

from console.store.base import ident, metadata, moment, text

client_key = Table(
    "client_key",
    metadata,
    Column("actor_id", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("client_id", Text, primary_key=True),
    text("body_hash"),
    text("result"),  # the id of what was made
    moment("at", null=False),
)

break_glass = Table(
    "break_glass",
    metadata,
    ident(),
    text("user_id"),
    text("object"),  # case:ID, delivery:ID
    text("team_id", null=True),  # a case's team of that moment, whose supervisors are told
    text("reason"),
    moment("at", null=False),
    moment("until", null=False),  # an hour, or the moment at which it was ended
    moment("review_by", null=False),
    text("finding", null=True),  # justified, unjustified
    text("note", default=""),
    text("reviewed_by", null=True),
    moment("reviewed_at"),
    Index("ix_break_glass_user", "user_id", "until"),
    Index("ix_break_glass_at", "at", "id"),
)
