"""Lists of cases: views, filters, keyset pages. What a viewer may not read comes as a masked row, or not at all."""

from __future__ import annotations

import base64
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from console.access.actor import Actor
from console.access.visible import content_of_cases, existence_of_cases
from console.cases import view
from console.cases.models import case, seen
from console.debtors.models import debtor
from console.errors import Invalid
from console.store.statement import rows
from console.store.transaction import Reader
from console.timeline.index import fold
from console.timeline.whispers import unseen
from console.wire import shapes

View = Literal["mine", "queue", "team", "all", "snoozed", "resolved"]
Sort = Literal["wait", "activity"]
MOST = 200


class CaseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The query of GET /cases."""

    view: View = "mine"
    sort: Sort | None = None
    status: str | None = None
    channel: str | None = None
    label: str | None = None
    skill: str | None = None
    portfolio: str | None = None
    team: str | None = None
    owner: str | None = None
    debtor: str | None = None
    q: str | None = None
    limit: int = 50
    cursor: str | None = None


class Page(msgspec.Struct, frozen=True):
    items: list[Any]
    next: str | None


def list_cases(reader: Reader, actor: Actor, query: CaseQuery) -> Page:
    """A page of a view. Raises Invalid, naming the parameter."""
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    sort = query.sort or ("activity" if query.q or query.view == "resolved" or query.status == "resolved" else "wait")
    clause = select(*view.COLUMNS).select_from(view.JOINED).where(_scope(actor, query), *_filters(query))
    clause = _paged(clause, sort, query)
    found = rows(reader, clause.limit(query.limit + 1), view.shape)
    more = len(found) > query.limit
    shown = found[: query.limit]
    last = _mark(reader, sort, shown[-1].id) if more else None
    return Page(_for_viewer(reader, actor, shown), last)


def counts(reader: Reader, actor: Actor) -> dict[str, int]:
    """How many cases stand in each view, for the tabs."""
    mine = and_(or_(case.c.owner_id == actor.id, case.c.taken_over_from == actor.id), case.c.status != "resolved")
    found = {}
    for name, condition in (
        ("mine", mine),
        ("queue", _queue(actor)),
        ("snoozed", and_(mine, case.c.status == "snoozed")),
    ):
        (found[name],) = rows(reader, select(func.count()).select_from(case).where(condition), lambda n: int(n))
    return found


def _scope(actor: Actor, query: CaseQuery) -> ColumnElement[bool]:
    if query.view in ("mine", "snoozed"):
        mine = or_(case.c.owner_id == actor.id, case.c.taken_over_from == actor.id)
        status = case.c.status == "snoozed" if query.view == "snoozed" else case.c.status != "resolved"
        return mine if query.status else and_(mine, status)
    if query.view == "queue":
        return _queue(actor)
    if query.view == "resolved":
        return and_(content_of_cases(actor), case.c.status == "resolved")
    if query.view == "team" and not query.status:
        return and_(existence_of_cases(actor), case.c.status != "resolved")
    return existence_of_cases(actor)


def _queue(actor: Actor) -> ColumnElement[bool]:
    return and_(existence_of_cases(actor), case.c.status == "queued", case.c.owner_id.is_(None))


def _filters(query: CaseQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.status:
        found.append(case.c.status.in_(query.status.split(",")))
    exact = (
        ("portfolio_id", query.portfolio),
        ("team_id", query.team),
        ("owner_id", query.owner),
        ("debtor_id", query.debtor),
    )
    found += [case.c[name] == each for name, each in exact if each]
    if query.channel:
        found.append(case.c.channels.contains(f'"{query.channel}"', autoescape=True))
    if query.label:
        found.append(case.c.labels.contains(msgspec.json.encode(query.label).decode(), autoescape=True))
    if query.skill:
        found.append(case.c.skills.contains(f'"skill":"{query.skill}"', autoescape=True))
    if query.q:
        words = fold(query.q).split()[:8]
        found += [func.lower(debtor.c.name).contains(word, autoescape=True) for word in words]
    return found


def _paged(clause: Any, sort: str, query: CaseQuery) -> Any:
    if sort == "wait":
        if query.cursor:
            at, last = _read_mark(query.cursor)
            clause = clause.where(or_(case.c.rank_at > at, and_(case.c.rank_at == at, case.c.id > last)))
        return clause.order_by(case.c.rank_at, case.c.id)
    if query.cursor:
        at, last = _read_mark(query.cursor)
        clause = clause.where(or_(case.c.updated_at < at, and_(case.c.updated_at == at, case.c.id < last)))
    return clause.order_by(case.c.updated_at.desc(), case.c.id.desc())


def _mark(reader: Reader, sort: str, case_id: str) -> str:
    column = case.c.rank_at if sort == "wait" else case.c.updated_at
    (at,) = rows(reader, select(column).where(case.c.id == case_id), lambda found: int(found))
    return base64.urlsafe_b64encode(f"{at}:{case_id}".encode()).decode().rstrip("=")


def _read_mark(text: str) -> tuple[int, str]:
    try:
        at, _, case_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        return int(at), case_id
    except ValueError:
        raise Invalid("This cursor is not one of ours.", field="cursor") from None


def _for_viewer(reader: Reader, actor: Actor, found: list[shapes.Case]) -> list[Any]:
    readable = _readable(reader, actor, [each.id for each in found])
    marks = _marks(reader, actor, [each.id for each in found if each.id in readable])
    whispers = unseen(reader, actor.id, list(readable))
    return [
        msgspec.structs.replace(each, unread=marks.get(each.id, 0), whispers=whispers.get(each.id, 0))
        if each.id in readable
        else view.masked(each)
        for each in found
    ]


def _readable(reader: Reader, actor: Actor, ids: list[str]) -> set[str]:
    if not ids:
        return set()
    return set(rows(reader, select(case.c.id).where(case.c.id.in_(ids), content_of_cases(actor)), str))


def _marks(reader: Reader, actor: Actor, ids: list[str]) -> dict[str, int]:
    if not ids:
        return {}
    joined = case.outerjoin(seen, and_(seen.c.case_id == case.c.id, seen.c.user_id == actor.id))
    clause = select(case.c.id, case.c.inbound - func.coalesce(seen.c.inbound, 0)).select_from(joined)
    return dict(rows(reader, clause.where(case.c.id.in_(ids)), lambda case_id, unread: (case_id, int(unread))))
