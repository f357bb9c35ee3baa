"""Scores as they are kept. Triggers of the database write into `prospect_stale`; nothing else does."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from console.store.base import json, metadata, number, text

prospect = Table(
    "prospect",
    metadata,
    Column("debtor_id", Text, primary_key=True),
    Column("portfolio_id", Text, primary_key=True),
    number("rank"),  # the score below zero: the highest first
    text("bucket"),
    text("day"),  # whose measures it was scored by
    json("facts"),  # outreach.score.Known
    Index("ix_prospect_rank", "portfolio_id", "rank", "debtor_id", "bucket"),
)

measure = Table(
    "prospect_measure",
    metadata,
    Column("portfolio_id", Text, primary_key=True),
    text("day"),  # of the portfolio's own calendar
    json("scale"),  # outreach.score.Measures
)

stale = Table(
    "prospect_stale",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    text("debtor_id"),
    Index("ix_prospect_stale_debtor", "debtor_id"),
)
"""Whoever something changed about that the score is made of, once a change: taken away when they are scored anew."""

_CHANGED = "INSERT INTO prospect_stale (debtor_id) VALUES ({})"
_SAID = "INSERT INTO prospect_stale (debtor_id) SELECT debtor_id FROM contact_point WHERE id = NEW.contact_point_id"
_MOVED = "OLD.debtor_id <> NEW.debtor_id"
_FUNCTIONS = {
    "of": _CHANGED.format("NEW.debtor_id"),
    "from": _CHANGED.format("OLD.debtor_id"),
    "who": _CHANGED.format("NEW.id"),
    "said": _SAID,
}
_TRIGGERS = (  # name, table, when, on which condition, what
    ("charge_new", "charge", "INSERT", "", "of"),
    ("charge", "charge", "UPDATE OF debtor_id, portfolio_id, due, amount_minor, paid_minor, overlays", "", "of"),
    ("charge_from", "charge", "UPDATE OF debtor_id", _MOVED, "from"),
    ("charge_gone", "charge", "DELETE", "", "from"),
    ("entry_new", "entry", "INSERT", "", "of"),
    ("promise_new", "promise", "INSERT", "", "of"),
    ("promise", "promise", "UPDATE OF debtor_id, state, effective_due, closed_at", "", "of"),
    ("promise_from", "promise", "UPDATE OF debtor_id", _MOVED, "from"),
    ("holds", "debtor", "UPDATE OF holds, merged_into", "", "who"),
    ("heard_new", "contact_point", "INSERT", "NEW.last_inbound_at IS NOT NULL", "of"),
    ("heard", "contact_point", "UPDATE OF last_inbound_at",
     "OLD.last_inbound_at IS NULL OR NEW.last_inbound_at IS NULL", "of"),
    ("point", "contact_point", "UPDATE OF debtor_id", _MOVED, "of"),
    ("point_from", "contact_point", "UPDATE OF debtor_id", _MOVED, "from"),
    ("point_gone", "contact_point", "DELETE", "", "from"),
    ("said_new", "link", "INSERT", "NEW.last_outbound_at IS NOT NULL", "said"),
    # A score asks on which day it was: zones differ by quarters of an hour, so that a burst of messages marks once.
    ("said", "link", "UPDATE OF last_outbound_at",
     "OLD.last_outbound_at IS NULL OR NEW.last_outbound_at IS NULL "
     "OR OLD.last_outbound_at / 900000 <> NEW.last_outbound_at / 900000", "said"),
    ("said_to", "link", "UPDATE OF contact_point_id", "", "said"),
)  # fmt: skip


def triggers(dialect: str) -> list[str]:
    """The statements that make them, for "sqlite" or "postgresql"."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER prospect_{name} AFTER {event} ON {table}{f' WHEN {when}' if when else ''}\n"
            f"BEGIN {_FUNCTIONS[what]}; END"
            for name, table, event, when, what in _TRIGGERS
        ]
    return [
        f"CREATE FUNCTION prospect_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
        for name, body in _FUNCTIONS.items()
    ] + [
        f"CREATE TRIGGER prospect_{name} AFTER {event} ON {table} FOR EACH ROW{f' WHEN ({when})' if when else ''} "
        f"EXECUTE FUNCTION prospect_{what}()"
        for name, table, event, when, what in _TRIGGERS
    ]
