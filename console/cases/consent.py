"""What a person says of a contact point: yes or no to being written to there, whose it is, or that it is not theirs."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.visible import may_read
from console.audit.record import record
from console.cases.automatic import confirm_opt_out
from console.cases.changed import told, with_contact_points
from console.cases.queries import OPEN_REQUESTS, CaseRow, live, of_debtor, open_case
from console.cases.requests import close_request
from console.cases.stop_clock import stop_the_clock
from console.debtors import holders
from console.debtors.consents import OFFERS, Purpose, log_consent
from console.debtors.enrol import moment
from console.debtors.holders import GivenHolder
from console.debtors.models import address, contact_point
from console.debtors.queries import AddressRow, PointRow, find_point, get, get_address, links_of
from console.debtors.resolve import Found
from console.debtors.states import step
from console.errors import Conflict, Invalid, NotFound
from console.portfolios.queries import find_inbox
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.wire.moment import MINUTE


class Consent(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/consent. `source` says where it was given; `text_version` which text was shown; `purpose` to
    what: being written to about a debt, or commercial offers, which need a consent of their own in some countries.
    """

    state: Literal["granted", "revoked"]
    source: str
    at: str | None = None
    text_version: str = ""
    purpose: Purpose = "collection"


def set_consent(tx: Tx, actor: Actor, point_id: str, given: Consent) -> str:
    """Write a yes or a no down; the debtor's id. A no calls off what was planned; one to offers is met at the gate."""
    point = _point(tx, actor, point_id)
    if not given.source.strip() or len(given.source) > 200 or len(given.text_version) > 100:
        raise Invalid("Say where it was given, in at most 200 characters.", field="source")
    at = moment(given.at, "at", tx.now)
    if at > tx.now + MINUTE:
        raise Invalid("A consent is not given in the future.", field="at")
    act = OFFERS[given.state] if given.purpose == "offers" else given.state
    if given.purpose == "collection":
        change(
            tx, contact_point, {"id": point.id}, consent=given.state, consent_source=given.source.strip(),
            consent_at=at, consent_text=given.text_version,
        )  # fmt: skip
    log_consent(
        tx, point.debtor_id, act, channel=point.channel, point_id=point.id, source=given.source.strip(),
        text_version=given.text_version, given_at=at, by=actor.id,
    )  # fmt: skip
    data = {"channel": point.channel, "contact_point": point.id, "source": given.source.strip()}
    _tell(tx, actor, point, f"consent.{act}", data, "consent_revoked" if act == "revoked" else "")
    return point.debtor_id


def answer_opt_out(tx: Tx, actor: Actor, point_id: str, wants_out: bool) -> str:
    """Somebody read the words that may have meant an opt-out: they did, or they did not. The debtor's id."""
    point = _point(tx, actor, point_id)
    where = get_address(tx, point.address_id)
    if where.opted_out_at is None or where.opt_out_source != "possible":
        raise Conflict("Nothing waits for an answer here.")
    stands = {"opted_out_at": where.opted_out_at, "opt_out_source": "agent"}
    change(tx, address, {"id": where.id}, **(stands if wants_out else {"opted_out_at": None, "opt_out_source": ""}))
    act = "opted_out" if wants_out else "opt_out_denied"
    log_consent(tx, point.debtor_id, act, channel=point.channel, point_id=point.id, source="agent", by=actor.id)
    data = {"channel": point.channel, "contact_point": point.id, "source": "agent"}
    _tell(tx, actor, point, f"consent.{act}", data, "opt_out" if wants_out else "")
    if wants_out:
        _confirm(tx, point, where)
    for each in of_debtor(tx, point.debtor_id):
        for request in OPEN_REQUESTS.all(tx, case_id=each.id):
            if request.reason == "possible_opt_out":
                close_request(tx, request, actor.id)
    return point.debtor_id


def _confirm(tx: Tx, point: PointRow, where: AddressRow) -> None:
    """The one confirmation, by the inbox they wrote to."""
    used = max(links_of(tx, point.id), key=lambda each: each.last_inbound_at or 0, default=None)
    inbox = find_inbox(tx, used.inbox_id) if used else None
    case_id = open_case(tx, point.debtor_id, inbox.portfolio_id) if inbox else None
    if inbox is not None and case_id is not None:
        row = live(tx, case_id)
        confirm_opt_out(tx, row, inbox, Found(get_address(tx, where.id), get(tx, point.debtor_id), point))
        told(tx, row)


def mark_wrong(tx: Tx, actor: Actor, point_id: str) -> str:
    """This address is not this debtor's: nothing leaves to it for them any more. The debtor's id."""
    point = _point(tx, actor, point_id)
    change(tx, contact_point, {"id": point.id}, state=step(point.state, "wrong_number"), disclosure=0, verified=0)
    log_consent(
        tx, point.debtor_id, "wrong_person", channel=point.channel, point_id=point.id, source="agent", by=actor.id
    )
    data = {"channel": point.channel, "contact_point": point.id, "source": "agent"}
    _tell(tx, actor, point, "contact_point.wrong", data, "wrong_person")
    return point.debtor_id


def set_holder(tx: Tx, actor: Actor, point_id: str, given: GivenHolder) -> str:
    """Whose address it is, and where that is known from; the debtor's id. The same telephone on another channel is in
    the same hands. What was planned is called off: who would read it now is another question.
    """
    point = _point(tx, actor, point_id)
    said = holders.checked(given, "holder")
    by = None if actor.role == "integration" else actor.id
    given_anew = [holders.give(tx, each, said, by) for each in holders.same_telephone(tx, point)]
    if any(given_anew):
        data = {"channel": point.channel, "contact_point": point.id, "holder": said.role, "was": point.holder}
        _tell(tx, actor, point, "contact_point.holder", data, "holder_changed" if said.role != point.holder else "")
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
        stop_the_clock(tx, point.debtor_id, cancels)
    record(tx, actor.id, name, f"contact_point:{point.id}", detail=data)
