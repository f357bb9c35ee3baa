"""Instalments that were missed: what makes an agreement late, and what ends it (domain rules 3.5, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from console.negotiation.rows import InstalmentRow

GRACE_DAYS = 5  # calendar days until a missed instalment makes a plan late
BROKEN_DAYS = 30
BROKEN_COUNT = 2


def due_of(line: InstalmentRow) -> date:
    return date.fromisoformat(line.due)


def missed_of(lines: Iterable[InstalmentRow], today: date) -> list[InstalmentRow]:
    """Those whose day is over, and that are not paid whole."""
    return [each for each in lines if each.paid_minor < each.amount_minor and due_of(each) < today]


def beyond_grace(missed: Iterable[InstalmentRow], today: date) -> list[InstalmentRow]:
    """Those by which the agreement is late."""
    return [each for each in missed if _days(each, today) > GRACE_DAYS]


def is_over(missed: Sequence[InstalmentRow], today: date) -> bool:
    """Two unpaid beyond their grace, or one for thirty days: all but the notice that comes before the end."""
    return len(beyond_grace(missed, today)) >= BROKEN_COUNT or any(_days(each, today) >= BROKEN_DAYS for each in missed)


def stands_until(lines: Sequence[InstalmentRow], today: date) -> date:
    """The last day on which nothing ends by itself but for a notice: of the first missed instalment's thirty, or of the
    next one's grace. `lines`: what is unpaid.
    """
    missed = missed_of(lines, today)
    nexts = [due_of(each) + timedelta(days=GRACE_DAYS) for each in lines[1:BROKEN_COUNT]]
    return min([due_of(missed[0]) + timedelta(days=BROKEN_DAYS - 1), *nexts])


def _days(line: InstalmentRow, today: date) -> int:
    return (today - due_of(line)) // timedelta(days=1)
