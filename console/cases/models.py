"""The unit of work: one debtor's matter in one portfolio, its owner, its drafts and who looks at it."""

from sqlalchemy import Column, Index, Integer, Table, Text
from sqlalchemy import text as sql

from console.store.base import ident, json, metadata, moment, number, text


def _ordered(name: str, *columns: str, more: tuple[str, ...] = ()) -> tuple[Index, Index]:
    """An order in which cases are listed. On SQLite what lists are narrowed by stands beside it, so that whoever walks
    the order reads no row; PostgreSQL's entries have a limit of 2,704 bytes, which labels may pass.
    """
    wide = Index(name, *columns, "labels", "channels", "skills", *more).ddl_if(dialect="sqlite")
    return wide, Index(name, *columns).ddl_if(dialect="postgresql")


case = Table(
    "case",
    metadata,
    ident(),
    text("portfolio_id"),
    text("debtor_id", index=True),
    text("team_id"),
    text("status"),  # queued, assigned, snoozed, resolved
    text("owner_id", null=True),
    number("epoch", default=0),
    number("position", default=0),  # the last one given
    text("priority", default="normal"),  # low, normal, high, urgent
    json("skills", default="[]"),  # [{"skill","level"}]
    json("labels", default="[]"),
    moment("rank_at", null=False),
    json("rank_terms", default="[]"),
    moment("rank_edge"),  # when a term of the rank changes by itself
    moment("waiting_since"),
    moment("sla_due_at"),
    number("rescue", default=0),
    moment("queued_at"),
    text("queue_reason", default=""),
    moment("assigned_at"),
    moment("opened_at"),  # by this owner
    number("weight", default=1_000),  # thousandths of load it costs its owner
    moment("weight_edge"),  # when silence parks it
    moment("snooze_until"),
    text("preferred_id", null=True),  # the last agent, for a while
    moment("preferred_until"),
    text("last_agent_id", null=True),
    json("excluded", default="[]"),  # users who let it lapse
    text("taken_over_from", null=True),
    text("taken_over_by", null=True),
    text("hand_reason", null=True),
    moment("hand_at"),
    json("holds", default="[]"),
    number("disclosure", default=0),
    moment("disclosure_until"),
    text("bucket", default="CURRENT"),
    number("days_late", default=0),
    number("balance_minor", null=True, default=None),
    text("currency", default=""),
    json("overlays", default="[]"),
    json("channels", default="[]"),
    json("last_item", default="null"),
    text("last_channel", null=True),  # of the debtor's last message
    text("last_inbox_id", null=True),
    text("last_contact_point_id", null=True),
    moment("last_inbound_at"),
    moment("last_outbound_at"),
    number("inbound", default=0),  # how many messages the debtor wrote
    text("outcome", null=True),
    moment("resolved_at"),
    text("previous_id", null=True),
    text("merged_into", null=True),
    moment("created_at", null=False),
    moment("updated_at", null=False),
    text("answer_by", null=True),  # the first day by which a dispute is answered
    Index(
        "uq_case_open",
        "debtor_id",
        "portfolio_id",
        unique=True,
        sqlite_where=sql("status <> 'resolved'"),
        postgresql_where=sql("status <> 'resolved'"),
    ),
    *_ordered("ix_case_team", "team_id", "status", "rank_at", "id"),
    Index("ix_case_owner", "owner_id", "status", "rank_at", "id"),
    Index(
        "ix_case_open",  # all that a wall counts
        "team_id",
        "status",
        "waiting_since",
        "sla_due_at",
        "rescue",
        sqlite_where=sql("status <> 'resolved'"),
        postgresql_where=sql("status <> 'resolved'"),
    ),
    *_ordered("ix_case_updated", "status", "updated_at", "id", more=("portfolio_id",)),
    *_ordered("ix_case_team_updated", "team_id", "status", "updated_at", "id"),
    *_ordered("ix_case_status_rank", "status", "rank_at", "id", more=("portfolio_id",)),
    Index("ix_case_book", "portfolio_id", "team_id", "id"),
    Index("ix_case_taken_over", "taken_over_from"),
    Index("ix_case_rank_edge", "rank_edge"),
    Index("ix_case_weight_edge", "weight_edge"),
    Index("ix_case_snooze", "snooze_until"),
)

case_tag = Table(
    "case_tag",
    metadata,
    Column("tag", Text, primary_key=True),  # label:NAME, skill:NAME, channel:NAME
    Column("case_id", Text, primary_key=True),
    text("team_id", default=""),  # the case's
    Index("ix_case_tag_team", "tag", "team_id", "case_id"),
)
"""Labels, skills and channels once more, to be asked which cases of a team, or of all, bear one; written when they
change.
"""

draft = Table(
    "draft",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    text("text", default=""),
    number("rev", default=0),
    moment("at", null=False),
    text("note", default=""),  # of the team's, half written
)

seen = Table(
    "seen",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    number("inbound", default=0),  # how many inbound messages stood up to there
    moment("at", null=False),
)

assignment = Table(
    "assignment",
    metadata,
    ident(),
    text("case_id"),
    number("epoch"),
    text("user_id", null=True),
    text("team_id", null=True),
    text("cause"),  # routed, claimed, assigned, transferred, taken_over, handed_back, released, returned, resolved, …
    text("by_id", null=True),
    json("why"),
    moment("at", null=False),
    Index("ix_assignment_case", "case_id", "epoch"),
)

lease = Table(
    "lease",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # watch, barge
    number("epoch", default=0),  # a barge dies with it
    moment("since", null=False),
    moment("until", null=False),  # real time; renewed by the socket
)

request = Table(
    "request",
    metadata,
    ident(),
    text("kind"),  # hand, approval, alarm
    text("case_id", null=True),
    text("team_id", null=True),
    text("reason"),
    json("detail"),
    text("by_id", null=True),
    moment("at", null=False),
    text("state", default="open"),  # open, done
    text("done_by", null=True),
    moment("done_at"),
    Index("ix_request_open", "state", "at"),
    Index("ix_request_case", "case_id", "state"),
)

early_status = Table(
    "early_status",
    metadata,
    Column("inbox_id", Text, primary_key=True),
    Column("provider_id", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    moment("at", null=False),
    json("receipt"),
    Index("ix_early_status_at", "at"),
)
"""Statuses of messages that we do not know yet: applied when one of ours gets that id."""

question = Table(
    "question",
    metadata,
    ident(),
    text("case_id", index=True),
    text("kind"),
    json("choices", default="[]"),
    text("right_hash"),  # keyed, with the question's id: which one is right stands nowhere
    text("asked_by"),
    moment("at", null=False),
    moment("answered_at"),
    number("passed", default=0),
    text("contact_point_id", null=True),  # at which address; null where the debtor has none, or none had written
)
"""What was asked to find out who is there."""
