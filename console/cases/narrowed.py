"""What narrows a list of cases, and whether that leaves few of them.

A page is read in the order of an index, and whoever is met on the way is asked whether they belong: quick while many
do.
Where few do, they are found by what they have in common, and sorted.

Statements are drawn of a `Shape`, which holds no values: building and compiling one costs ten times what it takes to
run, so each is kept (`functools.lru_cache`) for whoever asks alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, and_, any_, bindparam, func, select

from console.access.actor import Actor
from console.access.visible import content_arms, existence_arms
from console.cases.models import case, case_tag
from console.cases.tags import of_channel, of_label, of_skill
from console.debtors.names import ids_named, is_named, match_of
from console.store.statement import Blank, Query, row
from console.store.transaction import Reader
from console.store.words import terms_of

View = Literal["mine", "queue", "team", "all", "snoozed", "resolved"]
Sort = Literal["wait", "activity"]
FEW = 1_000  # cases that are found and sorted in less time than they are met
KEPT = 512  # statements of one kind
OPEN = ("queued", "assigned", "snoozed")
Wide = tuple[ColumnElement[bool], str | None]
"""What is a team's, or (None) everybody's, and the team."""
_TAGS: dict[str, Callable[[str], str]] = {"label": of_label, "skill": of_skill, "channel": of_channel}
_PIECES: dict[str, Callable[[str], str]] = {
    "label": lambda label: msgspec.json.encode(label).decode(), "skill": lambda skill: f'"skill":"{skill}"',
    "channel": lambda channel: f'"{channel}"',
}  # fmt: skip
"""What stands in the column of a case that bears it."""
_COLUMNS = {"label": case.c.labels, "skill": case.c.skills, "channel": case.c.channels}
_EXACT = {"portfolio": case.c.portfolio_id, "team": case.c.team_id, "owner": case.c.owner_id,
          "debtor": case.c.debtor_id}  # fmt: skip


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


class Shape(NamedTuple):
    """Who asks for which list, with a `Blank` in place of every value that is theirs or the query's."""

    dialect: str
    actor: Actor
    query: CaseQuery
    statuses: tuple[str, ...]
    terms: int  # words of a name


class Few(NamedTuple):
    """What leaves few cases: the name or a person, or in each arm one of its tags or the portfolio, by its place."""

    by: str | None = None
    arms: tuple[int | None, ...] = ()


def shape_of(dialect: str, actor: Actor, query: CaseQuery, statuses: Sequence[str]) -> tuple[Shape, dict[str, Any]]:
    """The shape of a question, and the values that it leaves blank."""
    teams = {team: Blank(f"team_{place:04}") for place, team in enumerate(sorted(actor.teams))}
    values: dict[str, Any] = {"me": actor.id, "own_portfolio": actor.portfolio}
    values |= {name: team for team, name in teams.items()}
    blank: dict[str, str] = {}
    for name in (*_TAGS, *_EXACT):
        if asked := getattr(query, name):
            blank[name] = teams.get(asked, Blank(name)) if name == "team" else Blank(name)
            values[name] = asked
    for name in _TAGS.keys() & blank.keys():
        values[f"tag_{name}"] = _TAGS[name](values[name])
        piece = _PIECES[name](values[name])
        values[f"has_{name}"] = piece if dialect == "sqlite" else f"%{_escaped(piece)}%"
    terms = terms_of(query.q or "")
    values |= {"name": match_of(dialect, terms)} | {f"word_{place}": f" {each}" for place, each in enumerate(terms)}
    who = Actor(
        id=Blank("me"), name="", role=actor.role, teams=frozenset(teams.values()), scopes=actor.scopes,
        portfolio=None if actor.portfolio is None else Blank("own_portfolio"),
    )  # fmt: skip
    asks = CaseQuery(view=query.view, **blank)  # type: ignore[arg-type]
    return Shape(dialect, who, asks, tuple(statuses), len(terms)), values


