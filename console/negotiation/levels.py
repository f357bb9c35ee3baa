"""How much a user may grant: their own authority, at least that of their role (decision 30)."""

from __future__ import annotations

from console.access.actor import Actor
from console.ledger.authority import LEVELS


def level_of(actor: Actor) -> str:
    """agent, senior, supervisor or manager."""
    own = actor.authority if actor.authority in LEVELS else "agent"
    least = "supervisor" if actor.role == "supervisor" else "agent"
    return max(own, least, key=LEVELS.index)


def reaches(actor: Actor, level: str) -> bool:
    """Whether the user may grant what needs this level."""
    return LEVELS.index(level_of(actor)) >= LEVELS.index(level)
