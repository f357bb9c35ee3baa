"""Is this the right person? Two checks passed open the full detail for an hour; three failed in a day lock it.

Source: domain rules 3.7. What was asked and answered is never stored, only its kind, the address and whether it held.
A check is of the debtor, at an address of their own that it names: whoever happens to write meanwhile gains nothing by
it (docs/decisions/0033).
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
from console.debtors.queries import PointRow
from console.errors import Conflict, Invalid
from console.gate.points import SESSION_MS, recipient_of
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
    """The body of POST /cases/{id}/identity: what was asked at which address of the debtor's own."""

    checks: list[Check]
    epoch: int | None = None
    contact_point: str | None = None


def check_identity(tx: Tx, actor: Actor, case_id: str, given: Checks) -> CaseRow:
    """Write down what was checked, and what follows of it. Raises Conflict while the debtor is locked, Invalid where
    the address is none that can be checked.
    """
    row = workable(tx, actor, case_id, given.epoch)
    still_open(row)
    if not 1 <= len(given.checks) <= 5 or len({each.kind for each in given.checks}) < len(given.checks):
        raise Invalid("Give one to five checks, each kind once.", field="checks")
    before, point = must_be_checkable(tx, row, given.contact_point)
    at = {"contact_point": point.id} if point is not None else {}
    failed = [each.kind for each in given.checks if not each.passed]
    passed = [each.kind for each in given.checks if each.passed]
    for kind in failed:
        add_event(tx, row, FAILED, {"kind": kind, **at}, author=actor.id)
    if len(before) + len(failed) >= TRIES:
        add_event(tx, row, "identity.locked", {"until": rfc3339(tx.now + DAY)}, author=actor.id)
        row.disclosure, row.disclosure_until = 0, None
    elif len(passed) >= NEEDED:
        _open(tx, row, point, passed, actor)
    record(tx, actor.id, "identity.checked", f"debtor:{row.debtor_id}", case_id=row.id,
           detail={"passed": passed, "failed": failed, **at})  # fmt: skip
    told(tx, row)
    return row


def must_be_checkable(reader: Reader, row: CaseRow, named: str | None) -> tuple[list[Ms], PointRow | None]:
    """When checks failed lately, and the address that is checked. Raises Conflict while the debtor is locked, Invalid
    naming `contact_point` where that is no address of the debtor's own, or none is named and it could be another.
    """
    before = failures(reader, row.debtor_id)
    if len(before) >= TRIES:
        raise Conflict("Three checks failed within a day.", until=rfc3339(before[-TRIES] + DAY))
    return before, _unnamed(reader, row) if named is None else _named(reader, row, named)


def _named(reader: Reader, row: CaseRow, point_id: str) -> PointRow:
    point = debtors.find_point(reader, point_id)
    if point is None or point.debtor_id != row.debtor_id or point.state == "removed":
        raise Invalid("The debtor has no such contact point.", field="contact_point")
    if recipient_of(point) != "debtor":
        raise Invalid("That address is not the debtor's own: nothing proves who answers there.",
                      field="contact_point", reason="THIRD_PARTY")  # fmt: skip
    if point.state != "active":
        raise Invalid("That address does not reach the debtor: check them at another.", field="contact_point")
    return point


def _unnamed(reader: Reader, row: CaseRow) -> PointRow | None:
    """The address that somebody means who names none: the debtor's only one, from which they wrote last. None where
    nobody wrote, so that no address rises by it.
    """
    last = debtors.find_point(reader, row.last_contact_point_id or "")
    if recipient_of(last) != "debtor":
        raise Conflict("Whoever wrote last is not the debtor: name the debtor's own address that you check.",
                       reason="THIRD_PARTY", field="contact_point")  # fmt: skip
    points = debtors.points_of(reader, row.debtor_id)
    own = [each for each in points if recipient_of(each) == "debtor" and each.state == "active"]
    if (points or last) and (len(own) != 1 or (last is not None and last.id != own[0].id)):
        raise Invalid(
            "Name the debtor's own address that you check: it is not plain which one is meant.", field="contact_point"
        )
    return last


def failures(reader: Reader, debtor_id: str) -> list[Ms]:
    """When checks of this person failed within the last 24 hours."""
    found = _SINCE.all(reader, debtor_id=debtor_id, since=reader.now - DAY)
    return [at for at, data in found if data.get("name") == FAILED]


def _open(tx: Tx, row: CaseRow, point: PointRow | None, passed: list[Kind], actor: Actor) -> None:
    row.disclosure, row.disclosure_until = 2, tx.now + SESSION_MS
    data: dict[str, object] = {"kinds": passed, "until": rfc3339(row.disclosure_until)}
    if point is not None:
        change(tx, contact_point, {"id": point.id}, verified=1, verified_at=tx.now, disclosure=1)
        with_contact_points(tx, row)
        data["contact_point"] = point.id
    add_event(tx, row, "identity.verified", data, author=actor.id)
