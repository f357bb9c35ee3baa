"""A plan's life before it is agreed: made, approved or not by somebody with the authority, offered, ended.

draft → needs_approval → draft (approved) → offered → accepted (`accept.py`) → active → fulfilled (`settle.py`)
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.audit.record import record
from console.cases.changed import told
from console.cases.guards import still_open, workable
from console.cases.models import request
from console.cases.queries import CaseRow, RequestRow
from console.cases.recount import recount_row
from console.cases.requests import close_request, raise_request
from console.cases.stop_clock import stop_the_clock
from console.errors import Conflict, Forbidden, Invalid, OwnRequest
from console.ledger.models import instalment
from console.ledger.states import step
from console.negotiation import rows, texts
from console.negotiation.build import Built, PlanWish, build
from console.negotiation.levels import level_of, reaches
from console.negotiation.rows import PlanRow
from console.negotiation.settle import next_check, release
from console.negotiation.tell import tell
from console.negotiation.withdrawn import withdraw_offer
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import Query, add
from console.store.transaction import Tx
from console.supervision.guards import supervised
from console.timeline.add import add_item, revise
from console.timeline.add import tell as tell_item
from console.timeline.queries import find
from console.wire.ids import new_id
from console.wire.shapes import Money

ROUTE = "plans"
_REQUEST = Query(select(request).where(request.c.id == bindparam("id")), RequestRow)


class NewPlan(PlanWish, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/plans."""

    client_id: str
    note: str = ""
    epoch: int | None = None


