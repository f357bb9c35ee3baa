"""What is owed. Amounts are minor units, rates basis points, dates YYYY-MM-DD in the debtor's zone."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from console.store.base import blob, ident, json, metadata, moment, number, text

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
    number("fees_minor", default=0),
    text("plan_id", null=True),  # the living plan that stands in its place …
    text("frozen_on", null=True),  # … since when nothing accrues
    json("granted"),  # … and what it takes off, by component
    moment("closed_at"),  # its creditor took it back: nobody asks for it any more …
    text("closed_why", default=""),  # … and why: recalled, sold, prescribed, written_off, not_liable
    text("debt_key", default=""),  # the creditor's own key of the debt it belongs to, where that was told
    UniqueConstraint("portfolio_id", "external_id"),
    Index("ix_charge_debtor", "debtor_id", "portfolio_id"),
)
"""`amount_minor` is the principal, `paid_minor` what the creditor had received before the charge came here; whatever
moves it later is an `entry`. `overlays`: DISPUTED, PLAN.
"""

entry = Table(
    "entry",
    metadata,
    ident(),
    text("charge_id", index=True),
    text("debtor_id"),
    text("portfolio_id"),
    text("kind"),  # payment, discount, waiver, reversal
    text("component"),  # fees, fine, interest, principal
    number("amount_minor"),  # what it takes off; negative for what was taken back
    text("value_date"),
    text("payment_id", null=True, index=True),
    text("plan_id", null=True, index=True),
    text("by_id", null=True),
    moment("at", null=False),
    Index("ix_entry_debtor", "debtor_id", "portfolio_id"),
)
"""Append-only: nothing here is ever changed or deleted."""

charge_file = Table(
    "charge_file",
    metadata,
    ident(),  # also the name of its bytes
    text("charge_id", index=True),
    text("kind"),  # invoice, boleto
    text("name"),
    text("type"),
    number("size"),
    text("sha256"),
    text("by_id", null=True),
    moment("created_at", null=False),
    moment("replaced_at"),  # by a newer one of the same kind
    moment("gone_at"),  # its bytes went with the person's data
)

charge_code = Table(
    "charge_code",
    metadata,
    ident(),
    text("charge_id", index=True),
    text("kind"),  # boleto, pix, link
    text("value", index=True),  # 47 or 48 digits; the code to copy; the address
    text("by_id", null=True),
    moment("created_at", null=False),
    moment("replaced_at"),  # by a newer one of the same kind, or taken back
)

payment = Table(
    "payment",
    metadata,
    ident(),
    text("debtor_id", null=True),
    text("portfolio_id"),
    text("case_id", null=True),
    text("external_id", null=True),
    text("provider", default="manual"),
    text("provider_id", null=True),
    text("method"),
    number("amount_minor"),
    text("currency"),
    moment("paid_at", null=False),
    text("value_date"),
    text("state"),  # suspense, confirmed, reversed
    number("credit_minor", default=0),  # beyond what was owed
    json("allocation", default="[]"),  # [{"charge","number","component","amount"}]
    json("detail"),  # reference, why it is in suspense, why it was reversed
    text("by_id", null=True),
    moment("created_at", null=False),
    moment("reversed_at"),
    UniqueConstraint("portfolio_id", "external_id"),
    UniqueConstraint("provider", "provider_id"),
    Index("ix_payment_debtor", "debtor_id", "portfolio_id", "created_at"),
    Index("ix_payment_state", "state", "created_at"),
)

early_recall = Table(
    "early_recall",
    metadata,
    ident(),
    text("portfolio_id"),
    text("debtor_key"),  # the creditor's own keys, as in a file of recalls …
    text("debt_key", default=""),  # … with both of these empty it is all that the debtor owes
    text("charge_key", default=""),
    text("reason"),
    text("why"),  # it found nothing: unknown_debtor, unknown_charge
    text("state"),  # waiting, applied (its debt came), tied (by hand), dismissed
    text("file", default=""),
    text("by_id", null=True),
    moment("created_at", null=False),
    text("debtor_id", null=True),  # whose charges it took back
    text("note", default=""),  # why it was dismissed
    text("settled_by", null=True),
    moment("settled_at"),
    UniqueConstraint("portfolio_id", "debtor_key", "debt_key", "charge_key"),
    Index("ix_early_recall_state", "state", "created_at"),
)
"""A recall that came before its debt, or under a key that nobody knows."""

pay_provider = Table(
    "pay_provider",
    metadata,
    ident(),
    text("portfolio_id"),
    text("provider"),
    blob("secrets"),  # ciphertext of a JSON object
    moment("created_at", null=False),
    UniqueConstraint("portfolio_id", "provider"),
)
"""Who tells a portfolio's payments; where money goes stands in the portfolio's settings, `payment`."""

payment_link = Table(
    "payment_link",
    metadata,
    ident(),  # travels to the provider as the payment's reference
    text("token", unique=True),  # of our own short address, /pay/TOKEN
    text("case_id", index=True),
    text("debtor_id"),
    text("portfolio_id"),
    text("provider"),
    text("target"),  # debt, promise, instalment: what it is to pay …
    text("target_id", default=""),  # … the promise's or the plan's id …
    number("n", default=0),  # … and which instalment
    number("amount_minor"),
    text("currency"),
    moment("expires_at", null=False),
    text("url"),  # ours
    text("provider_id", default=""),
    text("pay_url", default=""),  # the provider's
    text("state"),  # creating, open, paid, refunded, replaced, cancelled, failed
    text("why", default=""),  # the provider's words when it failed
    text("payment_id", null=True),
    text("by_id"),
    moment("created_at", null=False),
    moment("closed_at"),
    Index("ix_payment_link_debtor", "debtor_id", "portfolio_id", "created_at"),
)
"""Somewhere a debtor can pay one sum. Whether it is still true is read from the ledger, never stored."""

promise = Table(
    "promise",
    metadata,
    ident(),
    text("case_id", index=True),
    text("debtor_id"),
    text("portfolio_id"),
    number("amount_minor"),
    text("currency"),
    text("due"),
    text("effective_due"),  # on a bank day
    text("grace_until"),
    moment("due_at", null=False),  # the end of the effective due date where the debtor lives
    moment("check_at"),  # the morning of its day, then the end of the days of grace; null once it is closed
    text("state"),
    text("detail", default=""),  # kept_partial, replaced, by_debtor, plan, …
    number("paid_minor", default=0),
    text("by_id"),
    moment("created_at", null=False),
    moment("closed_at"),
    Index("ix_promise_check", "check_at"),
    Index("ix_promise_debtor", "debtor_id", "portfolio_id", "state"),
)

plan = Table(
    "plan",
    metadata,
    ident(),
    text("case_id", index=True),
    text("debtor_id"),
    text("portfolio_id"),
    text("state"),
    text("detail", default=""),  # approved, countered, awaiting_down_payment, late, …
    text("currency"),
    text("as_of"),  # the date its balance was reckoned for
    json("charges", default="[]"),  # ids
    json("granted", default="[]"),  # by charge, in the same order: {component: minor units}
    json("wish"),  # as it was asked for
    number("before_minor"),  # what was owed
    number("total_minor"),
    number("paid_minor", default=0),
    text("needs_role", default=""),
    json("because", default="[]"),
    moment("expires_at", null=False),
    text("by_id"),
    text("approved_by", null=True),
    moment("approved_at"),
    text("request_id", null=True),
    text("whisper_id", null=True),
    text("offer_item_id", null=True),
    moment("offered_at"),
    json("evidence", default="null"),
    moment("accepted_at"),
    text("previous_id", null=True),  # the plan that this one counters
    text("reason", default=""),
    moment("check_at"),  # when time alone may change it
    moment("created_at", null=False),
    moment("updated_at", null=False),
    Index("ix_plan_check", "check_at"),
    Index("ix_plan_debtor", "debtor_id", "portfolio_id", "state"),
)

instalment = Table(
    "instalment",
    metadata,
    Column("plan_id", Text, primary_key=True),
    Column("n", Integer, primary_key=True),  # 0 is the down payment
    text("due"),
    text("moved_from", null=True),
    number("amount_minor"),
    number("paid_minor", default=0),
)

dispute = Table(
    "dispute",
    metadata,
    ident(),
    text("case_id", index=True),
    text("debtor_id"),
    text("portfolio_id"),
    text("reference", unique=True),
    json("charges", default="[]"),
    number("every", default=0),  # the whole debt
    text("reason"),
    text("text", default=""),
    text("state"),
    text("note", default=""),
    text("answer_by"),
    text("by_id"),
    moment("created_at", null=False),
    moment("closed_at"),
    moment("check_at"),  # when its answer is near, then when it is overdue
    Index("ix_dispute_debtor", "debtor_id", "portfolio_id", "state"),
    Index("ix_dispute_check", "check_at"),
)

claim = Table(
    "claim",
    metadata,
    ident(),
    text("case_id", index=True),
    text("debtor_id"),
    text("portfolio_id"),
    text("item_id"),  # the message that carries the receipt
    number("amount_minor", null=True, default=None),
    text("currency"),
    text("state"),  # open, confirmed, dismissed, lapsed
    text("until"),  # reminders pause up to this date
    moment("check_at"),
    text("payment_id", null=True),
    text("by_id"),
    moment("created_at", null=False),
    moment("closed_at"),
    UniqueConstraint("item_id"),
    Index("ix_claim_check", "check_at"),
)
"""A receipt that a debtor showed: reported, not confirmed. It pauses reminders and changes no balance."""
