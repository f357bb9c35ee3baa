"""What a charge owes at a date: exact, each component rounded once, half up, at the end (domain rules 3.3). Pure.

Amounts are minor units, rates basis points, dates the debtor's own. The fine is due once on the principal that stood
when the charge became late; interest is simple, by the day over thirty, on the principal as it stood each day, and
neither is reckoned on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

ORDER: tuple[str, ...] = ("fees", "fine", "interest", "principal")
"""In which order money settles a charge, where the portfolio says nothing else."""
BP = 10_000


class Terms(Struct, frozen=True):
    fine_bp: int = 0
    interest_bp_30d: int = 0


class Move(Struct, frozen=True):
    """Money that settled a component, or a discount on it; negative for what was taken back."""

    on: date
    component: str
    amount: int
    discount: bool = False


class Parts(Struct, frozen=True):
    """A charge in its parts. `open` is what is left of each; they add up: principal + fine + interest + fees - discount
    - paid = the sum of `open`.
    """

    days_late: int
    fine: int
    interest: int
    discount: int
    paid: int
    open: dict[str, int]  # by component

    @property
    def total(self) -> int:
        return sum(self.open.values())


def parts(
    principal: int,
    fees: int,
    due: date,
    effective_due: date,
    terms: Terms,
    moves: Sequence[Move],
    as_of: date,
    *,
    frozen: date | None = None,
    granted: dict[str, int] | None = None,
) -> Parts:
    """A charge at a date. `frozen`: nothing accrues after it, because a living plan stands in its place; `granted` is
    that plan's discount by component.

    What was paid of fine or interest stays earned, though a payment told later shows that less was due.
    """
    late = as_of > effective_due
    until = as_of if frozen is None else min(as_of, frozen)
    settled = {name: sum(each.amount for each in moves if each.component == name) for name in ORDER}
    fine, interest = accrued(principal, due, effective_due, terms, moves, until)
    fine, interest = max(fine, settled["fine"]), max(interest, settled["interest"])
    given = granted or {}
    assessed = {"fees": fees, "fine": fine, "interest": interest, "principal": principal}
    left = {name: assessed[name] - settled[name] - given.get(name, 0) for name in ORDER}
    return Parts(
        days_late=(as_of - due).days if late else 0,
        fine=fine,
        interest=interest,
        discount=sum(each.amount for each in moves if each.discount) + sum(given.values()),
        paid=sum(each.amount for each in moves if not each.discount),
        open=left,
    )


def accrued(
    principal: int, due: date, effective_due: date, terms: Terms, moves: Sequence[Move], until: date
) -> tuple[int, int]:
    """Fine and interest that arose up to a day."""
    if until <= effective_due:
        return 0, 0
    later = sorted(
        (each.on, each.amount) for each in moves if each.component == "principal" and each.on > effective_due
    )
    standing = principal - sum(each.amount for each in moves
                               if each.component == "principal" and each.on <= effective_due)  # fmt: skip
    fine = half_up(max(standing, 0) * terms.fine_bp, BP)
    weighed, since = 0, due
    for on, amount in later:
        upto = min(on, until)
        weighed += max(standing, 0) * (upto - since).days
        since, standing = upto, standing - amount
    weighed += max(standing, 0) * (until - since).days
    return fine, half_up(weighed * terms.interest_bp_30d, BP * 30)


def half_up(dividend: int, divisor: int) -> int:
    """A non-negative fraction rounded half up, in integers."""
    return (2 * dividend + divisor) // (2 * divisor)


def bucket_of(days_late: int) -> str:
    """CURRENT, B1_30, B31_60 or B61_PLUS by days past due (domain rules 3.4)."""
    if days_late <= 0:
        return "CURRENT"
    return "B1_30" if days_late <= 30 else "B31_60" if days_late <= 60 else "B61_PLUS"
