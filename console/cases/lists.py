"""Lists of cases: views, filters, keyset pages. What a viewer may not read comes as a masked row, or not at all."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, false, func, or_, select, union_all

from channels.registry import CHANNELS as PROVIDERS
from console.access.actor import Actor
from console.access.visible import Arms, existence_of_cases, readable
from console.cases import view
from console.cases.models import case
from console.cases.models import seen as looked
from console.cases.narrowed import (
    KEPT,
    OPEN,
    CaseQuery,
    Few,
    Shape,
    apart,
    filters,
    find_few,
    named,
    narrowed,
    seen,
    shape_of,
)  # fmt: skip
from console.errors import Invalid
from console.store.statement import Query, placed, places, row, rows
from console.store.transaction import Reader
from console.timeline.whispers import unseen
from console.wire import shapes
from console.wire.paging import mark_of, read_mark

MOST = 200
STATUSES = (*OPEN, "resolved")
CHANNELS = tuple(sorted({channel for provider in PROVIDERS.values() for channel in provider.carries}))

Clause = TypeVar("Clause", Select[Any], CompoundSelect[Any])


class Page(msgspec.Struct, frozen=True):
    items: list[Any]
    next: str | None


def list_cases(reader: Reader, actor: Actor, query: CaseQuery) -> Page:
    """A page of a view. Raises Invalid, naming the parameter."""
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if query.channel and query.channel not in CHANNELS:
        raise Invalid(f"{query.channel} is no channel: they are {', '.join(CHANNELS)}.", field="channel")
    sort = query.sort or ("activity" if query.q or query.view == "resolved" or query.status == "resolved" else "wait")
    found = _places(reader, actor, query, sort)
    shown = found[: query.limit]
    last = mark_of(sort, *shown[-1]) if len(found) > query.limit else None
    return Page(_for_viewer(reader, actor, cases_of(reader, [case_id for _, case_id in shown])), last)


def counts(reader: Reader, actor: Actor) -> dict[str, int]:
    """How many cases stand in each view, for the tabs. What an emergency opened stands in none."""
    actor = msgspec.structs.replace(actor, opened=frozenset())
    mine = and_(or_(case.c.owner_id == actor.id, case.c.taken_over_from == actor.id), case.c.status != "resolved")
    found = {}
    for name, condition in (
        ("mine", mine),
        ("queue", _queue(actor)),
        ("snoozed", and_(mine, case.c.status == "snoozed")),
    ):
        (found[name],) = rows(reader, select(func.count()).select_from(case).where(condition), lambda n: int(n))
    return found


def _arms(shape: Shape, few: Few) -> Arms:
    """The view in parts: those whose cases are few, so that they are found and then sorted; and what is a team's, or
    everybody's, by its status, each in the order of an index.

    Together they are what may be seen; a case that stands in several is shown once.
    """
    free = [apart(shape.dialect, case.c.owner_id).is_(None)] * (shape.query.view == "queue")
    such = and_(apart(shape.dialect, case.c.status).in_(shape.statuses), *free)
    own, wide = seen(shape)
    name = named(shape)
    found, walked = [and_(arm, such, *name) for arm in own], []
    for (arm, _), these in zip(wide, narrowed(shape, few, wide), strict=True):
        if these is None:
            walked += [and_(arm, case.c.status == each, *free, *name) for each in shape.statuses]
        else:  # no planner looks into a coalesce for an index
            found.append(and_(these, func.coalesce(arm, false()), such))
    return found, walked


def _statuses(query: CaseQuery) -> list[str]:
    view = {"queue": ("queued",), "resolved": ("resolved",)}.get(query.view)
    usual = {"snoozed": ("snoozed",), "all": (*OPEN, "resolved")}.get(query.view, OPEN)
    if query.status is None or query.status == "":
        return list(view or usual)
    asked = query.status.split(",")
    if unknown := [each for each in asked if each not in STATUSES]:
        raise Invalid(f"{unknown[0]} is no status: they are {', '.join(STATUSES)}.", field="status")
    return [each for each in view or (*OPEN, "resolved") if each in asked]


def _queue(actor: Actor) -> ColumnElement[bool]:
    return and_(existence_of_cases(actor), case.c.status == "queued", case.c.owner_id.is_(None))


def _places(reader: Reader, actor: Actor, query: CaseQuery, sort: str) -> list[tuple[int, str]]:
    """(moment, id) of the page's cases and one more: the first of each arm, then the first of them all."""
    shape, values = shape_of(reader.dialect, actor, query, _statuses(query))
    waits = sort == "wait"
    if query.cursor:
        values["after_at"], values["after_id"] = read_mark(sort, query.cursor)
    asks = _in_places(shape, find_few(reader, shape, values), waits, bool(query.cursor))
    places = asks.all(reader, **values, most=query.limit + 1) if asks is not None else []
    return sorted(set(places), reverse=not waits)[: query.limit + 1]


