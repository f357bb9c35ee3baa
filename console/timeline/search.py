"""Search: what the index finds within the viewer's scopes, each hit asked for once more before it leaves."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

from msgspec import Struct, field
from sqlalchemy import select

from console.access.actor import Actor
from console.access.visible import content_arms, readable_of
from console.cases.models import case
from console.debtors import search as debtors
from console.debtors.models import debtor
from console.errors import Invalid
from console.store.statement import Query, placed, places, row, rows
from console.store.transaction import Reader
from console.store.vault import Vault
from console.store.words import fold, terms_of
from console.timeline import queries as timeline
from console.timeline import view
from console.timeline.download import may_see
from console.timeline.index import hits, token
from console.timeline.queries import ItemRow
from console.wire import shapes
from console.wire.moment import rfc3339
from console.wire.paging import place_of

MOST = 100
LONGEST = 200  # characters of a query
EXCERPT, BEFORE = 240, 60
OWN_CASES = 500  # how many of an agent's cases are looked through, the last changed first
_STEPS = 5  # of the index for one page: hits that may no longer be seen cost a step, never an answer
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


class SearchQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"where": "in"}):
    """The query of GET /search."""

    q: str = ""
    where: Literal["messages", "debtors", "notes"] = "messages"
    limit: int = 20
    cursor: str | None = None


class Hit(Struct, frozen=True, kw_only=True):
    """One item. `text` is an excerpt; `highlights` are [from, to) in it, in UTF-16 code units as JavaScript counts."""

    id: str
    kind: str
    case: str
    position: int
    at: str | None
    debtor: shapes.Named | None
    author: shapes.Person | None
    text: str
    highlights: list[tuple[int, int]]
    channel: str | None = None
    direction: str | None = None


class Found(Struct, frozen=True):
    items: list[Any] = field(default_factory=list)  # Hit, or debtors as GET /debtors has them
    next: str | None = None


def search(reader: Reader, actor: Actor, query: SearchQuery, vault: Vault) -> Found:
    """A page, the newest first. Raises Invalid, naming the parameter."""
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if len(query.q) > LONGEST:
        raise Invalid(f"Search for at most {LONGEST} characters.", field="q")
    if query.where == "debtors":
        if not query.q.strip():
            return Found()
        page = debtors.search(
            reader, vault, actor, debtors.DebtorQuery(q=query.q, limit=query.limit, cursor=query.cursor)
        )
        return Found(page.items, page.next)
    table = "search_message" if query.where == "messages" else "search_side"
    return _items(reader, actor, query, table, place_of(query.cursor))


def scopes_of(reader: Reader, actor: Actor) -> list[str] | None:
    """The tokens of what the actor may search; None: everything."""
    if actor.role == "compliance":
        return None
    if actor.role == "supervisor":
        return [token("t", team) for team in sorted(actor.teams)]
    mine: set[tuple[int, str]] = set()
    for arm in (each for several in content_arms(actor) for each in several):  # each from an index; together from none
        newest = select(case.c.updated_at, case.c.id).where(arm).order_by(case.c.updated_at.desc()).limit(OWN_CASES)
        mine.update(rows(reader, newest, row))
    return [token("c", case_id) for _, case_id in sorted(mine, reverse=True)[:OWN_CASES]]


def _items(reader: Reader, actor: Actor, query: SearchQuery, table: str, before: int | None) -> Found:
    scopes, terms = scopes_of(reader, actor), terms_of(query.q)
    shown: list[tuple[int, ItemRow]] = []
    for _ in range(_STEPS):
        step = hits(reader, table, query.q, scopes, query.limit + 1, before)
        shown += _seen(reader, actor, step)
        before = step[-1][0] if step else before
        if len(shown) > query.limit or len(step) <= query.limit:
            break
    else:
        return Found(_shapes(reader, shown, terms), str(before))  # much was hidden: go on from here
    more = len(shown) > query.limit
    shown = shown[: query.limit]
    return Found(_shapes(reader, shown, terms), str(shown[-1][0]) if more else None)


def _seen(reader: Reader, actor: Actor, step: list[tuple[int, str, str]]) -> list[tuple[int, ItemRow]]:
    """Of these hits the items that the actor may be shown now, in the same order."""
    found = timeline.find_all(reader, (item_id for _, item_id, _ in step))
    open_to = readable_of(reader, actor, (each.case_id for each in found.values()))
    items = [(place, found[item_id]) for place, item_id, _ in step if item_id in found]
    return [
        (place, each)
        for place, each in items
        if each.case_id in open_to and (each.kind != "whisper" or may_see(reader, actor, each))
    ]


def _shapes(reader: Reader, found: list[tuple[int, ItemRow]], terms: list[str]) -> list[Hit]:
    people = view.people(reader, [item.author_id for _, item in found])
    cases = sorted({item.case_id for _, item in found})
    whose = {case_id: who for case_id, who in _debtors(len(cases)).all(reader, **placed(cases))} if cases else {}
    return [_hit(item, people.get(item.author_id or ""), whose.get(item.case_id), terms) for _, item in found]


def _hit(item: ItemRow, author: shapes.Person | None, who: shapes.Named | None, terms: list[str]) -> Hit:
    whole = f"{item.subject} · {item.text}" if item.subject else item.text
    text, marks = excerpt(whole, terms)
    return Hit(
        id=item.id,
        kind=item.kind,
        case=item.case_id,
        position=item.position,
        at=rfc3339(item.at),
        debtor=who,
        author=author,
        text=text,
        highlights=marks,
        channel=item.channel,
        direction=item.direction,
    )


@cache
def _debtors(count: int) -> Query[tuple[str, shapes.Named]]:
    """Whose these cases are."""
    clause = select(case.c.id, debtor.c.id, debtor.c.name).join(debtor, debtor.c.id == case.c.debtor_id)
    return Query(clause.where(case.c.id.in_(places(count))), lambda case_id, *who: (case_id, shapes.Named(*who)))


def excerpt(text: str, terms: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Some 240 characters around the first word that was looked for, and where in them the words stand."""
    text = " ".join(text.split())
    found = [span for match in _WORD.finditer(text) if (span := _span(match, terms))]
    start = 0
    if len(text) > EXCERPT and found and found[0][1] > EXCERPT:
        start = max(text.rfind(" ", 0, found[0][0] - BEFORE) + 1, 0)
    shown = text[start : start + EXCERPT]
    head, tail = "… " if start else "", " …" if start + EXCERPT < len(text) else ""
    marks = [
        (_units(head + shown[: a - start]), _units(head + shown[: b - start]))
        for a, b in found
        if a >= start and b <= start + EXCERPT
    ]
    return head + shown + tail, marks


def _span(match: re.Match[str], terms: list[str]) -> tuple[int, int] | None:
    """Where the word begins and how far the longest term reaches into it."""
    word = match[0]
    folded = fold(word)
    fitting = [term for term in terms if folded.startswith(term)]
    if not fitting:
        return None
    longest = max(fitting, key=len)
    end = next(at for at in range(1, len(word) + 1) if len(fold(word[:at])) >= len(longest))
    while end < len(word) and not fold(word[end]):
        end += 1  # an accent that stands apart belongs to its letter
    return match.start(), match.start() + end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
