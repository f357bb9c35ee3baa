"""Users, teams, skills, sessions and tokens."""

from sqlalchemy import Column, Index, Integer, Table, Text

from console.store.base import SET_UP, blob, ident, json, metadata, moment, number, text

user = Table(
    "user",
    metadata,
    ident(),
    text("email", unique=True),  # lower case
    text("name"),
    text("role"),  # agent, supervisor, compliance, admin, integration
    text("authority", default="agent"),  # agent, senior, supervisor, manager: how much one may grant
    text("language", default="pt-BR"),
    text("password_hash", null=True),
    number("capacity", default=8_000),  # thousandths of a load
    number("max_held", default=30),
    number("takes_cases", default=1),  # 0: nothing automatic (supervisors, by default)
    text("availability", default="offline"),  # the user's own choice: online, away, offline
    text("availability_reason", null=True),
    moment("availability_until"),
    moment("availability_at"),
    number("connected", default=0),  # some socket of some tab is open
    moment("connected_until"),  # real time: the presence PUT counts as a connection for 60 s
    moment("gone_at"),  # real time: when the last connection went; the grace runs from here
    moment("last_assigned_at"),
    moment("disabled_at"),
    moment("created_at", null=False),
    json("settings"),
)

team = Table(
    "team",
    metadata,
    ident(),
    text("name", unique=True),
    moment("disabled_at"),
    moment("created_at", null=False),
    info=SET_UP,
)

team_member = Table(
    "team_member",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Index("ix_team_member_user", "user_id"),
)

skill = Table(
    "skill", metadata, Column("name", Text, primary_key=True), json("title"), moment("created_at", null=False)
)

user_skill = Table(
    "user_skill",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("skill", Text, primary_key=True),
    Column("level", Integer, nullable=False),  # 1 to 5
)

session = Table(
    "session",
    metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the cookie's value
    text("id"),
    text("user_id", index=True),
    text("csrf"),
    moment("created_at", null=False),  # real time, as all of a session's
    moment("seen_at", null=False),
    text("agent", default=""),  # the browser's own words, cut short
)

token = Table(
    "token",
    metadata,
    ident(),
    text("hash", unique=True),
    text("user_id", index=True),
    text("name"),
    json("scopes", default="[]"),
    text("portfolio_id", null=True),
    moment("created_at", null=False),
    moment("expires_at"),
    moment("used_at"),
    moment("revoked_at"),
)

secret = Table("secret", metadata, Column("name", Text, primary_key=True), blob("value"))
"""Ciphertexts that belong to no row of their own."""

connection = Table(
    "connection",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("process", Text, primary_key=True),
    moment("until", null=False),  # real time
)
"""Processes in which somebody has a socket open: the last one to lose it is where they are gone."""
