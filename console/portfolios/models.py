"""A creditor's book: its inboxes, teams, templates, quick replies and routing rules."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from console.store.base import SET_UP, blob, ident, json, metadata, moment, number, text

portfolio = Table(
    "portfolio",
    metadata,
    ident(),
    text("name", unique=True),
    text("jurisdiction"),  # BR, BR-SP, MX, …: the default of its debtors
    text("timezone"),
    text("language"),
    text("currency"),
    json("creditor"),  # legal_name, tax_id, address, help
    json("settings"),  # announce_supervisors, reopen_days, …
    moment("created_at", null=False),
    moment("disabled_at"),
    info=SET_UP,
)

portfolio_team = Table(
    "portfolio_team",
    metadata,
    Column("portfolio_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    number("rank", default=0),  # the first is the default of its cases
)

inbox = Table(
    "inbox",
    metadata,
    ident(),
    text("portfolio_id", index=True),
    text("name", default=""),
    text("channel"),
    text("provider"),
    text("address"),
    json("config"),
    blob("secrets"),  # ciphertext of a JSON object
    json("hours"),  # {"MON": ["09:00", "18:00"], …} in the portfolio's zone; {} = always
    json("texts"),  # {"greeting": {"pt-BR": "…"}, "away": {…}}
    text("state", default="active"),  # active, disabled
    text("health", default="unknown"),  # unknown, ok, failing
    text("health_detail", default=""),
    moment("checked_at"),
    moment("created_at", null=False),
    UniqueConstraint("provider", "channel", "address"),
    info=SET_UP,
)

inbox_health = Table(
    "inbox_health",
    metadata,
    Column("inbox_id", Text, primary_key=True),
    text("quality", default="unknown"),  # green, yellow, red, unknown
    moment("quality_at"),
    text("messaging_limit", default=""),  # people in 24 hours: digits, unlimited; "" = the provider never said
    moment("limit_at"),
    text("restriction", default=""),  # in the provider's words
    moment("restricted_until"),  # null: until it is lifted
    moment("restriction_at"),
)
"""What a provider said of a number or account, each with the moment it spoke of: older news changes nothing."""

template = Table(
    "template",
    metadata,
    ident(),
    text("portfolio_id"),
    text("inbox_id"),
    text("channel"),
    text("name"),
    text("language"),
    text("category"),
    text("state"),  # approved, pending, rejected, paused, disabled
    text("body"),
    json("variables", default="[]"),
    json("buttons", default="[]"),
    json("examples"),
    text("footer", default=""),
    text("provider_id", default=""),
    number("level", default=1),  # least disclosure level
    moment("synced_at", null=False),
    UniqueConstraint("inbox_id", "name", "language"),
    Index("ix_template_portfolio", "portfolio_id", "channel"),
)

quick_reply = Table(
    "quick_reply",
    metadata,
    ident(),
    text("portfolio_id", null=True),  # null: everybody's
    text("shortcut"),
    text("title"),
    text("text"),
    text("language"),
    Index("ix_quick_reply_portfolio", "portfolio_id"),
)

routing_rule = Table(
    "routing_rule",
    metadata,
    ident(),
    number("rank", default=0),
    json("rule"),  # routing.rules.Rule
    info=SET_UP,
)

policy = Table("policy", metadata, Column("name", Text, primary_key=True), json("value"), info=SET_UP)
"""Numbers that an operator may change, by name: "routing" is a `routing.types.Policy`."""

mailbox = Table(
    "mailbox",
    metadata,
    Column("inbox_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    number("uidvalidity", default=0),
    number("uid", default=0),
    text("leased_by", default=""),  # the process that reads it: one at a time
    moment("lease_until"),  # real time
)
