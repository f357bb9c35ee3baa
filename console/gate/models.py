"""The gate's memory: contacts that count, decisions, approvals of rules and of texts, stops."""

from sqlalchemy import Column, Index, Table, Text

from console.store.base import ident, json, metadata, moment, number, text

contact = Table(
    "contact",
    metadata,
    ident(),
    text("debtor_id"),
    text("channel"),
    moment("at", null=False),
    text("purpose"),
    text("author_id", default=""),
    text("item_id", null=True),
    number("counts", default=1),  # towards caps; a reply to somebody who wrote does not
    text("state", default="reserved"),  # reserved, spent, returned
    text("inbox_id", null=True),  # of ours; null for what was made elsewhere
    text("portfolio_id", null=True),
    text("source", default="message"),  # message, elsewhere (a call, letter or visit told to us), dialer
    text("outcome", default=""),
    text("external_id", null=True),  # the other system's own key
    moment("until"),  # a dialer's slot is free again from here on
    Index("ix_contact_debtor", "debtor_id", "at"),
    Index("ix_contact_item", "item_id"),
    Index("ix_contact_inbox", "inbox_id", "at"),
    Index("uq_contact_external", "portfolio_id", "external_id", unique=True),
)

decision = Table(
    "decision",
    metadata,
    ident(),
    moment("at", null=False),
    text("item_id", null=True, index=True),
    text("case_id", null=True),
    text("outcome"),
    text("code", default=""),
    text("rule", default=""),
    text("source", default=""),
    moment("allowed_at"),
    json("detail"),
    json("inputs"),  # the message less its words, and every fact that was read
    Index("ix_decision_case", "case_id", "at"),
)

approval = Table(
    "approval",
    metadata,
    ident(),
    text("portfolio_id"),
    text("profile"),
    text("version"),
    text("name"),  # who approved
    text("document"),  # where their opinion stands
    moment("at", null=False),
    moment("revoked_at"),
    Index("ix_approval_portfolio", "portfolio_id", "profile"),
)

text_approval = Table(
    "text_approval",
    metadata,
    ident(),
    text("case_id"),
    text("request_id", index=True),
    text("whisper_id"),  # its card in the lane of whispers, where the words stand
    text("by_id"),  # who asked, and alone may send it
    number("epoch"),  # of the case when it was asked: whoever owns it next asks anew
    text("digest"),  # of the words, their reader, channel and purpose (`gate/granted.py`)
    json("codes", default="[]"),  # what the gate held it for, and nothing else, is lifted
    text("state", default="asked"),  # asked, approved, used; refused, countered, lapsed
    moment("at", null=False),
    text("decided_by", null=True),
    moment("decided_at"),
    text("note", default=""),  # of whoever decided
    moment("expires_at"),
    text("item_id", null=True, index=True),  # the message that it let out
    moment("used_at"),
    Index("ix_text_approval_case", "case_id", "state"),
)
"""What was asked of the supervisors for one text, and what they said. The text itself stands in the lane."""

stop = Table(
    "stop",
    metadata,
    Column("scope", Text, primary_key=True),  # all, portfolio:ID, inbox:ID, channel:NAME, template:ID
    text("reason"),
    text("by_id", null=True),
    moment("at", null=False),
)
"""Kill switches that are on."""

near_miss = Table(
    "near_miss",
    metadata,
    ident(),
    moment("at", null=False),
    text("case_id"),
    text("team_id"),
    text("user_id"),
    text("channel"),
    text("code"),
    text("outcome"),  # block, needs_approval, warned
    text("fragment", default=""),  # the words that offended, not the message
    text("reason", default=""),  # what the writer said, where they sent it all the same
    Index("ix_near_miss_team", "team_id", "at"),
)
"""Words that the tone guard caught before they left: for supervisors to see and coach."""
