"""Who could be written to, in the order of their score: from the scores that are kept, or from the books."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from heapq import merge
from typing import Any

from msgspec import Struct
from sqlalchemy import exists, func, select, tuple_, union

from console.access.actor import Actor
from console.access.portfolios import visible_portfolios
from console.cases.models import case as cases
from console.debtors.models import debtor
from console.ledger.models import charge
from console.outreach.kept import facts_of, scale_of, stale_debtors
from console.outreach.models import prospect, stale
from console.outreach.people import people, today_in
from console.outreach.score import Known, Scale, Term, measures
from console.portfolios.models import portfolio
from console.store.statement import row, rows, value
from console.store.transaction import Reader

Key = tuple[int, str, str]  # (-score, debtor, portfolio): the highest score first
PART = 100  # rows of the kept scores read at a time


class Filter(Struct, frozen=True, kw_only=True):
    portfolio: str | None = None
    language: str | None = None
    bucket: str | None = None
    least: int | None = None  # score


class Candidate(Struct, frozen=True):
    key: Key
    bucket: str
    known: Known
    scale: Scale

    @property
    def terms(self) -> list[Term]:
        return self.scale.terms(self.known)


class Board:
    """Everybody whom a filter leaves and nobody talks to. Nothing is read before it is asked for."""

    def __init__(self, reader: Reader, actor: Actor, wanted: Filter) -> None:
        clause = select(portfolio.c.id).where(visible_portfolios(actor)).order_by(portfolio.c.id)
        books = [each for each in rows(reader, clause, value) if wanted.portfolio in (None, each)]
        changed = stale_debtors(reader)
        self._pages: list[_Kept | _Read] = []
        for book in books:
            scale = scale_of(reader, book)
            if scale is None or changed is None:
                self._pages.append(_Read(reader, book, wanted, None, None))
            else:
                self._pages.append(_Kept(reader, book, wanted, scale))
                self._pages.append(_Read(reader, book, wanted, scale, changed))

    def after(self, mark: Key | None) -> Iterator[Candidate]:
        """In order, those behind a mark."""
        return merge(*(page.after(mark) for page in self._pages), key=lambda each: each.key)

    def count(self) -> int:
        return sum(page.count() for page in self._pages)


class _Read:
    """People of a portfolio as the books have them: all, by today's own measures, or those whose score is of before."""

    def __init__(self, reader: Reader, book: str, wanted: Filter, scale: Scale | None, only: list[str] | None) -> None:
        self._found: list[Candidate] = []
        everybody = {} if only == [] else people(reader, book, only)
        if not everybody:
            return
        today = today_in(reader, book)
        by = scale or Scale(measures(everybody.values(), today), today)
        quiet = set(rows(reader, _quiet(book, wanted, only), value))
        for debtor_id, known in everybody.items():
            score, bucket = by.score(known), by.bucket(known)
            if debtor_id in quiet and score >= (wanted.least or 0) and wanted.bucket in (None, bucket):
                self._found.append(Candidate((-score, debtor_id, book), bucket, known, by))
        self._found.sort(key=lambda each: each.key)

    def after(self, mark: Key | None) -> Iterator[Candidate]:
        at = 0 if mark is None else bisect_right(self._found, mark, key=lambda each: each.key)
        return iter(self._found[at:])

    def count(self) -> int:
        return len(self._found)


class _Kept:
    """The scores of a portfolio as they are kept, without those whose score is of before."""

    def __init__(self, reader: Reader, book: str, wanted: Filter, scale: Scale) -> None:
        self._reader, self._book, self._wanted, self._scale = reader, book, wanted, scale

    def after(self, mark: Key | None) -> Iterator[Candidate]:
        place = tuple_(prospect.c.rank, prospect.c.debtor_id)
        changed = prospect.c.debtor_id.in_(select(stale.c.debtor_id))
        shown = self._those(prospect.c.rank, prospect.c.debtor_id, prospect.c.bucket, prospect.c.facts).where(
            ~exists().where(*_talks(self._book, prospect.c.debtor_id)), ~changed
        )
        begin = None if mark is None else place >= mark[:2] if self._book > mark[2] else place > mark[:2]
        while True:
            part = shown if begin is None else shown.where(begin)
            found = rows(self._reader, part.order_by(prospect.c.rank, prospect.c.debtor_id).limit(PART), row)
            for rank, debtor_id, bucket, facts in found:
                yield Candidate((rank, debtor_id, self._book), bucket, facts_of(facts), self._scale)
            if len(found) < PART:
                return
            begin = place > found[-1][:2]

    def count(self) -> int:
        """All of them, less those somebody talks to and those who are scored anew: both are few."""
        talks = select(cases.c.debtor_id).where(cases.c.portfolio_id == self._book, cases.c.status != "resolved")
        away = prospect.c.debtor_id.in_(union(talks, select(stale.c.debtor_id)))
        everybody, others = self._those(func.count()), self._those(func.count()).where(away)
        return int(rows(self._reader, everybody, value)[0] - rows(self._reader, others, value)[0])

    def _those(self, *columns: Any) -> Any:
        wanted, clause = self._wanted, select(*columns).where(prospect.c.portfolio_id == self._book)
        if wanted.bucket:
            clause = clause.where(prospect.c.bucket == wanted.bucket)
        if wanted.least:
            clause = clause.where(prospect.c.rank <= -wanted.least)
        if wanted.language:
            speaks = exists().where(debtor.c.id == prospect.c.debtor_id, *_speaks(wanted.language))
            clause = clause.where(speaks)
        return clause


def _quiet(book: str, wanted: Filter, only: Collection[str] | None) -> Any:
    """Whom nobody talks to, and who is a person of their own and speaks the language."""
    owing = select(charge.c.debtor_id).where(charge.c.portfolio_id == book)
    mine = debtor.c.id.in_(owing if only is None else only)
    speaks = _speaks(wanted.language) if wanted.language else []
    talks = exists().where(*_talks(book, debtor.c.id))
    return select(debtor.c.id).where(mine, *speaks, ~talks)


def _talks(book: str, debtor_id: Any) -> tuple[Any, ...]:
    return cases.c.debtor_id == debtor_id, cases.c.portfolio_id == book, cases.c.status != "resolved"


def _speaks(language: str) -> list[Any]:
    return [debtor.c.language.like(f"{language.split('-')[0]}%")]
