"""What was erased, by its digest, and what each run of erasure and retention removed."""

from sqlalchemy import Column, Index, Table, Text

from console.store.base import json, metadata, moment, text

erased = Table(
    "erased",
    metadata,
    Column("key", Text, primary_key=True),  # message:ID, …: the key of its record in the evidence
    text("digest"),  # salted, of the body as it was
    text("why"),
    moment("at", null=False),
)

removal = Table(
    "removal",
    metadata,
    Column("id", Text, primary_key=True),
    text("kind"),  # erasure, retention
    text("debtor_id", null=True),
    text("state"),  # asked, done, refused
    text("reason", default=""),
    text("asked_by", null=True),
    text("done_by", null=True),
    json("report"),  # {"removed": {what: how many}, "kept": [{"what", "why", "until"?}]}
    moment("at", null=False),
    moment("done_at"),
    Index("ix_removal_at", "at", "id"),
    Index("ix_removal_debtor", "debtor_id"),
)
