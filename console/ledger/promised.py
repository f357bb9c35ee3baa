"""Was a promise kept (domain rules 3.6)? Pure."""

from __future__ import annotations

ONE_UNIT = {"CLP": 1, "PYG": 1}  # in minor units; everywhere else a hundred
DAYS_AHEAD = {"CURRENT": 7, "B1_30": 7, "B31_60": 10, "B61_PLUS": 15}
"""How far ahead a promise may lie, by the age of the debt."""
GRACE = {"boleto": 2, "transfer": 1}
"""Business days that a means of payment takes to arrive; a promise that names none gets the longest."""


def tolerance(amount: int, currency: str) -> int:
    """What may be missing: one per cent, at least one unit of the currency."""
    return max(amount // 100, ONE_UNIT.get(currency, 100))


def verdict(amount: int, paid: int, currency: str, *, over: bool) -> tuple[str, str]:
    """(state, detail): kept as soon as enough came; once it is `over`, what came in part is broken in part."""
    if paid >= amount - tolerance(amount, currency):
        return "kept", ""
    if not over:
        return "open", ""
    return "broken", "kept_partial" if 2 * paid >= amount else ""
