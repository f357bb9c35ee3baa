"""The notice that comes before a late agreement may end by itself (domain rules 3.5, 6).

It is given when an instalment's days of grace are over, by the house, where the gate lets it; where it does not, the
agreement's agent is to give it. Whoever gave it, it is known by the agreement's reference: a message of ours that names
it, and that left after the agreement turned late. Until five days after one has left, nothing is broken by time alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import bindparam, select

from console.cases.models import case
from console.cases.queries import CaseRow
from console.debtors.queries import get as debtor
from console.ledger.owed import end_of_day
from console.negotiation import rows, texts
from console.negotiation.accept import reference
from console.negotiation.rows import InstalmentRow, PlanRow
from console.negotiation.say import WITHHELD, say
from console.negotiation.settle import name_of
from console.outbox.models import outbox
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query, row
from console.store.transaction import Reader, Tx
from console.timeline.models import item
from console.wire.moment import DAY, Ms
from console.wire.shapes import Money

GRACE_DAYS = 5  # calendar days until a missed instalment makes a plan late (domain rules 3.5)
BROKEN_DAYS = 30
BROKEN_COUNT = 2
NOTICE_DAYS = 5  # between the notice and the end
LEFT = frozenset({"sent", "delivered", "read"})
ON_ITS_WAY = frozenset({"queued", "sending", "scheduled", "held", "unconfirmed"})
_WRITTEN = Query(
    select(item.c.text, item.c.status, outbox.c.sending_at)
    .join(case, case.c.id == item.c.case_id)
    .join(outbox, outbox.c.item_id == item.c.id)
    .where(
        case.c.debtor_id == bindparam("debtor_id"),
        case.c.portfolio_id == bindparam("portfolio_id"),
        item.c.kind == "message",
        item.c.direction == "out",
        item.c.at >= bindparam("since"),
    ),
    row,
)


def is_missed(line: InstalmentRow, today: date) -> bool:
    return line.paid_minor < line.amount_minor and _due(line) < today


def is_late(missed: Sequence[InstalmentRow], today: date) -> bool:
    """Some days of grace are over."""
    return bool(_beyond(missed, today))


def is_over(missed: Sequence[InstalmentRow], today: date) -> bool:
    """Two unpaid beyond their grace, or one for thirty days: all but the notice that comes before."""
    return len(_beyond(missed, today)) >= BROKEN_COUNT or any(_days(each, today) >= BROKEN_DAYS for each in missed)


def was_noticed(reader: Reader, made: PlanRow, missed: Sequence[InstalmentRow]) -> bool:
    """Whether a notice of this lateness has left, and its days have passed."""
    return any(
        status in LEFT and left_at is not None and left_at + NOTICE_DAYS * DAY <= reader.now
        for status, left_at in _notices(reader, made, missed)
    )


def give_notice(tx: Tx, case_row: CaseRow, made: PlanRow, missed: Sequence[InstalmentRow], today: date) -> bool:
    """Tell the debtor of the first instalment that is missed, unless that was done or is on its way; whether it was, or
    will be. Where nothing may be told of it, they read once that there is something to hear, and the thread says why.
    """
    if any(status in LEFT | ON_ITS_WAY for status, _left_at in _notices(tx, made, missed)):
        return True
    first, language = missed[0], debtor(tx, made.debtor_id).language
    book = get_portfolio(tx, made.portfolio_id)
    facts = {
        "name": name_of(tx, made.debtor_id), "reference": reference(made.id), "due": texts.day(first.due, language),
        "amount": texts.money(Money(first.amount_minor - first.paid_minor, made.currency)),
        "until": texts.day(_stands_until(tx, made, missed, today).isoformat(), language),
        "creditor": load(book.creditor).get("name") or book.name,
    }  # fmt: skip
    whole, unpriced, discreet = (
        texts.in_tongue(each, language).format(**facts)
        for each in (texts.LATE, texts.LATE_UNPRICED, texts.LATE_DISCREET)
    )
    turned = made.detail != "late"
    told = say(
        tx, case_row, (whole, unpriced), purpose="proactive", why="plan_late", withheld=WITHHELD if turned else ""
    )
    if told is None and turned:
        say(tx, case_row, (discreet,), purpose="proactive", why="plan_late", withheld="")
    return told is not None


def _notices(reader: Reader, made: PlanRow, missed: Sequence[InstalmentRow]) -> list[tuple[str, Ms | None]]:
    """(status, when it left) of our messages that name the agreement, written since it turned late."""
    since = end_of_day(reader, made.debtor_id, _due(missed[0]) + timedelta(days=GRACE_DAYS))
    called = reference(made.id)
    return [
        (status, left_at)
        for text, status, left_at in _WRITTEN.all(
            reader, debtor_id=made.debtor_id, portfolio_id=made.portfolio_id, since=since
        )
        if called in text
    ]


def _stands_until(reader: Reader, made: PlanRow, missed: Sequence[InstalmentRow], today: date) -> date:
    """The last day on which nothing ends: of the first instalment's thirty, or of the next one's grace, and never
    before the notice's own days are over.
    """
    ends = [_due(missed[0]) + timedelta(days=BROKEN_DAYS - 1)]
    unpaid = [each for each in rows.instalments(reader, made.id) if each.paid_minor < each.amount_minor]
    ends += [_due(each) + timedelta(days=GRACE_DAYS) for each in unpaid[1:BROKEN_COUNT]]
    return max(min(ends), today + timedelta(days=NOTICE_DAYS))


def _beyond(missed: Sequence[InstalmentRow], today: date) -> list[InstalmentRow]:
    return [each for each in missed if _days(each, today) > GRACE_DAYS]


def _days(line: InstalmentRow, today: date) -> int:
    return (today - _due(line)) // timedelta(days=1)


def _due(line: InstalmentRow) -> date:
    return date.fromisoformat(line.due)
