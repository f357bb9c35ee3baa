"""What people and programs read of money: plans, promises, disputes, payments, receipts that were shown."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from console.wire.shapes import Money, Person

PlanState = Literal[
    "draft", "needs_approval", "offered", "accepted", "active", "fulfilled", "refused", "expired", "broken", "cancelled"
]
PromiseState = Literal["open", "kept", "broken", "cancelled"]
PaymentState = Literal["suspense", "confirmed", "reversed"]


class ScheduleLine(Struct, frozen=True, kw_only=True):
    """One payment of a plan. `n` 0 is the down payment; `moved_from`: the date that was asked for, when banks are shut
    on it.
    """

    n: int
    due: str
    amount: Money
    moved_from: str | None = None
    paid: Money | None = None
    state: str = "scheduled"  # scheduled, due, partially_paid, paid, missed


class Discount(Struct, frozen=True, forbid_unknown_fields=True):
    component: Literal["fine", "interest", "fees", "principal"]
    bp: int


class NeedsApproval(Struct, frozen=True):
    """The least authority that may grant it, and what exceeds the asker's: extras_discount, principal_discount,
    instalments, down_payment, validity.
    """

    role: str
    because: list[str]


class Preview(Struct, frozen=True, kw_only=True):
    """What a plan would be; nothing is stored."""

    state: str
    as_of: str
    before: Money
    discount: Money
    total: Money
    schedule: list[ScheduleLine]
    needs_approval: NeedsApproval | None
    expires_at: str


class Plan(Struct, frozen=True, kw_only=True):
    id: str
    case: str
    debtor: str
    state: PlanState
    detail: str
    as_of: str
    charges: list[str]
    before: Money
    discount: Money
    discounts: list[Discount]
    total: Money
    paid: Money
    schedule: list[ScheduleLine]
    needs_approval: NeedsApproval | None
    by: Person | None
    approved_by: Person | None
    approved_at: str | None
    expires_at: str
    last: bool  # the debtor was, or will be, told that there is no better one for now
    offered_at: str | None
    offer: str | None  # the message that carried it
    accepted_at: str | None
    evidence: dict[str, Any] | None
    previous: str | None
    reason: str
    created_at: str
    updated_at: str


class Promise(Struct, frozen=True, kw_only=True):
    id: str
    case: str
    debtor: str
    amount: Money
    due: str
    effective_due: str
    grace_until: str
    state: PromiseState
    detail: str
    paid: Money
    by: Person | None
    created_at: str
    closed_at: str | None


class Dispute(Struct, frozen=True, kw_only=True):
    """`ask`: while documents are asked for, the house's words that ask the debtor for them, in their language; sending
    them is a person's message like any. "" otherwise.
    """

    id: str
    case: str
    debtor: str
    reference: str
    charges: list[str]
    all: bool
    reason: str
    text: str
    state: str
    note: str
    answer_by: str
    by: Person | None
    created_at: str
    closed_at: str | None
    ask: str


class Allocated(Struct, frozen=True):
    charge: str
    number: str
    component: str
    amount: Money


class Stopped(Struct, frozen=True, kw_only=True):
    """What a payment ended, in its own transaction."""

    messages: int = 0
    promises: list[str] = []
    plans: list[str] = []
    case: str | None = None  # the case that it resolved


class Payment(Struct, frozen=True, kw_only=True):
    """`credit` is what went beyond everything owed; `stopped` is told to whoever recorded it."""

    id: str
    case: str | None
    debtor: str | None
    portfolio: str
    amount: Money
    credit: Money
    paid_at: str
    value_date: str
    method: str
    provider: str
    external_id: str | None
    state: PaymentState
    allocation: list[Allocated]
    reason: str
    created_at: str
    reversed_at: str | None
    balance: Money | None = None
    stopped: Stopped | None = None


class Claim(Struct, frozen=True, kw_only=True):
    """A receipt the debtor showed: reported, not confirmed."""

    id: str
    case: str
    debtor: str
    item: str
    amount: Money | None
    state: str  # open, confirmed, dismissed, lapsed
    until: str  # reminders pause up to this date
    payment: str | None
    created_at: str
    closed_at: str | None


class PaymentLink(Struct, frozen=True, kw_only=True):
    """Where a debtor can pay one sum. `why`: why nobody should any more, empty while it stands (creating, failed, paid,
    refunded, replaced, cancelled, expired, recalled, settled, superseded); `text` carries it in the debtor's language.
    """

    id: str
    case: str
    state: str  # creating, open, paid, refunded, replaced, cancelled, failed
    why: str
    detail: str  # the provider's words when it refused
    url: str
    amount: Money
    expires_at: str
    target: str  # debt, promise, instalment
    target_id: str | None
    n: int
    provider: str
    payment: str | None
    paid_at: str | None
    text: str
    created_at: str


class ChargeFile(Struct, frozen=True, kw_only=True):
    """The creditor's own document of a charge. `why`: why it must not leave any more, "" while it may (replaced,
    recalled, paid, agreement, superseded).
    """

    id: str
    charge: str
    debtor: str
    number: str
    kind: str  # invoice, boleto
    name: str
    type: str
    size: int
    why: str
    created_at: str


class ChargeCode(Struct, frozen=True, kw_only=True):
    """The creditor's own text to pay a charge by: the line of a boleto, a Pix code, a link to a document. `amount` and
    `due` as it says them; `why` as of a document, and expired (its last day is over) or amount (it asks for another sum
    than is owed).
    """

    id: str
    charge: str
    debtor: str
    number: str
    kind: str  # boleto, pix, link
    value: str
    amount: Money | None
    due: str | None
    why: str
    created_at: str


class CaseLedger(Struct, frozen=True, kw_only=True):
    """Everything agreed, promised, contested and paid in a case's matter, the youngest first."""

    plans: list[Plan]
    promises: list[Promise]
    disputes: list[Dispute]
    payments: list[Payment]
    claims: list[Claim]
    links: list[PaymentLink]
    files: list[ChargeFile]
    codes: list[ChargeCode]
    credit: Money
    limits: dict[str, Any]  # what the viewer may grant without asking
    today: str  # where the debtor lives
    shut: list[str]  # weekdays of the next years on which the creditor's banks are shut
    increment: int  # cash is paid in steps of so many minor units