class Counter(PlanWish, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /plans/{id}/counter: the figures that one would approve."""

    client_id: str
    note: str = ""


def create_plan(tx: Tx, actor: Actor, case_id: str, new: NewPlan) -> tuple[PlanRow, bool]:
    """Make a plan; whether it is new. Beyond one's authority it waits for somebody who has it.

    Raises NotFound, NotOwner, StaleEpoch, Invalid, Conflict.
    """
    must_know(tx, actor, case_id)
    digest = body_hash(new)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest)
    if before is not None:
        return rows.one(tx, PlanRow, before), False
    row = workable(tx, actor, case_id, new.epoch)
    still_open(row)
    made = _store(tx, row, actor, build(tx, actor, row, _plain(new)), note=new.note)
    tell(tx, row, "plan.created", made, by=actor.id)
    if made.state == "needs_approval":
        _ask(tx, row, made, actor, new.note)
    remember(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest, made.id)
    return made, True


def approve_plan(tx: Tx, actor: Actor, plan_id: str) -> PlanRow:
    """Grant it, figures, schedule and expiry as they stand. Raises NotFound, Forbidden, OwnRequest, Conflict."""
    made, row = _deciding(tx, actor, plan_id)
    state = step("plan", made.state, "draft")
    rows.save(tx, made, state=state, detail="approved", approved_by=actor.id, approved_at=tx.now, updated_at=tx.now)
    _decided(tx, row, made, actor, "approved")
    tell(tx, row, "plan.approved", made, by=actor.id)
    return made


def refuse_plan(tx: Tx, actor: Actor, plan_id: str, reason: str) -> PlanRow:
    """Do not grant it; or, by whoever works the case, write down that the debtor does not want it.

    Raises NotFound, Forbidden, OwnRequest, NotOwner, Conflict, Invalid.
    """
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Say why, in at most 500 characters.", field="reason")
    found = rows.one(tx, PlanRow, plan_id)
    if found.state == "needs_approval":
        made, row = _deciding(tx, actor, plan_id)
        _decided(tx, row, made, actor, "refused")
    else:
        made, row = found, workable(tx, actor, found.case_id, None)
    end_plan(tx, row, made, "refused", "" if found.state == "needs_approval" else "by_debtor", by=actor.id,
             reason=reason.strip())  # fmt: skip
    return made


def counter_plan(tx: Tx, actor: Actor, plan_id: str, given: Counter) -> tuple[PlanRow, bool]:
    """Approve other figures in place of those asked for. Raises NotFound, Forbidden, OwnRequest, Invalid, Conflict."""
    found = rows.one(tx, PlanRow, plan_id)
    must_know(tx, actor, found.case_id)
    digest = body_hash(given)
    before = repeated(tx, actor, f"counter:{plan_id}", given.client_id, digest)
    if before is not None:
        return rows.one(tx, PlanRow, before), False
    asked, row = _deciding(tx, actor, plan_id)
    built = build(tx, actor, row, _plain(given))
    if built.needs is not None:
        raise Forbidden(f"These figures need the authority of a {built.needs.role}.")
    end_plan(tx, row, asked, "refused", "countered", by=actor.id, reason=given.note.strip())
    made = _store(tx, row, actor, built, note=given.note, previous=asked.id, by=asked.by_id)
    rows.save(tx, made, approved_by=actor.id, approved_at=tx.now, detail="approved")
    _decided(tx, row, asked, actor, "countered", instead=made.id)
    tell(tx, row, "plan.created", made, by=actor.id, countered=asked.id)
    remember(tx, actor, f"counter:{plan_id}", given.client_id, digest, made.id)
    return made, True


def cancel_plan(tx: Tx, actor: Actor, plan_id: str, reason: str) -> PlanRow:
    """Call it off. Once money came in only a supervisor does. Raises NotFound, NotOwner, Forbidden, Conflict."""
    made = rows.one(tx, PlanRow, plan_id)
    row = workable(tx, actor, made.case_id, None)
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Say why, in at most 500 characters.", field="reason")
    if made.state == "active" and not reaches(actor, "supervisor"):
        raise Forbidden("An agreement in force is called off by a supervisor.")
    end_plan(tx, row, made, "cancelled", "by_hand", by=actor.id, reason=reason.strip())
    return made


def end_plan(tx: Tx, row: CaseRow, made: PlanRow, state: str, detail: str, *, by: str | None, reason: str = "") -> None:
    """It comes to nothing more. What it covered stands for itself again. Raises Conflict for a step there is not."""
    lived = made.state in ("accepted", "active")
    waited = made.state == "needs_approval"
    rows.save(tx, made, state=step("plan", made.state, state), detail=detail, reason=reason or made.reason,
              check_at=None, updated_at=tx.now)  # fmt: skip
    if waited and made.request_id and state != "refused":
        asked = _REQUEST.first(tx, id=made.request_id)
        if asked is not None and asked.state == "open":
            close_request(tx, asked, by)
    if lived:
        release(tx, made)
        stop_the_clock(tx, row.debtor_id, f"plan_{state}")
        recount_row(tx, row)
    else:
        withdraw_offer(tx, made)
    tell(tx, row, f"plan.{state}", made, by=by, reason=reason)


def _plain(body: Any) -> PlanWish:
    return PlanWish(**{name: getattr(body, name) for name in PlanWish.__struct_fields__})


def _store(
    tx: Tx, row: CaseRow, actor: Actor, built: Built, *, note: str, previous: str | None = None, by: str | None = None
) -> PlanRow:
    needs = built.needs
    made = PlanRow(
        new_id(), row.id, row.debtor_id, row.portfolio_id, "needs_approval" if needs else "draft", "", row.currency,
        built.as_of, dump([each.id for each in built.charges]), dump(built.granted), dump(built.wish), built.before,
        built.total, 0, needs.role if needs else "", dump(needs.because if needs else []), built.expires_at,
        by or actor.id, None, None, None, None, None, None, "null", None, previous, note.strip()[:500], None, tx.now,
        tx.now,
    )  # fmt: skip
    made.check_at = next_check(tx, made, made.state)
    rows.store(tx, made)
    for each in built.lines:
        moved = None if each.moved_from is None else each.moved_from.isoformat()
        add(tx, instalment, plan_id=made.id, n=each.n, due=each.due.isoformat(), moved_from=moved,
            amount_minor=each.amount)  # fmt: skip
    tx.wake("clockwork")
    return made


def _ask(tx: Tx, row: CaseRow, made: PlanRow, actor: Actor, note: str) -> None:
    """One request for the supervisors, with the figures, and the same in the lane of whispers."""
    detail = {
        "plan": made.id, "role": made.needs_role, "because": load(made.because), "note": note.strip()[:500],
        "total": Money(made.total_minor, made.currency), "before": Money(made.before_minor, made.currency),
        "schedule": [{"n": each.n, "due": each.due, "amount": Money(each.amount_minor, made.currency)}
                     for each in rows.instalments(tx, made.id)],
        "discounts": load(made.wish)["discounts"], "level": level_of(actor),
    }  # fmt: skip
    asked = raise_request(tx, row, "approval", f"plan:{made.id}", by=actor.id, detail=detail)
    lane = add_item(
        tx, row, "whisper", author=actor.id, text=_words(tx, row, made, note),
        data=dump({"request": {"kind": "approval", "id": asked.id, "plan": made.id, "state": "open", **detail}}),
    )  # fmt: skip
    tell_item(tx, row, lane)
    rows.save(tx, made, request_id=asked.id, whisper_id=lane.id)
    tell(tx, row, "plan.needs_approval", made, by=actor.id, role=made.needs_role)
    told(tx, row)


def _words(tx: Tx, row: CaseRow, made: PlanRow, note: str) -> str:
    """The figures in the portfolio's own language, as a line of the lane."""
    language = get_portfolio(tx, row.portfolio_id).language
    lines = [(each.n, each.due, Money(each.amount_minor, made.currency)) for each in rows.instalments(tx, made.id)]
    figures = texts.schedule_lines(lines, language, short=True)
    return "\n".join(each for each in (note.strip(), figures) if each)


def _deciding(tx: Tx, actor: Actor, plan_id: str) -> tuple[PlanRow, CaseRow]:
    """The plan and its case's live row, for somebody who may decide it: existence, own request, authority, state."""
    made = rows.one(tx, PlanRow, plan_id)
    must_know(tx, actor, made.case_id)
    if made.by_id == actor.id:
        raise OwnRequest
    row = supervised(tx, actor, made.case_id)
    if made.state != "needs_approval":
        raise Conflict("This plan waits for no approval.", state=made.state)
    if not reaches(actor, made.needs_role):
        raise Forbidden(f"This needs the authority of a {made.needs_role}.")
    return made, row


def _decided(tx: Tx, row: CaseRow, made: PlanRow, actor: Actor, outcome: str, instead: str | None = None) -> None:
    """The request is dealt with, and whoever asked reads how, in the lane."""
    asked = _REQUEST.first(tx, id=made.request_id or "")
    if asked is not None and asked.state == "open":
        close_request(tx, asked, actor.id)
    lane = find(tx, made.whisper_id or "")
    if lane is not None:
        data = load(lane.data)
        data["request"] |= {"state": outcome, "by": actor.name, "instead": instead}
        revise(tx, row, lane, data=dump(data))
    record(tx, actor.id, f"plan.{outcome}", f"plan:{made.id}", case_id=row.id, detail={"total": made.total_minor})


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str
