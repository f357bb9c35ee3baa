"""What may become of a case's work (domain rules 3.6): a table of allowed steps, nothing else is.

A case is somebody's, the queue's, put aside, or over. The rules' finer stages are read where they are kept: promise and
plan in the ledger's own tables, `in_conversation` in `waiting_since`, `legal` in the holds, `closed` in the outcome.
"""

from __future__ import annotations

from console.errors import Conflict

CASE: dict[str, frozenset[str]] = {
    "queued": frozenset({"assigned", "snoozed", "resolved"}),
    "assigned": frozenset({"queued", "snoozed", "resolved"}),
    "snoozed": frozenset({"queued", "assigned", "resolved"}),
    "resolved": frozenset({"queued"}),  # the debtor writes again, a payment is reversed, somebody asks
}


def step(now: str, then: str) -> str:
    """The new status; staying is no step. Raises Conflict, naming both, for a step that the table does not have."""
    if then != now and then not in CASE[now]:
        raise Conflict(f"A case that is {now} cannot become {then}.", case_status=now)
    return then
