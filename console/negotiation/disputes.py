"""The debtor says that it is not so: what they contest is frozen until somebody has decided (domain rules 3.6)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.audit.record import record
from console.cases.guards import still_open, workable
from console.cases.ownership import enqueue
from console.cases.protect import set_stop
from console.cases.queries import CaseRow
from console.cases.recount import recount_row
from console.cases.requirements import require
from console.cases.stop_clock import stop_the_clock
from console.debtors.queries import get as debtor
from console.errors import Conflict, Forbidden, Invalid
from console.ledger.accrual import ORDER
from console.ledger.allocate import put
from console.ledger.models import charge
from console.ledger.owed import ChargeOwed, charges_of, owed, today_of
from console.ledger.states import step
from console.negotiation import rows, texts
from console.negotiation.answering import answer_day, answered, next_look
from console.negotiation.levels import reaches
from console.negotiation.promises import close_promise
from console.negotiation.rows import DisputeRow
from console.negotiation.say import say
from console.negotiation.settle import Effects, name_of, refresh_plans
from console.negotiation.tell import tell
from console.people.queries import skills_of
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.shapes import Money

ROUTE = "disputes"
REASONS = (
    "not_mine", "identity_theft", "already_paid", "wrong_amount", "service_not_delivered", "cancelled_contract",
    "prescribed", "duplicate", "unauthorised_fee", "other",
)  # fmt: skip
NOTE_CHARS = 2_000
Outcome = Literal["upheld", "partially_upheld", "rejected", "withdrawn"]


class NewDispute(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/disputes. `charges` are ids, or "all"."""

    client_id: str
    charges: list[str] | Literal["all"]
    reason: str
    text: str = ""
    epoch: int | None = None


