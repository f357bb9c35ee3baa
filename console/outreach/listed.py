"""The morning's work: who owes and has no conversation, most worthwhile first, and how they may be reached today."""

from __future__ import annotations

import base64
import json
from typing import Literal

from msgspec import DecodeError, Struct
from msgspec.json import decode

from console.access.actor import Actor
from console.access.portfolios import must_see_portfolio
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.debtors.phones import masked_name
from console.debtors.seen import reads
from console.errors import Invalid
from console.outreach.boards import Board, Candidate, Filter, Key
from console.outreach.chances import Chance, best, chances, unopened
from console.outreach.score import Term
from console.portfolios.queries import get_portfolio
from console.store.transaction import Reader
from console.wire.paging import unknown, unpacked
from console.wire.shapes import Money, Named

MOST = 100
MOST_SCORE = 10**9  # far beyond any
EXAMINED = 400  # people looked at for one page: a rare kind may give a short page and a cursor to go on from
Reach = Literal["now", "today", "any"]
BUCKETS = ("CURRENT", "B1_30", "B31_60", "B61_PLUS")


class Wanted(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom to show. `reach`: whom the gate allows now, on this day, or all; `channel`: on this one."""

    portfolio: str | None = None
    bucket: str | None = None
    language: str | None = None
    channel: str | None = None
    reach: Reach = "today"
    least: int | None = None  # score
    limit: int = 50
    cursor: str | None = None


class Prospect(Struct, frozen=True):
    """Somebody to write to. The name is short to whoever reads no case of theirs, the balance null to an agent."""

    debtor: Named
    portfolio: Named
    language: str
    balance: Money | None
    bucket: str
    days_late: int
    score: int
    terms: list[Term]
    reach: str  # now, today, later, blocked
    channels: list[Chance]
    preferred_channel: str | None


class Prospects(Struct, frozen=True):
    items: list[Prospect]
    next: str | None
    total: int  # whom the filters leave, before the gate is asked


def to_contact(reader: Reader, actor: Actor, wanted: Wanted) -> Prospects:
    """A page, the highest score first. Raises Invalid, naming the parameter; NotFound for a portfolio not seen."""
    if not 1 <= wanted.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if wanted.bucket not in (None, "", *BUCKETS):
        raise Invalid(f"bucket is one of {', '.join(BUCKETS)}.", field="bucket")
    if wanted.portfolio:
        must_see_portfolio(reader, actor, wanted.portfolio)
    board = Board(reader, actor, Filter(portfolio=wanted.portfolio or None, language=wanted.language or None,
                                        bucket=wanted.bucket or None, least=wanted.least))  # fmt: skip
    items: list[Prospect] = []
    last: Key | None = None
    for examined, each in enumerate(board.after(_read(wanted.cursor) if wanted.cursor else None)):
        if examined == EXAMINED or len(items) == wanted.limit:
            return Prospects(items, _mark(last) if last else None, board.count())
        shown = _prospect(reader, actor, each, wanted)
        last = each.key
        if shown is not None:
            items.append(shown)
    return Prospects(items, None, board.count())


def _prospect(reader: Reader, actor: Actor, found: Candidate, wanted: Wanted) -> Prospect | None:
    key = found.key
    row = unopened(reader, key[1], key[2])
    ways = chances(reader, row, actor.id, wanted.channel or None)
    reach = best(ways)
    if (wanted.channel and not ways) or not _reaches(reach, wanted.reach):
        return None
    return _shape(reader, actor, row, reach, ways, -key[0], found.terms)


def _reaches(reach: str, wanted: Reach) -> bool:
    return wanted == "any" or reach == "now" or (wanted == "today" and reach == "today")


def _shape(
    reader: Reader, actor: Actor, row: CaseRow, reach: str, ways: list[Chance], score: int, terms: list[Term]
) -> Prospect:
    person, book = debtors.get(reader, row.debtor_id), get_portfolio(reader, row.portfolio_id)
    hidden = not reads(reader, actor, person.id)
    return Prospect(
        debtor=Named(person.id, masked_name(person.name) if hidden else person.name),
        portfolio=Named(book.id, book.name),
        language=person.language,
        balance=None if actor.role == "agent" or row.balance_minor is None else Money(row.balance_minor, row.currency),
        bucket=row.bucket,
        days_late=row.days_late,
        score=score,
        terms=terms,
        reach=reach,
        channels=ways,
        preferred_channel=person.preferred_channel,
    )


def _mark(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> Key:
    try:
        score, debtor_id, portfolio_id = decode(unpacked(cursor), type=tuple[int, str, str])
    except (ValueError, DecodeError):
        raise unknown() from None
    if abs(score) > MOST_SCORE:
        raise unknown()
    return score, debtor_id, portfolio_id
