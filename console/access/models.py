"""Commands that were already carried out, by the client's own id."""

from sqlalchemy import Column, Table, Text

from console.store.base import metadata, moment, text

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
