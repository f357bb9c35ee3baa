"""Which charges nobody may ask for any more: computed from the ledger whenever a message is judged, stored nowhere.

A charge is prescribed from the day after its due date plus the years of the law of where the debtor lives (the shortest
where several may apply), by the debtor's own date. No interruption is known to us but a plan that the debtor accepted:
while it lives nothing of it is prescribed, and afterwards the years run anew from its acceptance (docs/decisions/0025).
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.ledger.itemise import Items
from console.ledger.models import plan
from console.ledger.owed import ChargeOwed, Owed, date_of
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Reader

_AGREED = Query(
    select(plan.c.charges, plan.c.accepted_at).where(
        plan.c.debtor_id == bindparam("debtor_id"),
        plan.c.portfolio_id == bindparam("portfolio_id"),
        plan.c.accepted_at.is_not(None),
    ),
    lambda charges, at: (load(charges), at),
)


class Barred(Struct, frozen=True):
    """`charges`: ids of what is prescribed; `every`: nothing else is open; `sums`: the figures by which a text asks for
    any of it. A figure that a charge in force comes to as well asks for that one.
    """

    charges: frozenset[str] = frozenset()
    every: bool = False
    sums: tuple[Items, ...] = ()


def barred(reader: Reader, debt: Owed, debtor_id: str, portfolio_id: str, years: int) -> Barred:
    """What of a debt is prescribed on its day; nothing under a law that gives no years (0)."""
    today = date.fromisoformat(debt.as_of)
    open_ones = [each for each in debt.charges if each.total > 0]
    old = [each for each in open_ones if "PLAN" not in each.overlays and is_over(_due(each), years, today)]
    if not old:
        return Barred()
    since = _acknowledged(reader, debtor_id, portfolio_id)
    found = {each.id for each in old if is_over(max(_due(each), since.get(each.id, date.min)), years, today)}
    if not found:
        return Barred()
    return Barred(frozenset(found), len(found) == len(open_ones), _sums(debt, open_ones, found))


def is_over(start: date, years: int, today: date) -> bool:
    """Whether the years since a day are over; of 29 February they end on a 28th where there is no other. Those of a day
    so late that no calendar has their end never are.
    """
    if not years or start.year + years > date.max.year:
        return False
    try:
        last = start.replace(year=start.year + years)
    except ValueError:
        last = start.replace(year=start.year + years, day=28)
    return today > last


def _due(each: ChargeOwed) -> date:
    return date.fromisoformat(each.due)


def _acknowledged(reader: Reader, debtor_id: str, portfolio_id: str) -> dict[str, date]:
    """By charge, the debtor's date on which they last agreed to pay it."""
    found: dict[str, date] = {}
    for charges, at in _AGREED.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id):
        day = date_of(reader, debtor_id, at)
        found.update({each: max(day, found.get(each, day)) for each in charges})
    return found


def _sums(debt: Owed, open_ones: list[ChargeOwed], found: set[str]) -> tuple[Items, ...]:
    in_force = {amount for each in open_ones if each.id not in found for amount in (each.total, each.principal)}
    asked = {amount: each.number for each in open_ones if each.id in found for amount in (each.total, each.principal)}
    asked.setdefault(sum(each.total for each in open_ones if each.id in found), "")
    asked.setdefault(debt.total_minor or 0, "")
    return tuple(Items(amount, debt.currency, number, ()) for amount, number in sorted(asked.items())
                 if amount and amount not in in_force)  # fmt: skip
