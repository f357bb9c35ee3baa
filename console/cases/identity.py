"""Is this the right person? Two checks passed open the full detail for an hour; three failed in a day lock it.

Source: domain rules 3.7. What was asked and answered is never stored, only its kind and whether it held.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.audit.record import record
from console.cases.changed import told, with_contact_points
from console.cases.guards import still_open, workable
from console.cases.models import case
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.debtors.models import contact_point
from console.errors import Conflict, Invalid
from console.gate.guard import checkable
from console.gate.points import SESSION_MS
from console.store.base import load
from console.store.statement import Query, change
from console.store.transaction import Reader, Tx
from console.timeline.add import add_event
from console.timeline.models import item
from console.wire.moment import DAY, Ms, rfc3339

NEEDED, TRIES = 2, 3
Kind = Literal["document_digits", "birth_date", "last_payment", "product", "one_time_code", "portal"]
FAILED = "identity.failed"

_SINCE = Query(
    select(item.c.at, item.c.data)
    .join(case, case.c.id == item.c.case_id)
    .where(case.c.debtor_id == bindparam("debtor_id"), item.c.kind == "event", item.c.at > bindparam("since"))
    .order_by(item.c.at),
    lambda at, data: (at, load(data)),
)


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    kind: Kind
    passed: bool


class Checks(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /cases/{id}/identity."""

    checks: list[Check]
    epoch: int | None = None


def check_identity(tx: Tx, actor: Actor, case_id: str, given: Checks) -> CaseRow:
    """Write down what was checked, and what follows of it. Raises Conflict while the debtor is locked."""
    row = workable(tx, actor, case_id, given.epoch)
    still_open(row)
    if not 1 <= len(given.checks) <= 5 or len({each.kind for each in given.checks}) < len(given.checks):
        raise Invalid("Give one to five checks, each kind once.", field="checks")
    before = must_be_checkable(tx, row)
    failed = [each.kind for each in given.checks if not each.passed]
    passed = [each.kind for each in given.checks if each.passed]
    for kind in failed:
        add_event(tx, row, FAILED, {"kind": kind}, author=actor.id)
    if len(before) + len(failed) >= TRIES:
        add_event(tx, row, "identity.locked", {"until": rfc3339(tx.now + DAY)}, author=actor.id)
        row.disclosure, row.disclosure_until = 0, None
    elif len(passed) >= NEEDED:
        _open(tx, row, passed, actor)
    record(tx, actor.id, "identity.checked", f"debtor:{row.debtor_id}", case_id=row.id,
           detail={"passed": passed, "failed": failed})  # fmt: skip
    told(tx, row)
    return row


def must_be_checkable(reader: Reader, row: CaseRow) -> list[Ms]:
    """When checks failed lately. Raises Conflict while the debtor is locked, and where somebody else writes, of whom
    the debtor's data say nothing.
    """
    before = failures(reader, row.debtor_id)
    if len(before) >= TRIES:
        raise Conflict("Three checks failed within a day.", until=rfc3339(before[-TRIES] + DAY))
    point = debtors.find_point(reader, row.last_contact_point_id or "")
    if not checkable(debtors.get(reader, row.debtor_id), point):
        raise Conflict("Whoever wrote last is not the debtor: nothing proves who they are.", reason="THIRD_PARTY")
    return before


def failures(reader: Reader, debtor_id: str) -> list[Ms]:
    """When checks of this person failed within the last 24 hours."""
    found = _SINCE.all(reader, debtor_id=debtor_id, since=reader.now - DAY)
    return [at for at, data in found if data.get("name") == FAILED]


def _open(tx: Tx, row: CaseRow, passed: list[Kind], actor: Actor) -> None:
    row.disclosure, row.disclosure_until = 2, tx.now + SESSION_MS
    if row.last_contact_point_id is not None:
        change(tx, contact_point, {"id": row.last_contact_point_id}, verified=1, verified_at=tx.now,
               disclosure=1)  # fmt: skip
        with_contact_points(tx, row)
    data = {"kinds": passed, "until": rfc3339(row.disclosure_until)}
    add_event(tx, row, "identity.verified", data, author=actor.id)
