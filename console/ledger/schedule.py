"""The arithmetic of plans (domain rules 3.5): what is granted, what each instalment is, when it is due. Pure.

The browser reckons the same while a person drags (`frontend/src/desk/pane/reckon.ts`), and the server checks it again.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from console.ledger.accrual import BP, half_up
from console.ledger.calendar import add_business_days, next_business_day

DOWN_WITHIN = 3  # business days: when a down payment falls due
MOST_INSTALMENTS = 60


class Instalment(Struct, frozen=True):
    """`n` 0 is the down payment. `moved_from`: the due date that fell on a day when banks are shut, else None."""

    n: int
    due: date
    amount: int
    moved_from: date | None = None


def split(rest: int, count: int, increment: int = 1) -> list[int]:
    """`rest` in `count` parts that add up to it: the first ones one increment more; what does not fill an increment
    is in the last.
    """
    if count == 0:
        return []
    units, residue = divmod(rest, increment)
    base, more = divmod(units, count)
    amounts = [(base + (1 if index < more else 0)) * increment for index in range(count)]
    amounts[-1] += residue
    return amounts


def due_dates(first: date, count: int, country: str, day: int | None = None) -> list[tuple[date, date]]:
    """(due, as it was before it moved to a bank day) of each instalment, monthly from the anchor, never from the
    previous date that moved. `day` 1 to 28 is the debtor's own from the second instalment on.
    """
    found = []
    for index in range(count):
        wanted = first if index == 0 else _months_on(first, index, day)
        found.append((next_business_day(wanted, country), wanted))
    return found


def schedule(
    total: int,
    down: int,
    count: int,
    first: date,
    today: date,
    country: str,
    *,
    day: int | None = None,
    increment: int = 1,
) -> list[Instalment]:
    """Down payment and instalments; they add up to `total`."""
    lines = []
    if down:
        lines.append(Instalment(0, add_business_days(today, DOWN_WITHIN, country), down))
    amounts = split(total - down, count, increment)
    for index, (due, wanted) in enumerate(due_dates(first, count, country, day)):
        lines.append(Instalment(index + 1, due, amounts[index], None if due == wanted else wanted))
    return lines


def granted(opened: Sequence[dict[str, int]], discounts: dict[str, int]) -> list[dict[str, int]]:
    """What a discount takes off each charge's open components, by charge. `discounts`: basis points by component.

    A component's discount is rounded once over all charges, and shared among them so that the shares add up.
    """
    shares: list[dict[str, int]] = [{} for _ in opened]
    for component, bp in discounts.items():
        seen = told = 0
        for index, each in enumerate(opened):
            seen += each[component]
            upto = half_up(seen * bp, BP)
            shares[index][component] = upto - told
            told = upto
    return shares


def _months_on(first: date, months: int, day: int | None) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(day or first.day, monthrange(year, month)[1]))
