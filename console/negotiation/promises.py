"""A promise to pay: a date and an amount, no contract (domain rules 3.6). A broken one comes back to its agent."""

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
from console.cases.work import wake
from console.errors import Invalid
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
from console.store.transaction import Tx
from console.wire.ids import new_id
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
    """Its days of grace are over: kept, or broken and back with its agent."""
    made = rows.one(tx, PromiseRow, promise_id)
    if made.state != "open" or made.check_at is None or made.check_at > tx.now:
        return
    state, detail = verdict(made.amount_minor, paid_for(tx, made), made.currency, over=True)
    row = live(tx, open_case(tx, made.debtor_id, made.portfolio_id) or made.case_id)
    close_promise(tx, row, made, state, detail, by="system")
    if state == "broken":
        _come_back(tx, row, made.by_id)
    recount_row(tx, row)


def _come_back(tx: Tx, row: CaseRow, agent: str) -> None:
    """To the agent who took it, before others: theirs already, or preferred for them in the queue."""
    row.priority = max(row.priority, "high", key=URGENCY.index)
    if not row.is_open:
        row.last_agent_id = agent
        reopen(tx, row)
    elif row.status == "snoozed":
        wake(tx, row, "promise_broken")
    if row.owner_id is None:
        enqueue(tx, row, "promise_broken", by="system", prefer=agent)
    notify(tx, row, row.owner_id or agent, "promise_broken")


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
    effective = next_business_day(due, book.jurisdiction)
    grace = add_business_days(effective, GRACE.get(new.method, 1 if new.method else max(GRACE.values())),
                              book.jurisdiction)  # fmt: skip
    return PromiseRow(
        new_id(), row.id, row.debtor_id, row.portfolio_id, new.amount.amount, new.amount.currency, due.isoformat(),
        effective.isoformat(), grace.isoformat(), end_of_day(tx, row.debtor_id, effective),
        end_of_day(tx, row.debtor_id, grace), "open", "", 0, actor.id, tx.now, None,
    )  # fmt: skip


def a_date(text: str, name: str) -> date:
    """A given date. Raises Invalid, naming the field."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid("A date is written YYYY-MM-DD.", field=name) from None
    if found.isoformat() != text:
        raise Invalid("A date is written YYYY-MM-DD.", field=name)
    return found
