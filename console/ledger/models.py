"""What is owed. Amounts are minor units, rates basis points, dates YYYY-MM-DD in the debtor's zone."""

from sqlalchemy import Index, Table, UniqueConstraint

from console.store.base import ident, json, metadata, moment, number, text

charge = Table(
    "charge",
    metadata,
    ident(),
    text("debtor_id"),
    text("portfolio_id"),
    text("external_id", null=True),
    text("number"),
    text("product", default=""),
    text("due"),
    text("currency"),
    number("amount_minor", default=0),
    number("paid_minor", default=0),
    number("fine_bp", default=0),
    number("interest_bp_30d", default=0),
    json("overlays", default="[]"),
    moment("created_at", null=False),
    UniqueConstraint("portfolio_id", "external_id"),
    Index("ix_charge_debtor", "debtor_id", "portfolio_id"),
)
