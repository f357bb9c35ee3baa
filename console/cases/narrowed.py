"""What narrows a list of cases, and whether that leaves few of them.

A page is read in the order of an index, and whoever is met on the way is asked whether they belong: quick while many
do.
Where few do, they are found by what they have in common, and sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, and_, any_, func, select

from console.cases.models import case, case_tag
from console.cases.tags import of_channel, of_label, of_skill
from console.debtors.names import ids_named, is_named
from console.store.statement import row, rows
from console.store.transaction import Reader
from console.store.words import terms_of

View = Literal["mine", "queue", "team", "all", "snoozed", "resolved"]
Sort = Literal["wait", "activity"]
FEW = 1_000  # cases that are found and sorted in less time than they are met
OPEN = ("queued", "assigned", "snoozed")
Wide = tuple[ColumnElement[bool], str | None]
"""What is a team's, or (None) everybody's, and the team."""


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
    """What the list is narrowed to by a person, when that is few cases."""
    for column, wanted in ((case.c.owner_id, query.owner), (case.c.debtor_id, query.debtor)):
        theirs = select(case.c.id).where(column == wanted)
        if wanted and _are_few(reader, theirs):
            return _one_of(reader, theirs)
    return None


def few_of_arms(
    reader: Reader, query: CaseQuery, arms: Sequence[Wide], *name: ColumnElement[bool]
) -> list[ColumnElement[bool] | None]:
    """What a tag or the portfolio narrows each arm to, a team's cases or everybody's: where that is few. Of those, the
    ones of the name.
    """
    narrower = [_narrower(query, *each) for each in arms]
    several = [each for these in narrower for each in these]
    are_few = iter(_which_are_few(reader, several) if several else ())
    found: list[ColumnElement[bool] | None] = []
    for these in narrower:
        few_of = [each for each in these if next(are_few)]
        found.append(and_(_one_of(reader, few_of[0]), *name) if few_of else None)
    return found


def _narrower(query: CaseQuery, arm: ColumnElement[bool], team: str | None) -> list[Select[Any]]:
    """The cases of an arm that bear what is asked for, found by it: one query for each that is asked for."""
    tags = (
        query.label and of_label(query.label), query.skill and of_skill(query.skill),
        query.channel and of_channel(query.channel),
    )  # fmt: skip
    bear = select(case_tag.c.case_id) if team is None else select(case_tag.c.case_id).where(case_tag.c.team_id == team)
    found = [bear.where(case_tag.c.tag == each) for each in tags if each]
    if query.portfolio:
        found.append(select(case.c.id).where(case.c.portfolio_id == query.portfolio, arm))
    return found


def _one_of(reader: Reader, places: Select[Any]) -> ColumnElement[bool]:
    """Of these few cases. PostgreSQL is given them as an array: it would join a query, by a guess at how many."""
    if reader.dialect == "sqlite":
        return case.c.id.in_(places)
    return case.c.id == any_(func.array(places.scalar_subquery()))


def _are_few(reader: Reader, places: Select[Any]) -> bool:
    return _which_are_few(reader, [places])[0]


def _which_are_few(reader: Reader, several: list[Select[Any]]) -> list[bool]:
    """Asked together: a question to the database costs more than a few hundred entries of an index."""
    counts = (select(func.count()).select_from(each.limit(FEW + 1).subquery()).scalar_subquery() for each in several)
    (found,) = rows(reader, select(*counts), row)
    return [count <= FEW for count in found]
