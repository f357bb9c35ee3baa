"""A recall and its debt brought at the same moment: whichever comes second sees the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.imports.read import read
from console.imports.run import Source, book_step, steps
from console.imports.values import locale_of
from console.imports.words import Kind
from console.ledger.early import taken_back
from console.portfolios.queries import get_portfolio
from console.store.transaction import Tx
from tests.world import VAULT, World, make_world

FILES: dict[Kind, str] = {
    "debts": "id_devedor;nome;id_cobranca;numero;vencimento;valor\nK1;Ana Souza;C1;1;10/09/2026;100,00",
    "recalls": "id_devedor;id_cobranca\nK1;C1",
}


@pytest.fixture
def world(tmp_path: Path, postgres_database: str) -> Iterator[World]:
    made = make_world(tmp_path, postgres_database)
    yield made
    asyncio.run(made.store.close())


@pytest.mark.pg
@pytest.mark.parametrize("first, second", [("debts", "recalls"), ("recalls", "debts")])
def test_the_charge_ends_up_taken_back(world: World, first: Kind, second: Kind) -> None:
    stands, hold, ended = threading.Event(), threading.Event(), threading.Event()
    book = world.see(get_portfolio, world.book)

    def bring(kind: Kind) -> None:
        sheet = read(FILES[kind].encode(), kind, locale_of(book.jurisdiction))
        (step,) = steps(kind, sheet.records, book, world.clock.now(), dry_run=False)

        def write(tx: Tx) -> None:
            assert not book_step(tx, VAULT, book, step, False, Source()).wrong
            if kind == first:
                stands.set()
                assert hold.wait(20)

        world.store.write_now(write)
        if kind == second:
            ended.set()

    threads = [threading.Thread(target=bring, args=(kind,)) for kind in (first, second)]
    threads[0].start()
    assert stands.wait(20)
    threads[1].start()
    waited = not ended.wait(0.5)
    hold.set()
    for each in threads:
        each.join(20)
    assert waited and world.see(taken_back, book.id, ["C1"]) == {"C1"}
