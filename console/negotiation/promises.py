"""A promise to pay: a date and an amount, no contract (domain rules 3.6). It comes back to its agent on the morning of
its day, and again when it is broken.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.cases.guards import still_open, workable
from console.cases.ownership import enqueue
from console.cases.queries import CaseRow, live, open_case
from console.cases.receive import reopen
from console.cases.recount import recount_row
from console.cases.standing import settle
from console.cases.work import wake
from console.debtors.queries import get as get_debtor
from console.errors import Invalid
from console.gate.guard import places_of
from console.gate.profiles import effective
from console.gate.windows import next_open
from console.ledger.calendar import add_business_days, next_business_day
from console.ledger.charges import MOST_MINOR
from console.ledger.owed import end_of_day, today_of
from console.ledger.promised import DAYS_AHEAD, GRACE, verdict
from console.ledger.states import step
from console.negotiation import rows
from console.negotiation.rows import PromiseRow
from console.negotiation.settle import notify, paid_for
from console.negotiation.tell import tell
from console.portfolios.queries import get_portfolio
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import Ms, parse_day
from console.wire.shapes import Money

ROUTE = "promises"
URGENCY = ("low", "normal", "high", "urgent")


class NewPromise(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/promises."""

    client_id: str
    amount: Money
    due: str
    method: str = ""
    epoch: int | None = None


def make_promise(tx: Tx, actor: Actor, case_id: str, new: NewPromise) -> tuple[PromiseRow, bool]:
    """Write down a promise; whether it is new. An open one is replaced. Raises NotFound, NotOwner, Invalid."""
    must_know(tx, actor, case_id)
    digest = body_hash(new)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest)
    if before is not None:
        return rows.one(tx, PromiseRow, before), False
    row = workable(tx, actor, case_id, new.epoch)
    still_open(row)
    made = _checked(tx, row, actor, new)
    standing = rows.open_promise(tx, row.debtor_id, row.portfolio_id)
    if standing is not None:
        close_promise(tx, row, standing, "cancelled", "replaced", by=actor.id)
    rows.store(tx, made)
    tell(tx, row, "promise.made", made, by=actor.id)
    recount_row(tx, row)
    tx.wake("clockwork")
    remember(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest, made.id)
    return made, True


def cancel_promise(tx: Tx, actor: Actor, promise_id: str, reason: str = "by_debtor") -> PromiseRow:
    """The debtor takes it back. Raises NotFound, NotOwner, Conflict."""
    made = rows.one(tx, PromiseRow, promise_id)
    row = workable(tx, actor, made.case_id, None)
    close_promise(tx, row, made, "cancelled", reason, by=actor.id)
    recount_row(tx, row)
    return made


def close_promise(tx: Tx, row: CaseRow, made: PromiseRow, state: str, detail: str, *, by: str | None) -> None:
    """End it. Raises Conflict when it has ended."""
    rows.save(tx, made, state=step("promise", made.state, state), detail=detail, closed_at=tx.now, check_at=None,
              paid_minor=paid_for(tx, made))  # fmt: skip
    tell(tx, row, f"promise.{state}", made, by=by)


def judge_promise(tx: Tx, promise_id: str) -> None:
    """The morning of its day has come: back with its agent. Its days of grace are over: kept, or broken and back."""
    made = rows.one(tx, PromiseRow, promise_id)
    if made.state != "open" or made.check_at is None or made.check_at > tx.now:
        return
    last = end_of_day(tx, made.debtor_id, date.fromisoformat(made.grace_until))
    if tx.now < last:
        _fall_due(tx, made, last)
        return
    state, detail = verdict(made.amount_minor, paid_for(tx, made), made.currency, over=True)
    row = live(tx, open_case(tx, made.debtor_id, made.portfolio_id) or made.case_id)
    close_promise(tx, row, made, state, detail, by="system")
    if state == "broken":
        row.priority = max(row.priority, "high", key=URGENCY.index)
        _come_back(tx, row, made.by_id, "promise_broken")
    recount_row(tx, row)


def _fall_due(tx: Tx, made: PromiseRow, last: Ms) -> None:
    """Once: from now on only the end of its days of grace is waited for. Its rank is that of a promise that is due."""
    rows.save(tx, made, check_at=last)
    row = live(tx, open_case(tx, made.debtor_id, made.portfolio_id) or made.case_id)
    if tx.now < made.due_at:  # else nobody looked all that day
        _come_back(tx, row, made.by_id, "promise_due")


def _come_back(tx: Tx, row: CaseRow, agent: str, why: str) -> None:
    """To the agent who took it, before others: theirs already, or preferred for them in the queue."""
    asleep = row.status == "snoozed"
    if not row.is_open:
        row.last_agent_id = agent
        reopen(tx, row)
    elif asleep:
        wake(tx, row, why)
    if row.owner_id is None and (asleep or why == "promise_broken"):
        enqueue(tx, row, why, by="system", prefer=agent)
    settle(tx, row)
    notify(tx, row, row.owner_id or agent, why)


def morning_of(reader: Reader, row: CaseRow, day: date) -> Ms:
    """When the lawful hours of a day begin where the debtor lives; the day itself where it has none."""
    begins = end_of_day(reader, row.debtor_id, day - timedelta(days=1))
    try:
        hours = effective(places_of(get_debtor(reader, row.debtor_id))).hours[row.last_channel or "whatsapp"]
    except (KeyError, ValueError):
        return begins
    opens = next_open(hours, begins, frozenset())
    return begins if opens is None or opens >= end_of_day(reader, row.debtor_id, day) else opens


def _checked(tx: Tx, row: CaseRow, actor: Actor, new: NewPromise) -> PromiseRow:
    book = get_portfolio(tx, row.portfolio_id)
    if not 0 < new.amount.amount <= MOST_MINOR:
        raise Invalid("An amount is a positive number of minor units.", field="amount")
    if new.amount.currency != book.currency:
        raise Invalid(f"This portfolio is kept in {book.currency}.", field="amount.currency")
    if not row.balance_minor:
        raise Invalid("Nothing is owed that could be promised.", field="amount")
    if new.method and new.method not in (*GRACE, "pix", "card", "cash", "spei", "pse", "link", "other"):
        raise Invalid("The method is not one that we know.", field="method")
    today = today_of(tx, row.debtor_id)
    due = a_date(new.due, "due")
    most = DAYS_AHEAD[row.bucket]
    if due < today:
        raise Invalid("A promise lies ahead: this date is past.", field="due", earliest=today.isoformat())
    if due > today + timedelta(days=most):
        latest = (today + timedelta(days=most)).isoformat()
        raise Invalid(f"A promise for this debt lies at most {most} days ahead.", field="due", latest=latest)
    effective_due = next_business_day(due, book.jurisdiction)
    grace = add_business_days(effective_due, GRACE.get(new.method, 1 if new.method else max(GRACE.values())),
                              book.jurisdiction)  # fmt: skip
    morning, last = morning_of(tx, row, effective_due), end_of_day(tx, row.debtor_id, grace)
    return PromiseRow(
        new_id(), row.id, row.debtor_id, row.portfolio_id, new.amount.amount, new.amount.currency, due.isoformat(),
        effective_due.isoformat(), grace.isoformat(), end_of_day(tx, row.debtor_id, effective_due),
        morning if morning > tx.now else last, "open", "", 0, actor.id, tx.now, None,
    )  # fmt: skip


def a_date(text: str, name: str) -> date:
    """A given date. Raises Invalid, naming the field."""
    try:
        return parse_day(text)
    except ValueError:
        raise Invalid("A date is written YYYY-MM-DD.", field=name) from None