def apart(dialect: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that draws no planner away from the order. What is concatenated has no index, which SQLite needs to be
    told; PostgreSQL would know nothing of how many rows it leaves, and knows what walking costs.
    """
    return column.concat("") if dialect == "sqlite" else column


def filters(shape: Shape) -> list[ColumnElement[bool]]:
    """The conditions, in a form that draws no planner away from the order."""
    asked = [(name, getattr(shape.query, name)) for name in _EXACT]
    found = [apart(shape.dialect, _EXACT[name]) == each for name, each in asked if each]
    found += [_bears(shape.dialect, _COLUMNS[name], Blank(f"has_{name}")) for name in _borne(shape)]
    return found


def named(shape: Shape) -> list[ColumnElement[bool]]:
    """The same of the debtor's name."""
    words = [Blank(f"word_{place}") for place in range(shape.terms)]
    return [is_named(shape.dialect, Blank("name"), words, case.c.debtor_id)] if words else []


def seen(shape: Shape) -> tuple[list[ColumnElement[bool]], list[Wide]]:
    """What is one's own and what is a team's, or everybody's, of this view."""
    actor, query = shape.actor, shape.query
    if query.view in ("mine", "snoozed"):
        return [case.c.owner_id == actor.id, case.c.taken_over_from == actor.id], []
    if query.team:
        actor = msgspec.structs.replace(actor, teams=actor.teams & {query.team})
    own, wide = content_arms(actor) if query.view == "resolved" else existence_arms(actor)
    if not wide or actor.role not in ("agent", "supervisor"):
        return own, [(and_(arm, case.c.team_id == query.team) if query.team else arm, query.team) for arm in wide]
    return own, list(zip(wide, sorted(actor.teams), strict=True))


def find_few(reader: Reader, shape: Shape, values: dict[str, Any]) -> Few:
    """Ask what leaves few cases: together, since a question to the database costs more than a few hundred entries of an
    index.
    """
    arms, people, each = _asked(shape)
    if not arms:
        return Few()
    for name, is_few in zip(people, _are_few(reader, _people_counted, shape, values) if people else (), strict=True):
        if is_few:
            return Few(by=name)
    if not each:
        return Few(arms=(None,) * arms)
    are_few = _are_few(reader, _arms_counted, shape, values)
    several = (are_few[first : first + each] for first in range(0, arms * each, each))
    return Few(arms=tuple(next((place for place, is_few in enumerate(these) if is_few), None) for these in several))


def narrowed(shape: Shape, few: Few, arms: Sequence[Wide]) -> list[ColumnElement[bool] | None]:
    """What each arm is narrowed to where that is few."""
    if few.by == "name":
        return [_one_of(shape, dict(_people(shape))["name"])] * len(arms)
    if few.by is not None:
        return [and_(_one_of(shape, dict(_people(shape))[few.by]), *named(shape))] * len(arms)
    return [
        None if place is None else and_(_one_of(shape, _narrower(shape, *arm)[place]), *named(shape))
        for arm, place in zip(arms, few.arms, strict=True)
    ]


def _borne(shape: Shape) -> list[str]:
    """Which kinds of tags are asked for."""
    return [name for name in _TAGS if getattr(shape.query, name)]


def _bears(dialect: str, column: ColumnElement[Any], piece: str) -> ColumnElement[bool]:
    """Whether the text of a column holds this one, letter for letter (SQLite's LIKE takes VIP for vip)."""
    return func.instr(column, piece) > 0 if dialect == "sqlite" else column.like(piece, escape="/")


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _people(shape: Shape) -> list[tuple[str, Select[Any]]]:
    """The cases of debtors of the name, and of a person, where they are asked for."""
    theirs = select(case.c.id)
    found: list[tuple[str, Select[Any]]] = []
    if shape.terms:
        found.append(("name", theirs.where(case.c.debtor_id.in_(ids_named(shape.dialect, Blank("name"))))))
    people = ((name, getattr(shape.query, name)) for name in ("owner", "debtor"))
    return found + [(name, theirs.where(_EXACT[name] == each)) for name, each in people if each]


def _narrower(shape: Shape, arm: ColumnElement[bool], team: str | None) -> list[Select[Any]]:
    """The cases of an arm that bear what is asked for, found by it: one query for each that is asked for."""
    bear = select(case_tag.c.case_id) if team is None else select(case_tag.c.case_id).where(case_tag.c.team_id == team)
    found = [bear.where(case_tag.c.tag == Blank(f"tag_{name}")) for name in _borne(shape)]
    if shape.query.portfolio:
        found.append(select(case.c.id).where(case.c.portfolio_id == shape.query.portfolio, arm))
    return found


def _one_of(shape: Shape, places: Select[Any]) -> ColumnElement[bool]:
    """Of these few cases. PostgreSQL is given them as an array: it would join a query, by a guess at how many."""
    if shape.dialect == "sqlite":
        return case.c.id.in_(places)
    return case.c.id == any_(func.array(places.scalar_subquery()))


def _are_few(
    reader: Reader, counted: Callable[[Shape], Query[tuple[int, ...]]], shape: Shape, values: dict[str, Any]
) -> list[bool]:
    (found,) = counted(shape).all(reader, **values, most=FEW + 1)
    return [count <= FEW for count in found]


@lru_cache(KEPT)
def _asked(shape: Shape) -> tuple[int, list[str], int]:
    """How many arms there are, by which names and persons all may be few, and by how many tags and the like each."""
    each = len(_borne(shape)) + bool(shape.query.portfolio)
    return len(seen(shape)[1]), [name for name, _ in _people(shape)], each


@lru_cache(KEPT)
def _people_counted(shape: Shape) -> Query[tuple[int, ...]]:
    """Of the name's debtors, not of their cases, which would have to be found."""
    ids = {"name": ids_named(shape.dialect, Blank("name"))}
    return _counted([ids.get(name, each) for name, each in _people(shape)])


@lru_cache(KEPT)
def _arms_counted(shape: Shape) -> Query[tuple[int, ...]]:
    return _counted([each for arm in seen(shape)[1] for each in _narrower(shape, *arm)])


def _counted(several: Sequence[Select[Any]]) -> Query[tuple[int, ...]]:
    """How many there are of each, up to `most`."""
    counts = (
        select(func.count()).select_from(each.limit(bindparam("most")).subquery()).scalar_subquery() for each in several
    )
    return Query(select(*counts), row)
