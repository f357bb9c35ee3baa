"""Contacts made elsewhere: calls, letters and visits that other systems or people made count in the gate's caps.

A dialer asks first and reserves a slot for fifteen minutes; what it then did is written down against that slot.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.idempotent import body_hash, remember, repeated
from console.cases.changed import told
from console.cases.queries import live, open_case
from console.debtors import queries as debtors
from console.debtors.enrol import moment
from console.errors import Conflict, Invalid, NotFound
from console.gate.elsewhere import Elsewhere, reserve_elsewhere
from console.gate.guard import hold_person
from console.gate.models import contact
from console.gate.types import Decision
from console.store.statement import Query, add, change, row
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.wire.ids import new_id
from console.wire.moment import DAY, MINUTE, Ms, rfc3339

Way = Literal["call", "letter", "visit", "other"]
Outcome = Literal["answered", "no_answer", "voicemail", "refused", "delivered", "inbound", "other"]
OLDEST = 400 * DAY
SLOT_MS = 15 * MINUTE
ROUTE, RESERVE_ROUTE = "contacts", "gate.reserve"

_KEYED = Query(
    select(contact.c.id, contact.c.debtor_id).where(
        contact.c.portfolio_id == bindparam("portfolio_id"), contact.c.external_id == bindparam("external_id")
    ),
    row,
)
_SLOT = Query(
    select(contact.c.debtor_id, contact.c.channel, contact.c.state).where(
        contact.c.id == bindparam("id"), contact.c.source == "dialer"
    ),
    row,
)


class NewContact(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /contacts. `by` is whose act it was, as the other system calls them; `reservation` the slot that
    was reserved for it; `external_id` the other system's key, by which a repeated call is an update."""

    client_id: str
    debtor: str
    channel: Way
    at: str
    by: str
    outcome: Outcome
    portfolio: str | None = None
    external_id: str | None = None
    reservation: str | None = None
    notice: Literal["validation_notice"] | None = None  # which notice a letter carried


class Made(Struct, frozen=True, kw_only=True):
    """A contact that is known to have been made, whoever tells it. `at` in ms."""

    debtor: str
    portfolio: str
    channel: str
    at: Ms
    by: str
    outcome: str
    external_id: str | None = None
    reservation: str | None = None
    notice: str | None = None


class Recorded(Struct, frozen=True, kw_only=True):
    """`counts`: whether it counts in the caps; a call the debtor made does not."""

    id: str
    debtor: str
    portfolio: str
    channel: str
    at: str
    by: str
    outcome: str
    counts: bool
    external_id: str | None


