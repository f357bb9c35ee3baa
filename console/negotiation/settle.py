"""What follows when money moved: plan, promise, balance, case and everything planned, in the same transaction.

Nothing here is counted up: every figure is read anew from the ledger, so that a reversal is the same act backwards.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct, field

from console.access.audience import user_topic
from console.cases.changed import told
from console.cases.queries import CaseRow
from console.cases.recount import recount_row
from console.cases.stop_clock import stop_the_clock
from console.cases.work import close
from console.debtors.queries import get
from console.ledger.allocate import discounts_of, paid_into, put
from console.ledger.models import charge, instalment
from console.ledger.owed import ChargeRow, charges_of, date_of, end_of_day, every_charge, owed, today_of
from console.ledger.promised import verdict
from console.ledger.states import LIVE_PLAN, step
from console.negotiation import rows
from console.negotiation.missed import beyond_grace, missed_of
from console.negotiation.rows import PaymentRow, PlanRow, PromiseRow
from console.negotiation.tell import emit, tell
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx
from console.wire.moment import Ms


class Effects(Struct):
    """What a movement of money ended."""

    messages: int = 0
    promises: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    case: str | None = None


def money_came(tx: Tx, debtor_id: str, portfolio_id: str, row: CaseRow | None, *, by: str | None) -> Effects:
    """Bring everything up to date after a payment. `row`: the open case's live row, if there is one."""
    done = Effects()
    refresh_plans(tx, debtor_id, portfolio_id, row, done)
    _refresh_promise(tx, debtor_id, portfolio_id, row, done)
    done.messages = stop_the_clock(tx, debtor_id, "payment", by=by)
    if row is None:
        return done
    recount_row(tx, row)
    if row.balance_minor == 0 and row.waiting_since is None:  # whoever waits for an answer still gets one
        close(tx, row, "paid", by)
        done.case = row.id
    return done


def refresh_plans(tx: Tx, debtor_id: str, portfolio_id: str, row: CaseRow | None, done: Effects) -> None:
    """Plans as the money paid into them makes them."""
    for plan in rows.all_of(tx, PlanRow, debtor_id, portfolio_id):
        if plan.state in LIVE_PLAN or (plan.state == "fulfilled" and paid_into(tx, plan.id) < plan.total_minor):
            _refresh(tx, plan, row, done)
        elif plan.state == "offered" and row is not None:
            _superseded(tx, plan, row)


def spread(tx: Tx, plan: PlanRow) -> int:
    """Write down which instalments are paid, oldest first; what was paid into the plan in all."""
    paid = paid_into(tx, plan.id)
    left = paid
    for line in rows.instalments(tx, plan.id):
        part = min(left, line.amount_minor)
        left -= part
        if part != line.paid_minor:
            change(tx, instalment, {"plan_id": plan.id, "n": line.n}, paid_minor=part)
    return paid


def release(tx: Tx, plan: PlanRow) -> None:
    """The charges stand for themselves again, with everything that would have arisen meanwhile."""
    for each in charges_of(tx, plan.debtor_id, plan.portfolio_id):
        if each.plan_id == plan.id:
            overlays = [name for name in load(each.overlays) if name != "PLAN"]
            change(tx, charge, {"id": each.id}, plan_id=None, frozen_on=None, granted="{}", overlays=dump(overlays))


def bind(tx: Tx, plan: PlanRow) -> None:
    """The plan stands in place of its charges: nothing accrues on them while it lives."""
    granted = dict(zip(load(plan.charges), load(plan.granted), strict=True))
    for each in charges_of(tx, plan.debtor_id, plan.portfolio_id):
        if each.id in granted:
            overlays = sorted({*load(each.overlays), "PLAN"})
            change(
                tx, charge, {"id": each.id}, plan_id=plan.id, frozen_on=plan.as_of, granted=dump(granted[each.id]),
                overlays=dump(overlays),
            )  # fmt: skip


def _refresh(tx: Tx, plan: PlanRow, row: CaseRow | None, done: Effects) -> None:
    before = plan.state
    paid = spread(tx, plan)
    lines = rows.instalments(tx, plan.id)
    down = next((each.amount_minor for each in lines if each.n == 0), 0)
    state, detail = plan.state, plan.detail
    if plan.state == "fulfilled":
        state, detail = step("plan", plan.state, "active"), ""
        _take_discounts_back(tx, plan)
        bind(tx, plan)
    elif plan.state == "accepted" and paid >= down:
        state, detail = step("plan", plan.state, "active"), ""
    if state == "active" and paid >= plan.total_minor:
        state, detail = step("plan", state, "fulfilled"), ""
        release(tx, plan)
        _grant(tx, plan)
    today = today_of(tx, plan.debtor_id)
    if detail == "late" and not beyond_grace(missed_of(lines, today), today):
        detail = ""
    rows.save(
        tx, plan, state=state, detail=detail, paid_minor=paid, updated_at=tx.now, check_at=next_check(tx, plan, state)
    )
    if state == "fulfilled":
        done.plans.append(plan.id)
    if row is not None:
        tell(tx, row, f"plan.{state}", plan) if state != before else emit(tx, row, "plan.updated", plan)


