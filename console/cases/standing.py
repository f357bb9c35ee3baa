"""What follows from a case's state: its promise, its weight, its place in the queue. Recomputed by events and at
edges.
"""

from __future__ import annotations

from typing import Any

import structlog
from msgspec import Struct
from sqlalchemy import Column, ColumnElement, ScalarSelect, bindparam, select

from console.cases.hours import due
from console.cases.policy import routing_policy
from console.cases.queries import CaseRow
from console.debtors.models import address, contact_point, debtor, link
from console.debtors.queries import DebtorRow
from console.gate.answerable import answerable_until
from console.gate.guard import places_for
from console.gate.house import house_facts, windows_of
from console.gate.profiles import effective
from console.ledger.models import plan, promise
from console.outbox.models import outbox
from console.portfolios.queries import find_inbox, get_portfolio
from console.store.base import dump, load
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import Ms
from routing import load as routing_load
from routing import order

log = structlog.get_logger("cases")
_WINDOW = Query(
    select(link.c.window_closes_at).where(
        link.c.inbox_id == bindparam("inbox_id"), link.c.contact_point_id == bindparam("point_id")
    ),
    value,
)


class Held(Struct, frozen=True):
    """What stands between us and a debtor beside the case itself; each None for none. `offered` and `planned` are ids:
    of the plan that waits for a yes, and of a message that waits for its moment, in whichever case of the debtor. Then
    what says when they may be written to: where they live, the hours they wish (JSON), the number they wrote from last.
    """

    promise_due: Ms | None
    plan_check: Ms | None  # when the plan that was agreed is looked at next
    offered: str | None
    planned: str | None
    jurisdiction: str
    timezone: str | None
    preferred_hours: str
    phone: str | None