@lru_cache(KEPT)
def _in_places(shape: Shape, few: Few, waits: bool, goes_on: bool) -> Query[tuple[int, str]] | None:
    """The statement of `_places`; None when there is nothing that may be seen. `goes_on`: behind a mark."""
    found, walked = _arms(shape, few)
    conditions = filters(shape)
    at = case.c.rank_at if waits else case.c.updated_at
    if goes_on:
        moment: ColumnElement[Any] = bindparam("after_at")
        last: ColumnElement[Any] = bindparam("after_id")
        after = (at > moment, case.c.id > last) if waits else (at < moment, case.c.id < last)
        conditions.append(or_(after[0], and_(at == moment, after[1])))
    in_order = partial(_in_order, waits=waits)
    firsts = [in_order(_such(arm, conditions, at + 0)).subquery() for arm in found]  # no index has the order of a sum
    if walked:
        firsts.append(side_by_side([_such(arm, conditions, at) for arm in walked], shape.dialect, waits).subquery())
    return Query(union_all(*(select(*each.c) for each in firsts)), row) if firsts else None


def side_by_side(arms: list[Select[Any]], dialect: str, waits: bool) -> CompoundSelect[Any]:
    """The first `most` places (moment, id) of arms that have no case in common, each in the order of an index."""
    in_order = partial(_in_order, waits=waits)
    if dialect == "postgresql":  # its planner would find them all and sort, but for a limit on each
        arms = [select(*in_order(arm).subquery().c) for arm in arms]
    return in_order(union_all(*arms))


def _such(arm: ColumnElement[bool], conditions: list[ColumnElement[bool]], key: ColumnElement[int]) -> Select[Any]:
    return select(key.label("at"), case.c.id.label("id")).where(arm, *conditions)


def _in_order(places: Clause, *, waits: bool) -> Clause:
    """The page's places of these and one more. Of several arms, which have no case in common, the databases walk each
    in the order of its index, and none further than to the last of the page.
    """
    at, case_id = places.selected_columns
    order = (at, case_id) if waits else (at.desc(), case_id.desc())
    return places.order_by(*order).limit(bindparam("most"))


def cases_of(reader: Reader, ids: list[str]) -> list[shapes.Case]:
    """In the order of the ids, at most 200."""
    if not ids:
        return []
    found = {each.id: each for each in _shown(len(ids)).all(reader, **placed(ids))}
    return [view.as_of(found[case_id], reader.now) for case_id in ids]


def _for_viewer(reader: Reader, actor: Actor, found: list[shapes.Case]) -> list[Any]:
    ids = list(readable(reader, actor, found))
    if not ids:
        return [view.masked(each) for each in found]
    unread: dict[str, int] = dict(_unread(len(ids)).all(reader, user_id=actor.id, **placed(ids)))
    whispers = unseen(reader, actor.id, ids)
    return [
        msgspec.structs.replace(each, unread=unread[each.id], whispers=whispers.get(each.id, 0))
        if each.id in unread
        else view.masked(each)
        for each in found
    ]


@cache
def _shown(count: int) -> Query[shapes.Case]:
    return Query(select(*view.COLUMNS).select_from(view.JOINED).where(case.c.id.in_(places(count))), view.shape)


@cache
def _unread(count: int) -> Query[tuple[Any, ...]]:
    """How many messages of the debtor somebody has not seen."""
    joined = case.outerjoin(looked, and_(looked.c.case_id == case.c.id, looked.c.user_id == bindparam("user_id")))
    clause = select(case.c.id, case.c.inbound - func.coalesce(looked.c.inbound, 0)).select_from(joined)
    return Query(clause.where(case.c.id.in_(places(count))), row)