def next_check(tx: Tx, plan: PlanRow, state: str) -> Ms | None:
    """When time alone may change the plan: an offer at its expiry, a living plan after the day of what is unpaid."""
    if state in ("draft", "needs_approval", "offered"):
        return plan.expires_at
    if state not in LIVE_PLAN:
        return None
    today = today_of(tx, plan.debtor_id)
    unpaid = [each.due for each in rows.instalments(tx, plan.id) if each.paid_minor < each.amount_minor]
    return end_of_day(tx, plan.debtor_id, max(today, date.fromisoformat(min(unpaid)))) if unpaid else None


def _grant(tx: Tx, plan: PlanRow) -> None:
    """A discount enters the books when the plan is fulfilled, not before (domain rules 3.5)."""
    today = today_of(tx, plan.debtor_id)
    by_id = every_charge(tx, plan.debtor_id, plan.portfolio_id)
    for charge_id, granted in zip(load(plan.charges), load(plan.granted), strict=True):
        for component, amount in granted.items():
            if amount:
                put(tx, by_id[charge_id], "discount", component, amount, _stood(plan, today), plan_id=plan.id)
    _waive_remainder(tx, plan, by_id, today)


def _stood(plan: PlanRow, today: date) -> date:
    """Discounts count from the day for which the plan was reckoned, so that nothing accrued on them since."""
    return min(date.fromisoformat(plan.as_of), today)


def _waive_remainder(tx: Tx, plan: PlanRow, by_id: dict[str, ChargeRow], today: date) -> None:
    """What would have arisen while the plan lived is given up with it."""
    for each in owed(tx, plan.debtor_id, plan.portfolio_id, today).charges:
        if each.id in load(plan.charges):
            for component, amount in each.open.items():
                if amount > 0:
                    put(tx, by_id[each.id], "discount", component, amount, today, plan_id=plan.id)


def _take_discounts_back(tx: Tx, plan: PlanRow) -> None:
    by_id = every_charge(tx, plan.debtor_id, plan.portfolio_id)
    for each in discounts_of(tx, plan.id):
        put(
            tx, by_id[each.charge_id], "discount", each.component, -each.amount_minor,
            date.fromisoformat(each.value_date), plan_id=plan.id,
        )  # fmt: skip


def _superseded(tx: Tx, plan: PlanRow, row: CaseRow) -> None:
    """An offer was reckoned on a balance that is no longer true."""
    rows.save(tx, plan, state=step("plan", plan.state, "cancelled"), detail="payment", updated_at=tx.now, check_at=None)
    tell(tx, row, "plan.cancelled", plan)


def _refresh_promise(tx: Tx, debtor_id: str, portfolio_id: str, row: CaseRow | None, done: Effects) -> None:
    promise = rows.open_promise(tx, debtor_id, portfolio_id)
    if promise is None:
        return
    paid = paid_for(tx, promise)
    state, detail = verdict(promise.amount_minor, paid, promise.currency, over=False)
    if state == "open":
        if paid != promise.paid_minor:
            rows.save(tx, promise, paid_minor=paid)
            if row is not None:
                emit(tx, row, "promise.updated", promise)
        return
    rows.save(tx, promise, state=step("promise", promise.state, state), detail=detail, paid_minor=paid,
              closed_at=tx.now, check_at=None)  # fmt: skip
    done.promises.append(promise.id)
    if row is not None:
        tell(tx, row, f"promise.{state}", promise)
        notify(tx, row, promise.by_id, f"promise_{state}")


def paid_for(tx: Tx, promise: PromiseRow) -> int:
    """Confirmed money that was told after the promise, with a value date from its day to its last day of grace."""
    since = date_of(tx, promise.debtor_id, promise.created_at).isoformat()
    return sum(
        each.amount_minor
        for each in rows.all_of(tx, PaymentRow, promise.debtor_id, promise.portfolio_id)
        if each.state == "confirmed"
        and each.created_at >= promise.created_at
        and since <= each.value_date <= promise.grace_until
    )


def notify(tx: Tx, row: CaseRow, user_id: str | None, kind: str) -> None:
    """Tell one user, wherever they are in the product."""
    if user_id and user_id != "system":
        tx.emit("notice.created", topics=[user_topic(user_id)], data={"kind": kind, "id": row.id}, case=row.id)
    told(tx, row)


def name_of(reader: Reader, debtor_id: str) -> str:
    """How one speaks to a debtor: a person's first name, a company's whole."""
    person = get(reader, debtor_id)
    return person.name if person.kind == "company" else person.name.split()[0] if person.name.split() else ""


def reopen_promise(tx: Tx, made: PaymentRow, row: CaseRow | None) -> None:
    """A promise that this payment had kept is open again, if its days are not over; else it stays as it was told."""
    for promise in rows.all_of(tx, PromiseRow, str(made.debtor_id), made.portfolio_id):
        if promise.state != "kept" or promise.closed_at is None or promise.closed_at < made.created_at:
            continue
        last = end_of_day(tx, promise.debtor_id, date.fromisoformat(promise.grace_until))
        if paid_for(tx, promise) < promise.amount_minor and last > tx.now:
            rows.save(tx, promise, state=step("promise", promise.state, "open"), closed_at=None, check_at=last,
                      paid_minor=paid_for(tx, promise))  # fmt: skip
            if row is not None:
                emit(tx, row, "promise.updated", promise)
