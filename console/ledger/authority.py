"""Who may grant what (domain rules 3.5, discount authority). Defaults of the house; a portfolio's settings may lower or
raise them by level. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, convert, structs

LEVELS = ("agent", "senior", "supervisor", "manager")


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Discounts in basis points (`extras`: fine, interest and fees), the down payment's least share of the total."""

    extras_bp: int = 10_000
    principal_bp: int
    instalments: int
    down_bp: int
    days: int  # business days an offer may stand


DEFAULTS: dict[str, Limits] = {
    "agent": Limits(principal_bp=1_000, instalments=12, down_bp=1_000, days=5),
    "senior": Limits(principal_bp=2_000, instalments=18, down_bp=500, days=7),
    "supervisor": Limits(principal_bp=4_000, instalments=24, down_bp=0, days=10),
    "manager": Limits(principal_bp=7_000, instalments=36, down_bp=0, days=15),
}
AGENT_PRINCIPAL_BP = {"CURRENT": 0, "B1_30": 0, "B31_60": 500, "B61_PLUS": 1_000}
"""An agent may give up principal only of old debts."""


class Wish(Struct, frozen=True, kw_only=True):
    """A plan as far as authority judges it."""

    bucket: str
    extras_bp: int  # the highest discount asked on fine, interest or fees
    principal_bp: int
    instalments: int
    total: int
    down: int
    days: int


class Needed(Struct, frozen=True):
    """The least authority that may grant it, and what exceeds the asker's own."""

    role: str
    because: tuple[str, ...]


def limits(level: str, bucket: str, settings: Mapping[str, Any]) -> Limits:
    """What a level may grant for debts of a bucket. `settings`: the portfolio's; `authority` in it holds by level what
    differs from the defaults, and under `buckets` what differs again for debts of one bucket.
    """
    found = DEFAULTS[level]
    if level == "agent":
        found = structs.replace(found, principal_bp=AGENT_PRINCIPAL_BP[bucket])
    own = dict(settings.get("authority", {}).get(level, {}))
    of_bucket = own.pop("buckets", {}).get(bucket, {})
    return convert({**structs.asdict(found), **own, **of_bucket}, Limits) if own or of_bucket else found


def needed(level: str, wish: Wish, settings: Mapping[str, Any]) -> Needed | None:
    """None when the level may grant it itself; role "" when nobody may."""
    because = exceeded(wish, limits(level, wish.bucket, settings))
    if not because:
        return None
    for higher in LEVELS[LEVELS.index(level) + 1 :]:
        if not exceeded(wish, limits(higher, wish.bucket, settings)):
            return Needed(higher, because)
    return Needed("", exceeded(wish, limits("manager", wish.bucket, settings)))


def exceeded(wish: Wish, most: Limits) -> tuple[str, ...]:
    """What of a wish goes beyond these limits."""
    found = {
        "extras_discount": wish.extras_bp > most.extras_bp,
        "principal_discount": wish.principal_bp > most.principal_bp,
        "instalments": wish.instalments > most.instalments,
        "down_payment": wish.instalments > 1 and wish.down * 10_000 < wish.total * most.down_bp,
        "validity": wish.days > most.days,
    }
    return tuple(name for name, beyond in found.items() if beyond)
