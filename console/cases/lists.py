"""Lists of cases: views, filters, keyset pages. What a viewer may not read comes as a masked row, or not at all."""

from __future__ import annotations

import base64
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select, union_all

from console.access.actor import Actor
from console.access.visible import Arms, content_arms, content_of_cases, existence_arms, existence_of_cases
from console.cases import view
from console.cases.models import case, seen
from console.debtors.models import debtor
from console.errors import Invalid
from console.store.statement import row, rows
from console.store.transaction import Reader
from console.timeline.index import fold
from console.timeline.whispers import unseen
from console.wire import shapes

View = Literal["mine", "queue", "team", "all", "snoozed", "resolved"]
Sort = Literal["wait", "activity"]
MOST = 200
OPEN = ("queued", "assigned", "snoozed")


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
    found = _places(reader, _arms(actor, query), _filters(query), sort, query)
    shown = found[: query.limit]
    last = _mark(*shown[-1]) if len(found) > query.limit else None
    return Page(_for_viewer(reader, actor, _cases(reader, [case_id for _, case_id in shown])), last)


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


def _arms(actor: Actor, query: CaseQuery) -> Arms:
    """The view in parts: what is one's own, and what is a team's by its status, each in the order of an index.

    Together they are what may be seen; a case that stands in several is shown once.
    """
    if query.view in ("mine", "snoozed"):
        own: list[ColumnElement[bool]] = [case.c.owner_id == actor.id, case.c.taken_over_from == actor.id]
        wide: list[ColumnElement[bool]] = []
    else:
        own, wide = content_arms(actor) if query.view == "resolved" else existence_arms(actor)
    statuses = _statuses(query)
    free = query.view == "queue"
    return (  # an index on what is concatenated is of no use: one's own are found by whose they are
        [
            and_(arm, case.c.status.concat("").in_(statuses), *([case.c.owner_id.concat("").is_(None)] * free))
            for arm in own
        ],
        [and_(arm, case.c.status == each, *([case.c.owner_id.is_(None)] * free)) for arm in wide for each in statuses],
    )


def _statuses(query: CaseQuery) -> list[str]:
    view = {"queue": ("queued",), "resolved": ("resolved",)}.get(query.view)
    usual = {"snoozed": ("snoozed",), "all": (*OPEN, "resolved")}.get(query.view, OPEN)
    if query.status is None or query.status == "":
        return list(view or usual)
    asked = query.status.split(",")
    return [each for each in view or (*OPEN, "resolved") if each in asked]


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


def _places(
    reader: Reader, arms: Arms, filters: list[ColumnElement[bool]], sort: str, query: CaseQuery
) -> list[tuple[int, str]]:
    """(moment, id) of the page's cases and one more: the first of each arm, then the first of them all."""
    waits = sort == "wait"
    at = case.c.rank_at if waits else case.c.updated_at
    if query.cursor:
        moment, last = _read_mark(query.cursor)
        after = (at > moment, case.c.id > last) if waits else (at < moment, case.c.id < last)
        filters = [*filters, or_(after[0], and_(at == moment, after[1]))]
    origin = case.join(debtor, debtor.c.id == case.c.debtor_id) if query.q else case
    firsts = []
    for several, key in ((arms[0], at + 0), (arms[1], at)):  # one's own are few: found first, then sorted
        order = (key, case.c.id) if waits else (key.desc(), case.c.id.desc())
        for arm in several:
            clause = select(at.label("at"), case.c.id.label("id")).select_from(origin).where(arm, *filters)
            firsts.append(clause.order_by(*order).limit(query.limit + 1).subquery())
    if not firsts:
        return []
    found = rows(reader, union_all(*(select(each.c.at, each.c.id) for each in firsts)), row)
    return sorted(set(found), reverse=not waits)[: query.limit + 1]


def _cases(reader: Reader, ids: list[str]) -> list[shapes.Case]:
    """In the order of the ids."""
    if not ids:
        return []
    clause = select(*view.COLUMNS).select_from(view.JOINED).where(case.c.id.in_(ids))
    found = {each.id: each for each in rows(reader, clause, view.shape)}
    return [found[case_id] for case_id in ids]


def _mark(at: int, case_id: str) -> str:
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