class Resolution(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST …/disputes/{id}/resolve. `amount`: what is given up, for partially_upheld."""

    outcome: Outcome
    note: str
    amount: Money | None = None


def open_dispute(tx: Tx, actor: Actor, case_id: str, new: NewDispute) -> tuple[DisputeRow, bool]:
    """Freeze what it names; whether it is new. Identity theft stops all collection of the person (domain rules 3.7).

    Raises NotFound, NotOwner, Invalid, Conflict.
    """
    must_know(tx, actor, case_id)
    digest = body_hash(new)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest)
    if before is not None:
        return rows.one(tx, DisputeRow, before), False
    row = workable(tx, actor, case_id, new.epoch)
    still_open(row)
    named = _named(tx, row, new)
    answer_by = answer_day(tx, row, new.reason)[0].isoformat()
    made = DisputeRow(
        new_id(), row.id, row.debtor_id, row.portfolio_id, _reference(), dump([each.id for each in named]),
        int(new.charges == "all"), new.reason, new.text.strip(), "opened", "", answer_by, actor.id, tx.now, None,
        next_look(tx, row.debtor_id, row.portfolio_id, answer_by),
    )  # fmt: skip
    rows.store(tx, made)
    _mark(tx, row, made, frozen=True)
    _stop(tx, row, made, actor)
    tell(tx, row, "dispute.opened", made, by=actor.id)
    if made.reason == "identity_theft":
        set_stop(tx, actor, row, "fraud", made.reason)
    _acknowledge(tx, row, made)
    recount_row(tx, row)
    _to_specialist(tx, row)
    remember(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest, made.id)
    return made, True


def move_dispute(tx: Tx, actor: Actor, dispute_id: str, state: str, note: str = "") -> DisputeRow:
    """Ask for documents (info_requested), take it up (under_review), or open a rejected one again (reopened), once."""
    made = rows.one(tx, DisputeRow, dispute_id)
    row = workable(tx, actor, made.case_id, None)
    if state not in ("info_requested", "under_review", "reopened"):
        raise Invalid("A dispute moves to info_requested, under_review or reopened; resolve it otherwise.",
                      field="state")  # fmt: skip
    if len(note) > NOTE_CHARS:
        raise Invalid(f"A note has at most {NOTE_CHARS} characters.", field="note")
    if state == "reopened" and "reopened" in made.note.split("\n"):
        raise Conflict("A dispute is opened again once.", state=made.state)
    kept = "\n".join(each for each in (made.note, "reopened" if state == "reopened" else "", note.strip()) if each)
    rows.save(tx, made, state=step("dispute", made.state, state), note=kept, closed_at=None)
    if state == "reopened":
        answer_by = answer_day(tx, row, made.reason)[0].isoformat()
        rows.save(tx, made, answer_by=answer_by, check_at=next_look(tx, row.debtor_id, row.portfolio_id, answer_by))
        _mark(tx, row, made, frozen=True)
        stop_the_clock(tx, row.debtor_id, "dispute")
        recount_row(tx, row)
    tell(tx, row, "dispute.updated", made, by=actor.id, state=state)
    return made


def resolve_dispute(tx: Tx, actor: Actor, case_id: str, dispute_id: str, given: Resolution) -> DisputeRow:
    """Decide it. What is upheld is taken off the debt, which a supervisor's authority decides.

    Raises NotFound, NotOwner, Forbidden, Conflict, Invalid.
    """
    row = workable(tx, actor, case_id, None)
    made = rows.one(tx, DisputeRow, dispute_id)
    if made.debtor_id != row.debtor_id or made.portfolio_id != row.portfolio_id:
        raise Invalid("That dispute is not of this case.", field="id")
    if not given.note.strip() or len(given.note) > NOTE_CHARS:
        raise Invalid(f"Say how it was decided, in at most {NOTE_CHARS} characters.", field="note")
    gives_up = given.outcome in ("upheld", "partially_upheld")
    if gives_up and not reaches(actor, "supervisor"):
        raise Forbidden("Taking a debt back needs a supervisor's authority.")
    state = step("dispute", made.state, given.outcome)
    if gives_up:
        _waive(tx, row, made, given, actor.id)
    rows.save(tx, made, state=state, note="\n".join(each for each in (made.note, given.note.strip()) if each),
              closed_at=tx.now, check_at=None)  # fmt: skip
    _mark(tx, row, made, frozen=False)
    answered(tx, row, actor.id)
    refresh_plans(tx, row.debtor_id, row.portfolio_id, row, Effects())
    recount_row(tx, row)
    record(tx, actor.id, "dispute.resolved", f"dispute:{made.id}", case_id=row.id, detail={"outcome": given.outcome})
    tell(tx, row, "dispute.resolved", made, by=actor.id, outcome=given.outcome)
    return made


def disputed_ids(tx: Tx, row: CaseRow) -> set[str]:
    """Charges under an open dispute."""
    found = rows.open_disputes(tx, row.debtor_id, row.portfolio_id)
    return {each for dispute in found for each in load(dispute.charges)}


def _named(tx: Tx, row: CaseRow, new: NewDispute) -> list[ChargeOwed]:
    if new.reason not in REASONS:
        raise Invalid(f"The reason is one of {', '.join(REASONS)}.", field="reason")
    if len(new.text) > 4_000:
        raise Invalid("A text has at most 4000 characters.", field="text")
    open_ones = {each.id: each for each in owed(tx, row.debtor_id, row.portfolio_id).charges if each.total > 0}
    if new.charges == "all":
        named = list(open_ones.values())
    elif unknown := [each for each in new.charges if each not in open_ones]:
        raise Invalid("That is not an open charge of this debtor.", field="charges", charges=unknown)
    else:
        named = [open_ones[each] for each in dict.fromkeys(new.charges)]
    if not named:
        raise Invalid("Name at least one open charge.", field="charges")
    if already := sorted(disputed_ids(tx, row) & {each.id for each in named}):
        raise Conflict("A charge is disputed already.", charges=already)
    return named


def _reference() -> str:
    """Short enough to be read out: the last letters of a new id."""
    return f"D{new_id()[-8:].upper()}"


def _mark(tx: Tx, row: CaseRow, made: DisputeRow, *, frozen: bool) -> None:
    ids = set(load(made.charges))
    for each in charges_of(tx, row.debtor_id, row.portfolio_id):
        if each.id in ids:
            overlays = {name for name in load(each.overlays) if name != "DISPUTED"} | (
                {"DISPUTED"} if frozen else set()
            )
            change(tx, charge, {"id": each.id}, overlays=dump(sorted(overlays)))


def _stop(tx: Tx, row: CaseRow, made: DisputeRow, actor: Actor) -> None:
    """Offers and promises about what is contested rest, and everything planned is called off."""
    stop_the_clock(tx, row.debtor_id, "dispute")
    frozen = set(load(made.charges))
    for plan in rows.open_offers(tx, row.debtor_id, row.portfolio_id):
        if frozen & set(load(plan.charges)):
            rows.save(tx, plan, state=step("plan", plan.state, "cancelled"), detail="dispute", check_at=None,
                      updated_at=tx.now)  # fmt: skip
            tell(tx, row, "plan.cancelled", plan, by=actor.id)
    promise = rows.open_promise(tx, row.debtor_id, row.portfolio_id)
    if promise is not None and made.every:
        close_promise(tx, row, promise, "cancelled", "dispute", by=actor.id)


def _to_specialist(tx: Tx, row: CaseRow) -> None:
    """The case needs the skill; who lacks it gives it back to the queue, for somebody who has it."""
    require(tx, row, get_portfolio(tx, row.portfolio_id), debtor(tx, row.debtor_id), channel=row.last_channel or "",
            words="")  # fmt: skip
    needed = {each["skill"]: each["level"] for each in load(row.skills)}
    if row.owner_id is not None and "dispute" in needed and row.taken_over_by is None:
        if all(each.skill != "dispute" for each in skills_of(tx, row.owner_id)):
            enqueue(tx, row, "dispute", by="system")
    tx.wake("assigner")


def _acknowledge(tx: Tx, row: CaseRow, made: DisputeRow) -> None:
    language = debtor(tx, row.debtor_id).language
    book = get_portfolio(tx, row.portfolio_id)
    text = texts.in_tongue(texts.DISPUTED, language).format(
        name=name_of(tx, row.debtor_id), reference=made.reference, until=texts.day(made.answer_by, language),
        creditor=load(book.creditor).get("name") or book.name,
    )  # fmt: skip
    say(tx, row, (text,), purpose="reply", why="dispute", kind="acknowledgement")


def _waive(tx: Tx, row: CaseRow, made: DisputeRow, given: Resolution, by: str) -> None:
    named = [each for each in owed(tx, row.debtor_id, row.portfolio_id).charges if each.id in load(made.charges)]
    whole = sum(max(each.total, 0) for each in named)
    left = whole
    if given.outcome == "partially_upheld":
        if given.amount is None or not 0 < given.amount.amount < whole or given.amount.currency != row.currency:
            raise Invalid("Say how much is given up: more than nothing and less than what is contested.",
                          field="amount", most=whole)  # fmt: skip
        left = given.amount.amount
    by_id = {each.id: each for each in charges_of(tx, row.debtor_id, row.portfolio_id)}
    today = today_of(tx, row.debtor_id)
    for each in named:
        for component in ORDER:
            part = min(left, max(each.open[component], 0))
            if part:
                put(tx, by_id[each.id], "waiver", component, part, today, by=by)
                left -= part
