"""What time alone changes: offers end, promises fall due and are judged, instalments missed; receipts lapse, and the
answers to disputes fall due.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import bindparam, select

from console.cases.queries import live, open_case
from console.cases.recount import recount_row
from console.ledger import models
from console.ledger.owed import today_of
from console.negotiation import rows
from console.negotiation.answering import look_at_answer
from console.negotiation.claims import lapse_claim
from console.negotiation.incentives import stands_until
from console.negotiation.plans import end_plan
from console.negotiation.promises import judge_promise
from console.negotiation.rows import InstalmentRow, PlanRow
from console.negotiation.settle import next_check, notify
from console.negotiation.tell import emit, tell
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx

BATCH = 200
GRACE_DAYS = 5  # calendar days until a missed instalment makes a plan late (domain rules 3.5)
BROKEN_DAYS = 30
BROKEN_COUNT = 2


def due(reader: Reader) -> list[tuple[str, str]]:
    """(kind, id) of what has come to its moment: plan, promise, claim, dispute."""
    found = []
    for kind, query in _DUE.items():
        found += [(kind, each) for each in query.all(reader, now=reader.now)]
    return found


def pass_due(tx: Tx, kind: str, row_id: str) -> None:
    """Bring one of them up to date with the clock."""
    if kind == "promise":
        judge_promise(tx, row_id)
    elif kind == "claim":
        lapse_claim(tx, row_id)
    elif kind == "dispute":
        look_at_answer(tx, row_id)
    else:
        _pass_plan(tx, row_id)


def _pass_plan(tx: Tx, plan_id: str) -> None:
    made = rows.one(tx, PlanRow, plan_id)
    if made.check_at is None or made.check_at > tx.now:
        return
    row = live(tx, open_case(tx, made.debtor_id, made.portfolio_id) or made.case_id)
    if made.state == "offered" and (until := stands_until(tx, made)) > tx.now:
        rows.save(tx, made, expires_at=until, check_at=until, updated_at=tx.now)
        emit(tx, row, "plan.updated", made)
        return
    if made.state in ("draft", "needs_approval", "offered"):
        end_plan(tx, row, made, "expired", "", by=None)
        return
    today = today_of(tx, made.debtor_id)
    missed = [each for each in rows.instalments(tx, made.id) if _is_missed(each, today)]
    if _is_broken(missed, today):
        end_plan(tx, row, made, "broken", "", by=None)
        notify(tx, row, row.owner_id or made.by_id, "plan_broken")
        return
    late = any(_days(each, today) > GRACE_DAYS for each in missed)
    turned = late and made.detail != "late"
    rows.save(tx, made, detail="late" if late else made.detail, check_at=next_check(tx, made, made.state),
              updated_at=tx.now)  # fmt: skip
    recount_row(tx, row)
    if turned:
        tell(tx, row, "plan.late", made)
        notify(tx, row, row.owner_id or made.by_id, "plan_late")


def _is_missed(line: InstalmentRow, today: date) -> bool:
    return line.paid_minor < line.amount_minor and date.fromisoformat(line.due) < today


def _is_broken(missed: list[InstalmentRow], today: date) -> bool:
    """Two unpaid beyond their grace, or one for thirty days."""
    beyond = [each for each in missed if _days(each, today) > GRACE_DAYS]
    return len(beyond) >= BROKEN_COUNT or any(_days(each, today) >= BROKEN_DAYS for each in missed)


def _days(line: InstalmentRow, today: date) -> int:
    return (today - date.fromisoformat(line.due)) // timedelta(days=1)


_DUE = {
    kind: Query(
        select(table.c.id).where(table.c.check_at <= bindparam("now")).order_by(table.c.check_at).limit(BATCH), value
    )
    for kind, table in (
        ("plan", models.plan),
        ("promise", models.promise),
        ("claim", models.claim),
        ("dispute", models.dispute),
    )
}