class Reserve(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /gate/reserve: may this person be called, visited or written to now?"""

    client_id: str
    debtor: str
    channel: Way
    portfolio: str | None = None


class Reserved(Struct, frozen=True, kw_only=True):
    """The slot is this caller's until `until`; `rule` and `source` are the gate's."""

    id: str
    until: str
    outcome: str
    code: str
    rule: str
    source: str
    profile: str
    counts: bool


def record_contact(tx: Tx, actor: Actor, new: NewContact) -> tuple[Recorded, bool]:
    """Write a contact down, and whether it is new. The open case's thread says it.

    Raises NotFound, Forbidden, Invalid, naming the field, or Conflict.
    """
    must_see_debtor(tx, actor, new.debtor)
    actor.must_be("agent", "supervisor", "integration")
    digest = body_hash(new, without=("client_id",))
    before = repeated(tx, actor, ROUTE, new.client_id, digest)
    if before is not None:
        return msgspec.json.decode(before, type=Recorded), False
    made = Made(
        debtor=new.debtor, portfolio=_portfolio(tx, actor, new.debtor, new.portfolio), channel=new.channel,
        at=moment(new.at, "at", tx.now), by=new.by, outcome=new.outcome, external_id=new.external_id,
        reservation=new.reservation, notice=new.notice,
    )  # fmt: skip
    told_as, is_new = put_down(tx, made, author=None if actor.role == "integration" else actor.id)
    remember(tx, actor, ROUTE, new.client_id, digest, msgspec.json.encode(told_as).decode())
    return told_as, is_new


def put_down(tx: Tx, new: Made, *, author: str | None) -> tuple[Recorded, bool]:
    """The same for a caller who has decided who may. Raises Invalid, naming the field, or Conflict."""
    _check(tx, new)
    hold_person(tx, new.debtor)
    made, is_new = _keep(tx, new)
    told_as = Recorded(
        id=made, debtor=new.debtor, portfolio=new.portfolio, channel=new.channel, at=rfc3339(new.at),
        by=new.by.strip(), outcome=new.outcome, counts=_counts(new), external_id=new.external_id,
    )  # fmt: skip
    case_id = open_case(tx, new.debtor, new.portfolio)
    if case_id is not None and is_new:
        line = {"channel": new.channel, "outcome": new.outcome, "at": new.at, "by": told_as.by}
        case = live(tx, case_id)
        add_event(tx, case, "contact.recorded", line, author=author)
        told(tx, case)
    return told_as, is_new


def reserve(tx: Tx, actor: Actor, wish: Reserve) -> tuple[Reserved, bool]:
    """A slot for fifteen minutes, if the gate allows the contact now. Two dialers cannot both have the last one.

    Raises NotFound, Forbidden, Invalid, GateBlocked, GateDeferred, GateNeedsApproval.
    """
    must_see_debtor(tx, actor, wish.debtor)
    actor.must_be("agent", "supervisor", "integration")
    digest = body_hash(wish, without=("client_id",))
    before = repeated(tx, actor, RESERVE_ROUTE, wish.client_id, digest)
    if before is not None:
        return msgspec.json.decode(before, type=Reserved), False
    portfolio = _portfolio(tx, actor, wish.debtor, wish.portfolio)
    until = tx.now + SLOT_MS
    asked = Elsewhere(wish.debtor, portfolio, wish.channel, actor.id, open_case(tx, wish.debtor, portfolio))
    slot, decision = reserve_elsewhere(tx, asked, until)
    made = _reserved(slot, until, decision)
    remember(tx, actor, RESERVE_ROUTE, wish.client_id, digest, msgspec.json.encode(made).decode())
    return made, True


def _reserved(slot: str, until: Ms, decision: Decision) -> Reserved:
    return Reserved(
        id=slot, until=rfc3339(until), outcome=decision.outcome, code=decision.code, rule=decision.rule,
        source=decision.source, profile=decision.profile, counts=decision.counts,
    )  # fmt: skip


def _keep(tx: Tx, new: Made) -> tuple[str, bool]:
    values: dict[str, Any] = {
        "debtor_id": new.debtor, "channel": new.channel, "at": new.at, "purpose": new.notice or "proactive",
        "author_id": new.by.strip(), "counts": int(_counts(new)), "state": "spent", "source": "elsewhere",
        "outcome": new.outcome, "portfolio_id": new.portfolio, "external_id": new.external_id, "until": None,
    }  # fmt: skip
    if new.reservation is not None:
        _spend(tx, new, values)
        return new.reservation, True
    if new.external_id is not None:
        known = _KEYED.first(tx, portfolio_id=new.portfolio, external_id=new.external_id)
        if known is not None:
            if known[1] != new.debtor:
                raise Conflict("This key is another debtor's contact.", field="external_id")
            change(tx, contact, {"id": known[0]}, **values)
            return str(known[0]), False
    made = new_id()
    add(tx, contact, id=made, item_id=None, inbox_id=None, **values)
    return made, True


def _spend(tx: Tx, new: Made, values: dict[str, Any]) -> None:
    """What was done in a reserved slot; a slot that ran out may still be told of."""
    slot = _SLOT.first(tx, id=new.reservation)
    if slot is None or slot[0] != new.debtor or slot[1] != new.channel:
        raise Invalid("There is no such slot of this debtor and channel.", field="reservation")
    if slot[2] == "spent":
        raise Conflict("This slot has been used.", field="reservation")
    change(tx, contact, {"id": new.reservation}, **values | {"source": "dialer"})


def _counts(new: Made) -> bool:
    return new.outcome != "inbound"


def _check(tx: Tx, new: Made) -> None:
    if not 1 <= len(new.by.strip()) <= 100:
        raise Invalid("Say who made it, in at most 100 characters.", field="by")
    if new.notice is not None and new.channel != "letter":
        raise Invalid("A notice is told of here when it went by letter.", field="notice")
    if new.external_id is not None and not 1 <= len(new.external_id) <= 200:
        raise Invalid("A key has 1 to 200 characters.", field="external_id")
    if new.at > tx.now + MINUTE or new.at < tx.now - OLDEST:
        raise Invalid("A contact was made in the past, at most 400 days ago.", field="at")


def _portfolio(tx: Tx, actor: Actor, debtor_id: str, given: str | None) -> str:
    """The portfolio it was made for: named, or the only one the debtor stands in."""
    of_debtor = debtors.accounts_of(tx, debtor_id)
    mine = [each for each in of_debtor if actor.portfolio in (None, each)]
    if given is not None:
        if given not in mine:
            raise Invalid("The debtor does not stand in that portfolio.", field="portfolio")
        return given
    if not mine:
        raise NotFound
    if len(mine) > 1:
        raise Invalid("The debtor stands in several portfolios: name one.", field="portfolio")
    return mine[0]
