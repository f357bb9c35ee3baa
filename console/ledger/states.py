"""What may become of payments, promises, plans and disputes (domain rules 3.6): tables of allowed steps, nothing else
is.

Public states are the contract's; what is finer stands in `detail`.
"""

from __future__ import annotations

from console.errors import Conflict

PROMISE: dict[str, frozenset[str]] = {
    "open": frozenset({"kept", "broken", "cancelled"}),
    "kept": frozenset({"open"}),  # the payment that kept it was reversed
    "broken": frozenset(),
    "cancelled": frozenset(),
}
PLAN: dict[str, frozenset[str]] = {
    "draft": frozenset({"needs_approval", "offered", "refused", "expired", "cancelled"}),
    "needs_approval": frozenset({"draft", "refused", "expired", "cancelled"}),
    "offered": frozenset({"accepted", "refused", "expired", "cancelled"}),
    "accepted": frozenset({"active", "broken", "cancelled"}),
    "active": frozenset({"fulfilled", "broken", "cancelled"}),
    "fulfilled": frozenset({"active"}),  # a payment of it was reversed
    "refused": frozenset(),
    "expired": frozenset({"accepted"}),  # paid in time, and told later
    "broken": frozenset(),
    "cancelled": frozenset(),
}
DISPUTE: dict[str, frozenset[str]] = {
    "opened": frozenset({"info_requested", "under_review", "upheld", "partially_upheld", "rejected", "withdrawn"}),
    "info_requested": frozenset({"under_review", "upheld", "partially_upheld", "rejected", "withdrawn"}),
    "under_review": frozenset({"info_requested", "upheld", "partially_upheld", "rejected", "withdrawn"}),
    "upheld": frozenset(),
    "partially_upheld": frozenset(),
    "rejected": frozenset({"reopened"}),  # once, with new evidence
    "withdrawn": frozenset(),
    "reopened": frozenset({"info_requested", "under_review", "upheld", "partially_upheld", "rejected", "withdrawn"}),
}
PAYMENT: dict[str, frozenset[str]] = {
    "suspense": frozenset({"confirmed", "reversed"}),
    "confirmed": frozenset({"reversed"}),
    "reversed": frozenset(),
}
CLAIM: dict[str, frozenset[str]] = {
    "open": frozenset({"confirmed", "dismissed", "lapsed"}),
    "confirmed": frozenset(),
    "dismissed": frozenset(),
    "lapsed": frozenset({"confirmed"}),
}
LINK: dict[str, frozenset[str]] = {
    "creating": frozenset({"open", "failed"}),
    "open": frozenset({"paid", "replaced", "cancelled"}),
    "replaced": frozenset({"paid"}),  # the provider's own page was still open
    "cancelled": frozenset({"paid"}),
    "paid": frozenset({"paid", "refunded"}),  # a provider lets one pay twice: both payments are booked
    "refunded": frozenset({"paid"}),
    "failed": frozenset(),
}
RECALL: dict[str, frozenset[str]] = {
    "waiting": frozenset({"applied", "tied", "dismissed"}),
    "applied": frozenset({"dismissed"}),  # it takes back no more of what comes
    "tied": frozenset(),
    "dismissed": frozenset({"tied"}),
}
"""Of one that came before its debt."""
TABLES = {
    "promise": PROMISE, "plan": PLAN, "dispute": DISPUTE, "payment": PAYMENT, "claim": CLAIM, "link": LINK,
    "recall": RECALL,
}  # fmt: skip
LIVE_PLAN = ("accepted", "active")
"""States in which a plan stands in place of the charges it covers."""
OPEN_DISPUTE = ("opened", "info_requested", "under_review", "reopened")


def step(kind: str, now: str, then: str) -> str:
    """The new state. Raises Conflict, naming both, for a step that the table does not have."""
    if then not in TABLES[kind][now]:
        raise Conflict(f"A {kind} that is {now} cannot become {then}.", state=now)
    return then
