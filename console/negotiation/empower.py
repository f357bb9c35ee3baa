"""What a portfolio lets each level grant, for debts of each bucket, and the steps in which its debtors pay cash (domain
rules 3.5).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field, structs

from console.audit.record import record
from console.errors import Invalid
from console.ledger.authority import AGENT_PRINCIPAL_BP, LEVELS, Limits, limits
from console.ledger.schedule import MOST_INSTALMENTS
from console.negotiation.view import increment_of
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx

BUCKETS = tuple(AGENT_PRINCIPAL_BP)
EVERY = "ALL"
MOST_INCREMENT = 1_000_000  # minor units: beyond any coin or note
_RANGES = {
    "extras_bp": (0, 10_000), "principal_bp": (0, 10_000), "down_bp": (0, 10_000),
    "instalments": (1, MOST_INSTALMENTS), "days": (1, 40),
}  # fmt: skip
"""`days`: business days; an offer ends within sixty days."""


class OwnLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As `Limits`; what is left out stays as it is."""

    extras_bp: int | None = None
    principal_bp: int | None = None
    instalments: int | None = None
    down_bp: int | None = None
    days: int | None = None


class GrantingWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of PUT …/authority: limits by level and bucket, `ALL` for those without limits of their own. What is
    left out stays; null in place of limits brings the house's defaults back.
    """

    limits: dict[str, dict[str, OwnLimits | None]] = field(default_factory=dict)
    cash_increment: int | None = None


class Granting(Struct, frozen=True):
    """What stands: limits by level and bucket, and the least step of cash in minor units."""

    limits: dict[str, dict[str, Limits]]
    cash_increment: int


def granting_of(reader: Reader, portfolio_id: str) -> Granting:
    """Raises NotFound."""
    book = get_portfolio(reader, portfolio_id)
    settings = load(book.settings)
    found = {level: {bucket: limits(level, bucket, settings) for bucket in BUCKETS} for level in LEVELS}
    return Granting(found, increment_of(book))


def set_granting(tx: Tx, portfolio_id: str, wish: GrantingWish, by: str | None = None) -> None:
    """All of it, or none where something of it is wrong; audited. Raises NotFound, or Invalid, naming the field."""
    if not any(wish.limits.values()) and wish.cash_increment is None:
        raise Invalid("Name what changes: limits by level and bucket, or cash_increment.", field="limits")
    for level, of_buckets in wish.limits.items():
        for bucket, each in of_buckets.items():
            try:
                set_limits(tx, portfolio_id, level, None if bucket == EVERY else bucket, each, by)
            except Invalid as wrong:
                at = {"level": level, "bucket": f"{level}.{bucket}"}
                name = str(wrong.facts["field"])
                facts = wrong.facts | {"field": f"limits.{at.get(name, f'{level}.{bucket}.{name}')}"}
                raise Invalid(wrong.detail, **facts) from None
    if wish.cash_increment is not None:
        set_cash_increment(tx, portfolio_id, wish.cash_increment, by)


def set_limits(
    tx: Tx, portfolio_id: str, level: str, bucket: str | None, wish: OwnLimits | None, by: str | None = None
) -> None:
    """Change what a level may grant, for debts of one bucket or (None) of all that have no limits of their own; a wish
    of None brings the house's defaults back. Audited. Raises NotFound, or Invalid, naming the field.
    """
    if level not in LEVELS:
        raise Invalid(f"Unknown level; there are {', '.join(LEVELS)}.", field="level")
    if bucket is not None and bucket not in BUCKETS:
        raise Invalid(f"Unknown bucket; there are {', '.join(BUCKETS)}.", field="bucket")
    given = None if wish is None else _checked(wish)
    settings = load(get_portfolio(tx, portfolio_id).settings)
    authority: dict[str, Any] = settings.get("authority", {})
    own = dict(authority.get(level, {}))
    if bucket is None:
        own = {} if given is None else own | given
    else:
        of_buckets = dict(own.pop("buckets", {}))
        of_buckets[bucket] = {} if given is None else of_buckets.get(bucket, {}) | given
        if left := {name: each for name, each in of_buckets.items() if each}:
            own["buckets"] = left
    _keep(tx, portfolio_id, settings | {"authority": authority | {level: own}})
    detail = {"level": level, "bucket": bucket, "limits": given}
    record(tx, by, "portfolio.authority_changed", f"portfolio:{portfolio_id}", detail=detail)


def set_cash_increment(tx: Tx, portfolio_id: str, increment: int, by: str | None = None) -> None:
    """Have instalments fall on steps that can be paid in cash; 1 takes it back. Audited. Raises NotFound, Invalid."""
    if not 1 <= increment <= MOST_INCREMENT:
        raise Invalid(f"A step of cash is 1 to {MOST_INCREMENT} minor units: 5000 is 50 pesos.", field="cash_increment")
    settings = load(get_portfolio(tx, portfolio_id).settings)
    _keep(tx, portfolio_id, settings | {"cash_increment": increment})
    detail = {"cash_increment": increment}
    record(tx, by, "portfolio.authority_changed", f"portfolio:{portfolio_id}", detail=detail)


def _checked(wish: OwnLimits) -> dict[str, int]:
    given = {name: each for name, each in structs.asdict(wish).items() if each is not None}
    for name, each in given.items():
        least, most = _RANGES[name]
        if not least <= each <= most:
            means = {"instalments": "", "days": " business days"}.get(name, " basis points: 10000 is all of it")
            raise Invalid(f"Give {least} to {most}{means}.", field=name)
    return given


def _keep(tx: Tx, portfolio_id: str, settings: dict[str, Any]) -> None:
    change(tx, portfolio, {"id": portfolio_id}, settings=dump(settings))
    tx.memo.pop(("portfolio", portfolio_id), None)
