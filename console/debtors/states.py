"""What may become of a contact point (domain rules 3.6): a table of allowed steps, nothing else is.

How well it is known (`verified`, `disclosure`) stands beside it; what is true of the address whoever has it (bounced,
reassigned, opted out) stands at the address.
"""

from __future__ import annotations

from console.errors import Conflict

POINT: dict[str, frozenset[str]] = {
    "active": frozenset({"wrong_number", "removed"}),
    "wrong_number": frozenset({"removed"}),  # never theirs again by itself
    "removed": frozenset({"active", "wrong_number"}),  # two debtors who were one are parted: as it was
}


def step(now: str, then: str) -> str:
    """The new state; staying is no step. Raises Conflict, naming both, for a step that the table does not have."""
    if then != now and then not in POINT[now]:
        raise Conflict(f"A contact point that is {now} cannot become {then}.", state=now)
    return then
