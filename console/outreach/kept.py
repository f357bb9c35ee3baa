"""Scores are kept, so that a page costs its rows and not the portfolio.

A portfolio is measured and everybody in it scored once a day of its calendar, which is as long as a score holds if
nothing happens. What happens is noted by triggers in the transaction in which it does (`prospect_stale`), whatever verb
it was; a worker scores those people anew at once, and until it has, whoever reads the list scores them. A portfolio
that is not measured yet on its new day is read from the books whole.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec
from sqlalchemy import bindparam, func, select, union

from console.ledger.models import charge
from console.outreach.models import measure, prospect, stale
from console.outreach.people import people, today_in
from console.outreach.score import Known, Measures, Scale, measures
from console.portfolios.models import portfolio
from console.store.base import dump
from console.store.statement import Query, Statement, add_many, put, remove, row, value
from console.store.transaction import Reader, Tx

AT_ONCE = 500  # changes settled in one transaction
TOO_MANY = 1_000  # changes beyond which whoever reads takes the books whole
ROWS_AT_ONCE = 1_000
FEW = 100  # people: a portfolio of fewer is read from the books, which costs nothing

_MEASURE = Query(
    select(measure.c.day, measure.c.scale).where(measure.c.portfolio_id == bindparam("portfolio_id")),
    lambda *columns: columns,
)
_BOOKS = Query(select(portfolio.c.id).order_by(portfolio.c.id), value)
_STALE = Query(select(stale.c.id, stale.c.debtor_id).order_by(stale.c.id).limit(bindparam("most")), row)
_PLACES = Query(
    union(
        select(charge.c.portfolio_id).where(charge.c.debtor_id == bindparam("debtor_id")),
        select(prospect.c.portfolio_id).where(prospect.c.debtor_id == bindparam("debtor_id")),
    ),
    value,
)
_COUNT = Query(
    select(func.count()).select_from(prospect).where(prospect.c.portfolio_id == bindparam("portfolio_id")), value
)
_OLD = Statement(prospect.delete().where(prospect.c.portfolio_id == bindparam("portfolio_id")))
_facts = msgspec.json.Decoder(Known).decode


def scale_of(reader: Reader, book: str) -> Scale | None:
    """Today's scale of a portfolio by which its kept scores are read; None where it was not measured today, or by too
    few people to go by: those are read from the books.
    """
    by = _measures_of(reader, book)
    return None if by is None or _measured(by) < FEW else Scale(by, today_in(reader, book))


def _measures_of(reader: Reader, book: str) -> Measures | None:
    found = _MEASURE.first(reader, portfolio_id=book)
    if found is None or found[0] != today_in(reader, book).isoformat():
        return None
    return msgspec.json.decode(found[1], type=Measures)


def _measured(by: Measures) -> int:
    return sum(many for _, many in by.replies.values())


def stale_debtors(reader: Reader, most: int = TOO_MANY) -> list[str] | None:
    """Whose score is of before something happened; None when they are more than is read one by one."""
    found = _STALE.all(reader, most=most + 1)
    return None if len(found) > most else sorted({debtor_id for _, debtor_id in found})


def facts_of(text: str) -> Known:
    return _facts(text)


class Fill(msgspec.Struct):
    """A portfolio scored as a whole: what is to be written, part by part."""

    book: str
    day: date
    measures: Measures
    rows: list[dict[str, object]]


def unmeasured(reader: Reader) -> list[str]:
    """Portfolios without today's scores, or that have twice as many people by now as they were measured by."""
    found = []
    for book in _BOOKS.all(reader):
        by, many = _measures_of(reader, book), _COUNT.first(reader, portfolio_id=book) or 0
        if by is None or (many >= FEW and many >= 2 * _measured(by)):
            found.append(book)
    return found


def score_all(reader: Reader, book: str) -> Fill:
    """Everybody of a portfolio by today's measures. What changes from now on is stale all the same."""
    today, everybody = today_in(reader, book), people(reader, book)
    by = measures(everybody.values(), today)
    scale = Scale(by, today)
    return Fill(book, today, by, [_values(book, each, known, scale, today) for each, known in everybody.items()])


def begin_fill(tx: Tx, book: str) -> None:
    """Nothing is read from the portfolio's scores until all of them are there."""
    remove(tx, measure, portfolio_id=book)
    _OLD.run(tx, portfolio_id=book)


def write_part(tx: Tx, part: list[dict[str, object]]) -> None:
    add_many(tx, prospect, part)


def end_fill(tx: Tx, fill: Fill) -> None:
    put(tx, measure, ("portfolio_id",), portfolio_id=fill.book, day=fill.day.isoformat(), scale=dump(fill.measures))


def waits(reader: Reader) -> bool:
    """Whether there are changes that are not in the scores yet."""
    return bool(_STALE.all(reader, most=1))


def refresh(tx: Tx) -> int:
    """Score anew some of those about whom something changed; how many changes that settled."""
    waiting = _STALE.all(tx, most=AT_ONCE)
    if not waiting:
        return 0
    rescore(tx, {debtor_id for _, debtor_id in waiting})
    for change_id, _ in waiting:
        remove(tx, stale, id=change_id)
    return len(waiting)


def rescore(tx: Tx, debtor_ids: Collection[str]) -> None:
    """Bring the scores of these people up to date, in every measured portfolio they stand in."""
    by_book: dict[str, set[str]] = {}
    for debtor_id in debtor_ids:
        for book in _PLACES.all(tx, debtor_id=debtor_id):
            by_book.setdefault(book, set()).add(debtor_id)
    for book, ids in sorted(by_book.items()):
        by = _measures_of(tx, book)
        if by is None:
            continue
        found, today = people(tx, book, ids), today_in(tx, book)
        scale = Scale(by, today)
        for debtor_id in sorted(ids):
            known = found.get(debtor_id)
            if known is None:
                remove(tx, prospect, portfolio_id=book, debtor_id=debtor_id)
            else:
                put(tx, prospect, ("portfolio_id", "debtor_id"), **_values(book, debtor_id, known, scale, today))


def _values(book: str, debtor_id: str, known: Known, scale: Scale, today: date) -> dict[str, object]:
    return {
        "portfolio_id": book, "debtor_id": debtor_id, "rank": -scale.score(known), "bucket": scale.bucket(known),
        "day": today.isoformat(), "facts": dump(known),
    }  # fmt: skip
