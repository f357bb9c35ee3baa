"""Who owes, and how they can be reached. A person is one debtor whatever the form of their number."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from console.store.base import MEMO, blob, ident, json, metadata, moment, number, text

debtor = Table(
    "debtor",
    metadata,
    ident(),
    text("name"),
    text("kind", default="person"),  # person, company
    text("language"),
    text("timezone", null=True),
    text("jurisdiction"),
    number("assumed", default=0),  # the jurisdiction is a guess
    number("provisional", default=0),  # a stranger, not identified
    number("shared", default=0),  # wrote from an address that several debtors use
    text("document_kind", null=True),
    blob("document"),  # ciphertext
    text("document_hash", null=True),  # keyed hash, for equality
    blob("birth"),  # ciphertext
    json("labels", default="[]"),
    json("stops", default="[]"),  # [{"stop","at","by","until"}]: deceased, cease_contact, …
    json("holds", default="[]"),  # [{"hold","at","by","until"}]: hardship, distress, …
    text("preferred_channel", null=True),
    json("preferred_hours", default="null"),
    text("preferred_means", null=True),  # a kind of the portfolio's payment instructions
    text("merged_into", null=True),
    moment("created_at", null=False),
    moment("updated_at", null=False),
    Index("ix_debtor_document_hash", "document_hash"),
    info=MEMO,
)

account = Table(
    "account",
    metadata,
    ident(),
    text("debtor_id", index=True),
    text("portfolio_id"),
    text("external_id", null=True),
    text("stage", default="new"),
    moment("created_at", null=False),
    UniqueConstraint("portfolio_id", "external_id"),
)

address = Table(
    "address",
    metadata,
    ident(),
    text("channel"),
    text("key"),  # canonical: +E164, lower-case e-mail, or "id:" + business-scoped id when no number is known
    text("phone", default=""),  # canonical E.164
    text("wa_id", default=""),  # as given by WhatsApp: replies go to it
    text("user_id", default=""),  # business-scoped id
    text("email", default=""),
    text("profile_name", default=""),
    moment("opted_out_at"),
    text("opt_out_source", default=""),
    moment("marketing_stopped_at"),
    moment("invalid_at"),
    text("invalid_reason", default=""),  # wrong_number, bounced, not_on_channel, reassigned
    moment("created_at", null=False),
    UniqueConstraint("channel", "key"),
)

identifier = Table(
    "identifier",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # phone (canonical), user_id, email
    Column("value", Text, primary_key=True),
    text("address_id", index=True),
)

contact_point = Table(
    "contact_point",
    metadata,
    ident(),
    text("debtor_id"),
    text("address_id", index=True),
    text("channel"),
    text("state", default="active"),  # active, wrong_number, invalid, removed
    text("consent", default="unknown"),  # unknown, granted, revoked
    text("consent_source", default=""),
    moment("consent_at"),
    text("consent_text", default=""),  # version of the text that was shown
    number("verified", default=0),
    number("disclosure", default=0),  # 0 to 2
    moment("last_inbound_at"),
    text("source", default="debtor"),  # contract, debtor, inbound, import
    moment("created_at", null=False),
    text("holder", default="debtor"),  # whose it is: see console/debtors/holders.py
    text("holder_name", default=""),
    text("holder_proof", default=""),  # where it is known from
    moment("verified_at"),  # when the checks were last passed there; read where `verified` still stands
    UniqueConstraint("debtor_id", "address_id"),
)

link = Table(
    "link",
    metadata,
    Column("inbox_id", Text, primary_key=True),
    Column("contact_point_id", Text, primary_key=True),
    moment("last_inbound_at"),
    moment("last_outbound_at"),
    moment("window_closes_at"),
    moment("greeted_at"),
    Index("ix_link_contact_point", "contact_point_id"),
)

merge = Table(
    "merge",
    metadata,
    ident(),
    text("kind"),  # identify, merge
    text("kept_id", index=True),
    text("merged_id", index=True),
    text("case_id", null=True),
    text("by_id"),
    json("undo"),  # what to put back
    moment("at", null=False),
    moment("undone_at"),
)

consent_log = Table(
    "consent_log",
    metadata,
    ident(),
    moment("at", null=False),  # when it was written down
    text("debtor_id", index=True),
    text("contact_point_id", null=True),
    text("channel", default=""),  # "" for the whole person
    text("act"),  # granted, revoked, offers_granted, offers_revoked, opted_out, opted_in, opt_out_denied,
    # marketing_stopped, marketing_resumed, ceased, cease_lifted, wrong_person
    text("source", default=""),  # message, provider, agent, contract, …
    text("text_version", default=""),  # of the words that were shown
    moment("given_at", null=False),  # when the person said so
    text("by_id", null=True),
    text("item_id", null=True),  # the message in which they said it
)
"""Every yes and no of a debtor. Append-only: nothing here is ever changed."""
