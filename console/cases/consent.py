"""What a person says of a contact point: yes or no to being written to there, or that it is somebody else's."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.visible import may_read
from console.audit.record import record
from console.cases.changed import with_contact_points
from console.cases.queries import CaseRow, live, of_debtor
from console.debtors.enrol import moment
from console.debtors.models import contact_point
from console.debtors.queries import PointRow, find_point
from console.errors import Invalid, NotFound
from console.outbox.cancel import cancel_planned
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.wire.moment import MINUTE


class Consent(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/consent. `source` says where it was given; `text_version` which text was shown."""

    state: Literal["granted", "revoked"]
    source: str
    at: str | None = None
    text_version: str = ""


def set_consent(tx: Tx, actor: Actor, point_id: str, given: Consent) -> str:
    """Write a yes or a no down; the debtor's id. A no calls off what was planned."""
    point = _point(tx, actor, point_id)
    if not given.source.strip() or len(given.source) > 200 or len(given.text_version) > 100:
        raise Invalid("Say where it was given, in at most 200 characters.", field="source")
    at = moment(given.at, "at", tx.now)
    if at > tx.now + MINUTE:
        raise Invalid("A consent is not given in the future.", field="at")
    change(
        tx, contact_point, {"id": point.id}, consent=given.state, consent_source=given.source.strip(), consent_at=at,
        consent_text=given.text_version,
    )  # fmt: skip
    data = {"channel": point.channel, "contact_point": point.id, "source": given.source.strip()}
    _tell(tx, actor, point, f"consent.{given.state}", data, "consent_revoked" if given.state == "revoked" else "")
    return point.debtor_id


def mark_wrong(tx: Tx, actor: Actor, point_id: str) -> str:
    """This address is not this debtor's: nothing leaves to it for them any more. The debtor's id."""
    point = _point(tx, actor, point_id)
    change(tx, contact_point, {"id": point.id}, state="wrong_number", disclosure=0, verified=0)
    data = {"channel": point.channel, "contact_point": point.id, "source": "agent"}
    _tell(tx, actor, point, "contact_point.wrong", data, "wrong_person")
    return point.debtor_id


def _point(tx: Tx, actor: Actor, point_id: str) -> PointRow:
    """The contact point, for an agent who reads a case of its debtor, a supervisor, or a token that may."""
    point = find_point(tx, point_id)
    if point is None or point.state == "removed":
        raise NotFound
    must_see_debtor(tx, actor, point.debtor_id)
    if actor.role == "agent" and not any(may_read(tx, actor, each.id) for each in of_debtor(tx, point.debtor_id)):
        raise NotFound
    actor.must_be("agent", "supervisor", "integration")
    return point


def _tell(tx: Tx, actor: Actor, point: PointRow, name: str, data: dict[str, str], cancels: str) -> None:
    by = None if actor.role == "integration" else actor.id
    rows: list[CaseRow] = [live(tx, each.id) for each in of_debtor(tx, point.debtor_id)]
    open_ones = [row for row in rows if row.is_open]
    for row in rows:
        with_contact_points(tx, row)
    for row in open_ones:
        add_event(tx, row, name, data, author=by)
    if cancels and open_ones:
        cancel_planned(tx, point.debtor_id, cancels, case=open_ones[0])
    record(tx, actor.id, name, f"contact_point:{point.id}", detail=data)
