"""What protects a person from being collected: stops of the law, and holds out of care. Set by many, lifted by few.

A stop (deceased, minor, fraud, cease_contact, insolvency, represented) holds for the person and is lifted by compliance
alone. A hold (distress, hardship, vulnerable, deceased while it is only said, legal, time_barred) stops machines at
once; a person may go on writing with care, and a supervisor lifts it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from console.access.actor import Actor
from console.audit.record import record
from console.cases.changed import told
from console.cases.guards import known, still_open, workable
from console.cases.queries import CaseRow, live, of_debtor
from console.cases.requests import raise_request
from console.cases.requirements import require_care
from console.cases.specialist import to_specialist
from console.cases.stop_clock import stop_the_clock
from console.debtors import queries as debtors
from console.debtors.consents import log_consent
from console.debtors.models import debtor
from console.debtors.resolve import hold
from console.errors import Conflict, Invalid
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.add import add_event

StopName = Literal["deceased", "minor", "fraud", "cease_contact", "insolvency", "represented"]
HoldName = Literal["distress", "hardship", "vulnerable", "deceased", "legal", "time_barred"]
ALARMING = frozenset({"distress", "hardship", "vulnerable", "deceased"})
REASON_CHARS = 500


class StopBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` says where it is known from: the debtor's words, a document, a relative. No diagnosis, no names."""

    stop: StopName
    reason: str
    epoch: int | None = None


class HoldBody(Struct, frozen=True, forbid_unknown_fields=True):
    hold: HoldName
    reason: str
    epoch: int | None = None


class LiftBody(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


def place_stop(tx: Tx, actor: Actor, case_id: str, given: StopBody) -> CaseRow:
    """Nothing leaves to this person any more, in any case of theirs. Raises Conflict when it stands already."""
    row = workable(tx, actor, case_id, given.epoch)
    still_open(row)
    reason = _reason(given.reason)
    if not set_stop(tx, actor, row, given.stop, reason):
        raise Conflict("This stop stands already.", stop=given.stop)
    return row


def set_stop(tx: Tx, actor: Actor, row: CaseRow, name: StopName, reason: str) -> bool:
    """The same as part of another act, whose rights are checked; False when it stands already."""
    person = debtors.get(tx, row.debtor_id)
    stops = load(person.stops)
    if any(each["stop"] == name for each in stops):
        return False
    stops.append({"stop": name, "at": tx.now, "by": actor.id, "until": None})
    change(tx, debtor, {"id": person.id}, stops=dump(stops), updated_at=tx.now)
    if name == "cease_contact":
        log_consent(tx, person.id, "ceased", source="agent", by=actor.id)
    stop_the_clock(tx, person.id, name, by=actor.id)
    _tell_all(tx, row.debtor_id, "stop.placed", {"stop": name, "reason": reason}, actor)
    record(tx, actor.id, "stop.placed", f"debtor:{person.id}", case_id=row.id, detail={"stop": name})
    return True


def lift_stop(tx: Tx, actor: Actor, case_id: str, stop: str, given: LiftBody) -> CaseRow:
    """Compliance lifts a stop, and says why. Raises Invalid when it does not stand."""
    row = known(tx, actor, case_id, "compliance")
    reason = _reason(given.reason)
    person = debtors.get(tx, row.debtor_id)
    left = [each for each in load(person.stops) if each["stop"] != stop]
    if len(left) == len(load(person.stops)):
        raise Invalid("This stop does not stand.", field="stop")
    change(tx, debtor, {"id": person.id}, stops=dump(left), updated_at=tx.now)
    if stop == "cease_contact":
        log_consent(tx, person.id, "cease_lifted", source="compliance", by=actor.id)
    _tell_all(tx, row.debtor_id, "stop.lifted", {"stop": stop, "reason": reason}, actor)
    record(tx, actor.id, "stop.lifted", f"debtor:{person.id}", case_id=row.id, detail={"stop": stop, "reason": reason})
    return row


def place_hold(tx: Tx, actor: Actor, case_id: str, given: HoldBody) -> CaseRow:
    """Collection of this person stands still. Out of care a supervisor is called at once, and every open case of theirs
    asks for a specialist and goes to one who is there.
    """
    row = workable(tx, actor, case_id, given.epoch)
    still_open(row)
    if given.hold in ("legal", "time_barred"):
        actor.must_be("supervisor")
    reason = _reason(given.reason)
    if given.hold in load(row.holds):
        raise Conflict("This hold stands already.", hold=given.hold)
    person = debtors.get(tx, row.debtor_id)
    names = hold(tx, person, given.hold, actor.id)
    for each in of_debtor(tx, row.debtor_id):
        mine = live(tx, each.id)
        if mine.is_open:
            mine.holds = dump(sorted({*load(mine.holds), *names}))
    stop_the_clock(tx, row.debtor_id, given.hold, by=actor.id)
    _tell_all(tx, row.debtor_id, "hold.placed", {"hold": given.hold, "reason": reason}, actor)
    if given.hold in ALARMING:
        raise_request(tx, row, "alarm", given.hold, by=actor.id, detail={"reason": reason})
        _call_specialist(tx, row.debtor_id, given.hold)
    record(tx, actor.id, "hold.placed", f"debtor:{row.debtor_id}", case_id=row.id, detail={"hold": given.hold})
    return row


def lift_hold(tx: Tx, actor: Actor, case_id: str, name: str, given: LiftBody) -> CaseRow:
    """A supervisor or compliance lifts a hold, and says why. Raises Invalid when it does not stand."""
    row = known(tx, actor, case_id, "supervisor", "compliance")
    reason = _reason(given.reason)
    if name not in load(row.holds):
        raise Invalid("This hold does not stand.", field="hold")
    person = debtors.get(tx, row.debtor_id)
    left = [each for each in load(person.holds) if each["hold"] != name]
    change(tx, debtor, {"id": person.id}, holds=dump(left), updated_at=tx.now)
    for each in of_debtor(tx, row.debtor_id):
        mine = live(tx, each.id)
        if mine.is_open:
            mine.holds = dump([held for held in load(mine.holds) if held != name])
    _tell_all(tx, row.debtor_id, "hold.lifted", {"hold": name, "reason": reason}, actor)
    record(tx, actor.id, "hold.lifted", f"debtor:{person.id}", case_id=row.id, detail={"hold": name, "reason": reason})
    return row


def _call_specialist(tx: Tx, debtor_id: str, name: str) -> None:
    """Every open case of the person says what it needs, and goes where that is."""
    person = debtors.get(tx, debtor_id)
    for each in of_debtor(tx, debtor_id):
        row = live(tx, each.id)
        if row.is_open:
            needs = require_care(tx, row, get_portfolio(tx, row.portfolio_id), person, name)
            to_specialist(tx, row, name, needs)


def _tell_all(tx: Tx, debtor_id: str, name: str, data: dict[str, str], actor: Actor) -> None:
    """Every open thread of the person says it."""
    for each in of_debtor(tx, debtor_id):
        row = live(tx, each.id)
        if row.is_open:
            add_event(tx, row, name, data, author=actor.id)
            told(tx, row)


def _reason(text: str) -> str:
    if not text.strip() or len(text) > REASON_CHARS:
        raise Invalid(f"Say why, in at most {REASON_CHARS} characters.", field="reason")
    return text.strip()
