"""To contact over 50,000 people who owe: a page of the list from the scores that are kept, and from the books whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from msgspec import Struct

from console.debtors.models import account, debtor
from console.ledger.models import charge
from console.outreach import kept
from console.outreach.boards import Board, Filter
from console.outreach.listed import Wanted, to_contact
from console.store.statement import add_many
from console.store.transaction import Reader, Tx
from tests.bench.table import Asked, Taken, at_most, middle, told
from tests.world import World, make_world

PEOPLE = 50_000
PAGES = 20
GOAL_MS = 10.0


class Round(Struct):
    """CPU of the reading thread, in milliseconds: candidates of a page, the count, a whole answer; the books whole."""

    kept: float
    count: float
    page: float
    books: float
    fill_s: float


def take(asked: Asked) -> Taken:
    with TemporaryDirectory() as folder:
        world = make_world(Path(folder), f"sqlite:///{folder}/bench.db")
        _fill(world)
        found = [_round(world) for _ in range(asked.reps)]
        asyncio.run(world.store.close())
    name = f"to contact, {PEOPLE:,} people: a page's 50 in order, from kept scores, CPU"
    rows = [
        at_most(name, middle(found, "kept"), "ms", GOAL_MS),
        told("… how many there are, CPU", middle(found, "count"), "ms"),
        told("… the whole answer with the gate's, CPU", middle(found, "page"), "ms"),
        told("… from the books whole, as before, CPU", middle(found, "books"), "ms"),
        told("… everybody scored anew, once a day, CPU", middle(found, "fill_s"), "s"),
    ]
    return Taken({"SQLite": found}, rows)


def _fill(world: World) -> None:
    def write(tx: Tx, numbers: range) -> None:
        common = {"kind": "person", "jurisdiction": "BR-SP", "created_at": tx.now, "updated_at": tx.now}
        add_many(tx, debtor, [{"id": f"d{n:07}", "name": f"Pessoa {n}", "language": "pt-BR", **common}
                              for n in numbers])  # fmt: skip
        add_many(tx, account, [{"id": f"a{n:07}", "debtor_id": f"d{n:07}", "portfolio_id": world.book,
                                "created_at": tx.now} for n in numbers])  # fmt: skip
        add_many(tx, charge, [
            {"id": f"c{n:07}", "debtor_id": f"d{n:07}", "portfolio_id": world.book, "number": f"F{n}",
             "currency": "BRL", "due": f"2026-{n % 10 + 1:02}-{n % 27 + 1:02}", "amount_minor": 1_000 + n * 7 % 900_000,
             "created_at": tx.now}
            for n in numbers
        ])  # fmt: skip

    for at in range(0, PEOPLE, 5_000):
        world.do(write, range(at, at + 5_000))


def _round(world: World) -> Round:
    actor = world.actor("sofia")

    def first(reader: Reader) -> None:
        board = Board(reader, actor, Filter()).after(None)
        for _ in range(50):
            next(board)

    world.do(lambda tx: kept.begin_fill(tx, world.book))
    books = _cpu(world, first, 2)
    began = time.process_time()
    fill = world.see(kept.score_all, world.book)
    for at in range(0, len(fill.rows), kept.ROWS_AT_ONCE):
        world.do(kept.write_part, fill.rows[at : at + kept.ROWS_AT_ONCE])
    world.do(kept.end_fill, fill)
    fill_s = time.process_time() - began
    while world.see(kept.waits):
        world.do(kept.refresh)
    return Round(
        _cpu(world, first, PAGES),
        _cpu(world, lambda reader: Board(reader, actor, Filter()).count(), PAGES),
        _cpu(world, lambda reader: to_contact(reader, actor, Wanted(reach="any")), PAGES),
        books,
        fill_s,
    )


def _cpu(world: World, read: Callable[[Reader], object], times: int) -> float:
    def measured(reader: Reader) -> float:
        began = time.thread_time()
        read(reader)
        return (time.thread_time() - began) * 1_000

    return float(median(world.see(measured) for _ in range(times)))
