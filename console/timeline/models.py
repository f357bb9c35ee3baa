"""The living thread: every item of a case in one total order, and the files that hang on it."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy import text as sql

from console.store.base import ident, json, metadata, moment, number, text

_SAID = "kind = 'message'"
_UNSEEN = "kind = 'whisper' AND seen_at IS NULL"

item = Table(
    "item",
    metadata,
    ident(),
    text("case_id"),
    Column("position", Integer, nullable=False),  # increasing per case
    text("kind"),  # message, note, whisper, event
    moment("at", null=False),
    text("author_id", null=True),
    number("rev", default=1),
    text("direction", null=True),  # in, out
    text("channel", null=True),
    text("inbox_id", null=True),
    text("contact_point_id", null=True),
    text("text", default=""),
    text("html", null=True),  # raw mail HTML, made safe when it is shown
    text("subject", null=True),
    text("status", null=True),
    text("purpose", null=True),
    text("provider_id", null=True),
    text("client_id", null=True),
    text("reply_to", null=True),  # item id
    text("to_id", null=True),  # a whisper's reader: the owner of that moment
    moment("seen_at"),
    moment("used_at"),
    moment("due_at"),  # scheduled or held until
    json("error", default="null"),  # {"code","title","hint","retryable"}
    json("data"),  # by kind: sort, detail, template, suggestion, request, event name and data, mail ids, attempts
    UniqueConstraint("case_id", "position"),
    Index("ix_item_said", "direction", "at", sqlite_where=sql(_SAID), postgresql_where=sql(_SAID)),
    Index("ix_item_provider", "provider_id", "inbox_id"),
    Index("ix_item_whisper", "to_id", "case_id", sqlite_where=sql(_UNSEEN), postgresql_where=sql(_UNSEEN)),
)

attachment = Table(
    "attachment",
    metadata,
    ident(),
    text("item_id", null=True, index=True),
    text("case_id", null=True),
    text("uploader_id", null=True),  # private to them until attached
    number("ordinal", default=0),
    text("name"),
    text("type"),  # sniffed; application/octet-stream when nothing safer is known
    text("declared", default=""),
    number("size", default=0),
    text("sha256", default=""),
    text("state"),  # pending, ready, refused, gone
    text("reason", default=""),
    text("inline_id", default=""),
    number("width", default=0),
    number("height", default=0),
    json("source"),  # where it still lies at the provider
    moment("created_at", null=False),
)

mail_id = Table(
    "mail_id",
    metadata,
    Column("message_id", Text, primary_key=True),
    text("case_id", index=True),
    text("item_id", null=True),
    text("debtor_id"),
)
"""Message-IDs, ours and theirs, that a reply can name."""