def _one(column: Column[Any], *where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(column).where(column.table.c.debtor_id == bindparam("debtor_id"), *where).limit(1).scalar_subquery()


def _of_book(column: Column[Any], *states: str) -> ScalarSelect[Any]:
    table = column.table
    return _one(column, table.c.portfolio_id == bindparam("portfolio_id"), table.c.state.in_(states))


_PHONE = (
    select(address.c.phone)
    .join(contact_point, contact_point.c.address_id == address.c.id)
    .where(contact_point.c.id == bindparam("point_id"))
    .scalar_subquery()
)
_STANDS = (
    _of_book(promise.c.due_at, "open"),
    _of_book(plan.c.check_at, "accepted", "active"),
    _of_book(plan.c.id, "offered"),
    _one(outbox.c.item_id, outbox.c.state.in_(("planned", "restored"))),
)
_HELD_OF_KNOWN = Query(select(*_STANDS), lambda *columns: columns)
_HELD = Query(
    select(
        *_STANDS,
        debtor.c.jurisdiction,
        debtor.c.timezone,
        debtor.c.preferred_hours,
        _PHONE,
    ).where(debtor.c.id == bindparam("debtor_id")),
    Held,
)


def held_of(reader: Reader, row: CaseRow, person: DebtorRow, phone: str) -> Held:
    """What stands just now, when the case's debtor has just been read, and the number they wrote from last."""
    found = _HELD_OF_KNOWN.first(reader, debtor_id=row.debtor_id, portfolio_id=row.portfolio_id)
    assert found is not None  # one row, whatever it holds
    promised, agreed, offered, planned = found
    return Held(promised, agreed, offered, planned, person.jurisdiction, person.timezone, person.preferred_hours, phone)


def held(reader: Reader, row: CaseRow) -> Held:
    """What stands just now."""
    found = _HELD.first(
        reader, debtor_id=row.debtor_id, portfolio_id=row.portfolio_id, point_id=row.last_contact_point_id
    )
    assert found is not None  # a case is its debtor's
    return found


def settle(reader: Reader, row: CaseRow, stands: Held | None = None) -> None:
    """Bring SLA, weight and rank up to date. Call after anything they depend on has changed; the caller saves the
    row. `stands`: what the caller has just read.
    """
    stands = stands or held(reader, row)
    promised, agreed = stands.promise_due, stands.plan_check
    row.sla_due_at = _sla(reader, row)
    _weigh(reader, row, max((at for at in (row.snooze_until, promised, agreed) if at is not None), default=None))
    _rank(reader, row, stands)


def _sla(reader: Reader, row: CaseRow) -> Ms | None:
    """waiting_since + target, counted in the inbox's business hours; null while snoozed or answered (decision 13)."""
    if row.waiting_since is None or row.status in ("snoozed", "resolved") or row.last_inbox_id is None:
        return None
    inbox = find_inbox(reader, row.last_inbox_id)
    if inbox is None:
        return None
    target = routing_policy(reader).sla_s.get(inbox.channel, 3_600)
    hours = load(inbox.hours)
    if not hours:
        return row.waiting_since + target * 1_000
    return due(hours, get_portfolio(reader, row.portfolio_id).timezone, row.waiting_since, target)


def _weigh(reader: Reader, row: CaseRow, hold_until: Ms | None) -> None:
    policy = routing_policy(reader)
    quiet = max((at for at in (row.last_inbound_at, row.last_outbound_at) if at is not None), default=None)
    facts = routing_load.CaseLoad(
        channel=row.last_channel or "",
        waiting_since=row.waiting_since,
        quiet_since=quiet if row.last_inbound_at is not None else None,
        hold_until=hold_until,
    )
    row.weight = 0 if row.status == "resolved" else routing_load.weight(facts, policy, reader.now)
    row.weight_edge = None if row.status == "resolved" else routing_load.next_change(facts, policy, reader.now)


def _rank(reader: Reader, row: CaseRow, stands: Held) -> None:
    policy = routing_policy(reader)
    closes = None
    if row.last_inbox_id and row.last_contact_point_id and row.last_channel == "whatsapp":
        closes = _WINDOW.first(reader, inbox_id=row.last_inbox_id, point_id=row.last_contact_point_id)
    facts = order.Standing(
        queued_at=row.queued_at or row.created_at,
        waiting_since=row.waiting_since,
        quiet_since=_quiet_since(row),
        priority=row.priority,  # type: ignore[arg-type]
        balance=row.balance_minor or 0,
        low=5_000,
        high=1_000_000,
        care=any(hold in ("hardship", "distress") for hold in load(row.holds)),
        promise_due=stands.promise_due,
        window_closes_at=closes if row.waiting_since is not None else None,
        lawful_until=_lawful_until(reader, row, stands),
        sla_due_at=row.sla_due_at,
    )
    row.rank_at, terms = order.rank_at(facts, policy, reader.now)
    row.rank_terms = dump(terms)
    row.rank_edge = None if row.status == "resolved" else order.next_edge(facts, policy, reader.now)


def _quiet_since(row: CaseRow) -> Ms | None:
    """The last word in a case that is not served next; None while it is queued, or its owner owes an answer."""
    if row.status == "queued" or (row.status == "assigned" and row.waiting_since is not None):
        return None
    return max(at for at in (row.created_at, row.last_inbound_at, row.last_outbound_at) if at is not None)


def _lawful_until(reader: Reader, row: CaseRow, stands: Held) -> Ms | None:
    """Until when the debtor who waits may be answered where they wrote last; None when nothing ends it, or nobody waits
    in a case that is to be served.
    """
    waits = row.waiting_since is not None and row.status in ("queued", "assigned")
    if not waits or row.last_inbound_at is None or row.last_channel is None:
        return None
    try:
        law = effective(places_for(stands.jurisdiction, stands.timezone, stands.phone or "")[0])
        house = house_facts(get_portfolio(reader, row.portfolio_id))
        wished = windows_of(load(stands.preferred_hours) or ())
        return answerable_until(law, row.last_channel, house, wished, row.last_inbound_at, reader.now)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # What cannot be read shuts the gate, which says so to whoever writes; a debtor is heard all the same.
        log.warning("case.hours_not_read", case=row.id, error=type(error).__name__)
        return None
