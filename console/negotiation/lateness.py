"""The notice that comes before a late agreement may end by itself (domain rules 3.5, 6).

It is given when an instalment's days of grace are over, by the house, where the gate lets it; where it does not, or it
does not arrive, the agreement's agent is asked for it. Whoever gave it, a notice is a message of ours that names the
agreement (its reference) and the day on which the instalment was due. Nothing is broken by time alone before one of
each instalment by which the agreement is late was written ten days ago, and left five days ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.cases.models import case
from console.cases.queries import CaseRow
from console.debtors.queries import get as debtor
from console.ledger.owed import end_of_day
from console.negotiation import rows, texts
from console.negotiation.accept import reference
from console.negotiation.missed import GRACE_DAYS, due_of, stands_until
from console.negotiation.rows import InstalmentRow, PlanRow
from console.negotiation.say import WITHHELD, say
from console.negotiation.settle import name_of, notify
from console.outbox.models import outbox
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Reader, Tx
from console.timeline.add import add_event
from console.timeline.models import item
from console.wire.moment import DAY, Ms
from console.wire.shapes import Money

UNNOTICED = "plan.unnoticed"
NOTICE_DAYS = 10  # from the day on which it is written: what it says that the agreement stands
ARRIVED_DAYS = 5  # from its departure
LEFT = frozenset({"sent", "delivered", "read"})
PLANNED = frozenset({"scheduled", "held"})
AT_ONCE = frozenset({"queued", "sending", "unconfirmed"})


class Written(Struct):
    """One of our messages, or a line of the thread (`data`)."""

    kind: str
    text: str
    data: str
    status: str | None
    at: Ms
    left_at: Ms | None


_WRITTEN = Query(
    select(item.c.kind, item.c.text, item.c.data, item.c.status, item.c.at, outbox.c.sending_at)
    .join(case, case.c.id == item.c.case_id)
    .outerjoin(outbox, outbox.c.item_id == item.c.id)
    .where(
        case.c.debtor_id == bindparam("debtor_id"),
        case.c.portfolio_id == bindparam("portfolio_id"),
        item.c.kind.in_(("message", "event")),
        item.c.at >= bindparam("since"),
    ),
    Written,
)


class Lateness:
    """What was told of the instalments by which an agreement is late; `late` holds one at least."""

    def __init__(self, reader: Reader, made: PlanRow, late: Sequence[InstalmentRow]) -> None:
        self.made = made
        self.late = late
        self._now = reader.now
        self._called = reference(made.id)
        self._since = {each.n: end_of_day(reader, made.debtor_id, _grace_of(each)) for each in late}
        self._language = debtor(reader, made.debtor_id).language
        self._written = _WRITTEN.all(
            reader, debtor_id=made.debtor_id, portfolio_id=made.portfolio_id, since=min(self._since.values())
        )

    def is_noticed(self) -> bool:
        """Whether a notice of each has left, and its days are over."""
        return all(any(self._is_over(found) for found in self._notices(each)) for each in self.late)

    def untold(self) -> list[InstalmentRow]:
        """Those of which no notice left, is on its way, or failed to arrive."""
        return [each for each in self.late if not any(n.status != "cancelled" for n in self._notices(each))]

    def needs_agent(self) -> bool:
        """Whether there is one of which nothing left, and nothing is about to."""
        return not all(any(self._counts(found) for found in self._notices(each)) for each in self.late)

    def was_asked(self) -> bool:
        """Whether the agent was asked since the last of them turned late."""
        since = max(self._since.values())
        lines = [load(each.data) for each in self._written if each.kind == "event" and each.at >= since]
        return any(line["name"] == UNNOTICED and line["data"]["id"] == self.made.id for line in lines)

    def _notices(self, line: InstalmentRow) -> list[Written]:
        days = (texts.day(line.due, self._language), due_of(line).strftime("%d/%m"), line.due)
        return [
            each
            for each in self._written
            if each.kind == "message" and each.status != "received" and each.at >= self._since[line.n]
            and self._called in each.text and any(day in each.text for day in days)
        ]  # fmt: skip

    def _is_over(self, found: Written) -> bool:
        if found.status not in LEFT or found.left_at is None:
            return False
        return max(found.at + NOTICE_DAYS * DAY, found.left_at + ARRIVED_DAYS * DAY) <= self._now

    def _counts(self, found: Written) -> bool:
        at_once = found.status in AT_ONCE and found.at + DAY > self._now  # else it hangs, and nobody knows
        return found.status in LEFT or found.status in PLANNED or at_once


def give_notice(tx: Tx, row: CaseRow, told: Lateness, today: date, *, first: bool) -> None:
    """Tell the debtor of what is late and was not told yet. Where nothing may be told of it, they read the `first` time
    that there is something to hear, and the thread says why.
    """
    lines, made = told.untold(), told.made
    if not lines:
        return
    language, book = debtor(tx, made.debtor_id).language, get_portfolio(tx, made.portfolio_id)
    unpaid = [each for each in rows.instalments(tx, made.id) if each.paid_minor < each.amount_minor]
    until = max(stands_until(unpaid, today), today + timedelta(days=NOTICE_DAYS))
    priced = [(texts.money(Money(each.amount_minor - each.paid_minor, made.currency)), each) for each in lines]
    facts = {
        "name": name_of(tx, made.debtor_id), "reference": reference(made.id),
        "until": texts.day(until.isoformat(), language), "creditor": load(book.creditor).get("name") or book.name,
        "days": ", ".join(texts.day(each.due, language) for each in lines),
        "amounts": ", ".join(f"{amount} ({texts.day(each.due, language)})" for amount, each in priced),
    }  # fmt: skip
    whole, unpriced, discreet = (
        texts.in_tongue(each, language).format(**facts)
        for each in (texts.LATE, texts.LATE_UNPRICED, texts.LATE_DISCREET)
    )
    sent = say(tx, row, (whole, unpriced), purpose="proactive", why="plan_late", withheld=WITHHELD if first else "")
    if sent is None and first:
        say(tx, row, (discreet,), purpose="proactive", why="plan_late", withheld="")


def ask_agent(tx: Tx, row: CaseRow, made: PlanRow) -> None:
    """The notice is the agent's to give; the line says how it is known as one."""
    add_event(tx, row, UNNOTICED, {"id": made.id, "reference": reference(made.id)})
    notify(tx, row, row.owner_id or made.by_id, "plan_unnoticed")


def _grace_of(line: InstalmentRow) -> date:
    return due_of(line) + timedelta(days=GRACE_DAYS)
