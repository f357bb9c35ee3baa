"""What may become of a contact point (domain rules 3.6): a table of allowed steps, nothing else is.

How well it is known (`verified`, `disclosure`) stands beside it; what is true of the address whoever has it (bounced,
reassigned, opted out) stands at the address.
"""

from __future__ import annotations

from console.errors import Conflict
from console.wire.moment import DAY, Ms

CONFIRMED_MS = 180 * DAY
"""So long what is known of an address stands (domain rules 3.7)."""

POINT: dict[str, frozenset[str]] = {
    "active": frozenset({"wrong_number", "removed"}),
    "wrong_number": frozenset({"removed"}),  # never theirs again by itself
    "removed": frozenset({"active", "wrong_number"}),  # two debtors who were one are parted: as it was
}


def confirmed_until(created: Ms, wrote: Ms | None, consented: Ms | None) -> Ms:
    """When an address fades that was given, wrote last, and whose consent that stands was told at these moments."""
    return max(created, wrote or 0, consented or 0) + CONFIRMED_MS


def step(now: str, then: str) -> str:
    """The new state; staying is no step. Raises Conflict, naming both, for a step that the table does not have."""
    if then != now and then not in POINT[now]:
        raise Conflict(f"A contact point that is {now} cannot become {then}.", state=now)
    return then
