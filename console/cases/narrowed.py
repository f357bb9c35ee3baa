"""What narrows a list of cases, and whether that leaves few of them.

A page is read in the order of an index, and whoever is met on the way is asked whether they belong: quick while many
do.
Where few do, they are found by what they have in common, and sorted.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, and_, any_, func, select

from console.cases.models import case, case_tag
from console.cases.tags import of_label, of_skill
from console.debtors.names import ids_named, is_named
from console.store.statement import rows
from console.store.transaction import Reader
from console.store.words import terms_of

View = Literal["mine", "queue", "team", "all", "snoozed", "resolved"]
Sort = Literal["wait", "activity"]
FEW = 1_000  # cases that are found and sorted in less time than they are met
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


def apart(reader: Reader, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that draws no planner away from the order. What is concatenated has no index, which SQLite needs to be
    told; PostgreSQL would know nothing of how many rows it leaves, and knows what walking costs.
    """
    return column.concat("") if reader.dialect == "sqlite" else column


def filters(reader: Reader, query: CaseQuery) -> list[ColumnElement[bool]]:
    """The conditions, in a form that draws no planner away from the order."""
    found: list[ColumnElement[bool]] = []
    if query.status:
        found.append(apart(reader, case.c.status).in_(query.status.split(",")))
    exact = (
        ("portfolio_id", query.portfolio),
        ("team_id", query.team),
        ("owner_id", query.owner),
        ("debtor_id", query.debtor),
    )
    found += [apart(reader, case.c[name]) == each for name, each in exact if each]
    if query.channel:
        found.append(case.c.channels.contains(f'"{query.channel}"', autoescape=True))
    if query.label:
        found.append(case.c.labels.contains(msgspec.json.encode(query.label).decode(), autoescape=True))
    if query.skill:
        found.append(case.c.skills.contains(f'"skill":"{query.skill}"', autoescape=True))
    return found


def named(reader: Reader, query: CaseQuery) -> list[ColumnElement[bool]]:
    """The same of the debtor's name."""
    terms = terms_of(query.q or "")
    return [is_named(reader, terms, case.c.debtor_id)] if terms else []


def few_named(reader: Reader, query: CaseQuery) -> ColumnElement[bool] | None:
    """What the list is narrowed to by a name, when that is few debtors' cases."""
    if not (terms := terms_of(query.q or "")):
        return None
    people = ids_named(reader, terms)
    theirs = select(case.c.id).where(case.c.debtor_id.in_(people))
    return _one_of(reader, theirs) if _are_few(reader, people) else None


def few(reader: Reader, query: CaseQuery) -> ColumnElement[bool] | None:
    """What the list is narrowed to by a person or a tag, when that is few cases."""
    for column, wanted in ((case.c.owner_id, query.owner), (case.c.debtor_id, query.debtor)):
        theirs = select(case.c.id).where(column == wanted)
        if wanted and _are_few(reader, theirs):
            return _one_of(reader, theirs)
    for tag in (query.label and of_label(query.label), query.skill and of_skill(query.skill)):
        bear = select(case_tag.c.case_id).where(case_tag.c.tag == tag)
        if tag and _are_few(reader, bear):
            return _one_of(reader, bear)
    return None


def few_of_book(
    reader: Reader, query: CaseQuery, arm: ColumnElement[bool], *name: ColumnElement[bool]
) -> ColumnElement[bool] | None:
    """What a portfolio narrows a team's cases, or everybody's, to: when that is few. Of those, the ones of the name."""
    if not query.portfolio:
        return None
    book = select(case.c.id).where(case.c.portfolio_id == query.portfolio, arm)
    return and_(_one_of(reader, book), *name) if _are_few(reader, book) else None


def _one_of(reader: Reader, places: Select[Any]) -> ColumnElement[bool]:
    """Of these few cases. PostgreSQL is given them as an array: it would join a query, by a guess at how many."""
    if reader.dialect == "sqlite":
        return case.c.id.in_(places)
    return case.c.id == any_(func.array(places.scalar_subquery()))


def _are_few(reader: Reader, places: Select[Any]) -> bool:
    (count,) = rows(reader, select(func.count()).select_from(places.limit(FEW + 1).subquery()), int)
    return count <= FEW
