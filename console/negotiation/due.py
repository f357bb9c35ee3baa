"""What time alone changes: offers end, promises fall due and are judged, instalments missed; receipts lapse, and the
answers to disputes fall due.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.cases.queries import CaseRow, live, open_case
from console.cases.recount import recount_row
from console.ledger import models
from console.ledger.owed import today_of
from console.negotiation import rows
from console.negotiation.answering import look_at_answer
from console.negotiation.claims import lapse_claim
from console.negotiation.incentives import stands_until
from console.negotiation.lateness import Lateness, ask_agent, give_notice
from console.negotiation.missed import beyond_grace, is_over, missed_of
from console.negotiation.plans import end_plan
from console.negotiation.promises import judge_promise
from console.negotiation.rows import InstalmentRow, PlanRow
from console.negotiation.settle import next_check, notify
from console.negotiation.tell import emit, tell
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx

BATCH = 200


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
    _look_at_instalments(tx, row, made)


def _look_at_instalments(tx: Tx, row: CaseRow, made: PlanRow) -> None:
    """A living agreement on a new day: in time, late, or at its end, which does not come without a notice before it."""
    today = today_of(tx, made.debtor_id)
    missed = missed_of(rows.instalments(tx, made.id), today)
    late = beyond_grace(missed, today)
    turned = bool(late) and made.detail != "late"
    told = Lateness(tx, made, late) if late else None
    if told and is_over(missed, today) and told.is_noticed():
        end_plan(tx, row, made, "broken", "", by=None)
        notify(tx, row, row.owner_id or made.by_id, "plan_broken")
        return
    if told:
        give_notice(tx, row, told, today, first=turned)
    rows.save(tx, made, detail="late" if late else made.detail, check_at=next_check(tx, made, made.state),
              updated_at=tx.now)  # fmt: skip
    recount_row(tx, row)
    if turned:
        tell(tx, row, "plan.late", made)
        notify(tx, row, row.owner_id or made.by_id, "plan_late")
    elif told:
        _ask_for_notice(tx, row, made, late, is_ending=is_over(missed, today))


def _ask_for_notice(tx: Tx, row: CaseRow, made: PlanRow, late: list[InstalmentRow], *, is_ending: bool) -> None:
    """Once: when one failed to arrive, or when the agreement would end but for the notice."""
    told = Lateness(tx, made, late)
    if told.needs_agent() and not told.was_asked() and (is_ending or not told.untold()):
        ask_agent(tx, row, made)


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
