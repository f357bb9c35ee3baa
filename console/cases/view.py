"""Cases as the world sees them: the full shape for those who may read it, the masked row for those who may not."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import bindparam, select

from console.cases.models import case
from console.debtors.models import debtor
from console.debtors.phones import masked_name
from console.people.models import team, user
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.statement import Query, row, value
from console.store.transaction import Reader
from console.timeline.view import person
from console.wire import shapes
from console.wire.moment import Ms, rfc3339
from console.wire.zones import zone_in

_owner = user.alias("owner")
_former = user.alias("former")
JOINED = (
    case.join(debtor, debtor.c.id == case.c.debtor_id)
    .join(portfolio, portfolio.c.id == case.c.portfolio_id)
    .join(team, team.c.id == case.c.team_id)
    .outerjoin(_owner, _owner.c.id == case.c.owner_id)
    .outerjoin(_former, _former.c.id == case.c.taken_over_from)
)
COLUMNS = (
    case,
    debtor.c.name,
    debtor.c.language,
    debtor.c.timezone,
    debtor.c.jurisdiction,
    debtor.c.labels,
    debtor.c.provisional,
    debtor.c.shared,
    debtor.c.assumed,
    debtor.c.preferred_channel,
    portfolio.c.name,
    team.c.name,
    _owner.c.name,
    _owner.c.role,
    _former.c.name,
    _former.c.role,
)
_decode = msgspec.json.Decoder().decode
_skills = msgspec.json.Decoder(list[shapes.Skill]).decode
_last = msgspec.json.Decoder(shapes.LastItem | None).decode
_width = len(case.c)


def shape(*columns: Any) -> shapes.Case:
    """`into` for a select of COLUMNS from JOINED."""
    from console.cases.queries import CaseRow

    row = CaseRow(*columns[:_width])
    return full(row, *columns[_width:])


def full(row: Any, *joined: Any, points: list[shapes.ContactPoint] | UnsetType = UNSET) -> shapes.Case:
    """The shape of a row and its joined columns, without what differs by viewer."""
    (name, language, zone, jurisdiction, labels, provisional, shared, assumed, preferred, book, crew, owner, owner_role,
     former, former_role) = joined  # fmt: skip
    return shapes.Case(
        id=row.id,
        status=row.status,
        owner=shapes.Person(row.owner_id, owner or "", owner_role or "") if row.owner_id else None,
        epoch=row.epoch,
        portfolio=shapes.Named(row.portfolio_id, book),
        debtor=shapes.DebtorBrief(
            row.debtor_id,
            name,
            language,
            zone_in(jurisdiction, zone),
            jurisdiction,
            _decode(labels),
            bool(provisional),
            bool(shared),
            bool(assumed),
        ),
        channels=_decode(row.channels),
        skills=_skills(row.skills),
        team=shapes.Named(row.team_id, crew),
        priority=row.priority,
        rank_at=rfc3339(row.rank_at),
        rank_terms=_decode(row.rank_terms),
        waiting_since=rfc3339(row.waiting_since),
        sla_due_at=rfc3339(row.sla_due_at),
        labels=_decode(row.labels),
        balance=None if row.balance_minor is None else shapes.Money(row.balance_minor, row.currency),
        bucket=row.bucket,
        days_late=row.days_late,
        overlays=_decode(row.overlays),
        disclosure=row.disclosure,
        disclosure_until=rfc3339(row.disclosure_until),
        preferred_channel=preferred,
        holds=_decode(row.holds),
        last_item=_last(row.last_item),
        taken_over_from=shapes.Person(row.taken_over_from, former or "", former_role or "")
        if row.taken_over_from
        else None,
        hand=shapes.Hand(row.hand_reason or "", rfc3339(row.hand_at)) if row.hand_at is not None else None,
        updated_at=rfc3339(row.updated_at),
        weight=row.weight / 1000,
        snooze_until=rfc3339(row.snooze_until),
        last_inbound_at=rfc3339(row.last_inbound_at),
        outcome=row.outcome,
        merged_into=row.merged_into,
        previous=row.previous_id,
        rescue=bool(row.rescue),
        last_channel=row.last_channel,
        opened_at=rfc3339(row.opened_at),
        answer_by=row.answer_by,
        contact_points=points,
    )


def masked(each: shapes.Case) -> shapes.QueueRow:
    """What everybody of the team may know of a case: no words, no amount, no address.

    How long a debtor waits is the team's business while nobody owns the case; afterwards only that it exists, and whose
    it is.
    """
    waits = each.owner is None
    return shapes.QueueRow(
        id=each.id,
        status=each.status,
        team=each.team,
        portfolio=each.portfolio,
        debtor=shapes.MaskedDebtor(masked_name(each.debtor.name)),
        channels=each.channels,
        bucket=each.bucket,
        waiting_since=each.waiting_since if waits else None,
        sla_due_at=each.sla_due_at if waits else None,
        rank_at=each.rank_at if waits else None,
        skills=each.skills,
        priority=each.priority,
        owner=each.owner,
        rescue=each.rescue,
    )


ONE = Query(select(*COLUMNS).select_from(JOINED).where(case.c.id == bindparam("id")), shape)
_TEAM_NAME = Query(select(team.c.name).where(team.c.id == bindparam("id")), value)
_BESIDES = Query(select(*COLUMNS[1:]).select_from(JOINED).where(case.c.id == bindparam("id")), row)


def of(reader: Reader, case_id: str) -> shapes.Case:
    """The case in list shape. It must exist."""
    found = ONE.first(reader, id=case_id)
    assert found is not None, case_id
    return as_of(found, reader.now)


def as_of(each: shapes.Case, now: Ms) -> shapes.Case:
    """With the level of disclosure that the gate takes at that moment: an identification that is over says nothing."""
    if each.disclosure_until is None or each.disclosure_until > rfc3339(now):
        return each
    return msgspec.structs.replace(each, disclosure=0, disclosure_until=None)


def of_row(reader: Reader, row: Any, points: list[shapes.ContactPoint] | UnsetType = UNSET) -> shapes.Case:
    """The same of a row at hand, as it stands in the database."""
    known = reader.memo.get("debtor")
    if known is not None and known.id == row.debtor_id:
        return as_of(full(row, *_of_debtor(known), *_names(reader, row), points=points), reader.now)
    besides = _BESIDES.first(reader, id=row.id)
    assert besides is not None, row.id
    return as_of(full(row, *besides, points=points), reader.now)


_of_debtor = attrgetter(
    "name", "language", "timezone", "jurisdiction", "labels", "provisional", "shared", "assumed", "preferred_channel"
)


def _names(reader: Reader, row: Any) -> tuple[str | None, ...]:
    """Of the portfolio, the team, and of owner and former owner with their roles."""
    team_name = reader.once(("team name", row.team_id), lambda: _TEAM_NAME.first(reader, id=row.team_id))
    people = (_named(reader, row.owner_id), _named(reader, row.taken_over_from))
    return get_portfolio(reader, row.portfolio_id).name, team_name, *chain.from_iterable(people)


def _named(reader: Reader, user_id: str | None) -> tuple[str | None, str | None]:
    found = person(reader, user_id) if user_id is not None else None
    return (None, None) if found is None else (found.name, found.role)
