"""An erasure and an import of the same person at the same time: the one waits, and nothing of her stays unseen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.debtors.models import address, contact_point
from console.debtors.queries import get
from console.evidence.erase import ask_erasure, carry_out
from console.imports.read import read
from console.imports.run import Source, book_step, steps
from console.imports.values import locale_of
from console.ledger.owed import owed
from console.portfolios.queries import get_portfolio
from console.store.statement import rows, value
from console.store.transaction import Tx
from tests.world import VAULT, World, make_world

HEAD = "id_devedor;nome;celular;id_cobranca;numero;vencimento;valor;pago"
FIRST = "K1;Ana Souza;+5511912345678;C1;1;10/09/2026;100,00;100,00"
PAID = "K1;Ana Souza;+5511987650000;C2;2;10/09/2026;100,00;100,00"
OWED = "K1;Ana Souza;;C2;2;10/09/2026;100,00;"


def brought(
    world: World, line: str, *, hold: threading.Event | None = None, done: threading.Event | None = None
) -> None:
    """A file of one row; `done` is set once it stands in a transaction that stays open until `hold` is."""
    book = world.see(get_portfolio, world.book)
    sheet = read("\n".join((HEAD, line)).encode(), "debts", locale_of(book.jurisdiction))
    (step,) = steps("debts", sheet.records, book, world.clock.now(), dry_run=False)

    def write(tx: Tx) -> None:
        told = book_step(tx, VAULT, book, step, False, Source())
        assert not told.wrong, told.wrong
        if done is not None and hold is not None:
            done.set()
            assert hold.wait(20)

    world.store.write_now(write)


def met(world: World, line: str) -> tuple[str, dict[str, Any]]:
    """Her id, and what the erasure removed, which was told to begin while a row of hers was being brought."""
    brought(world, FIRST)
    sql = "SELECT debtor_id FROM account WHERE external_id = 'K1'"
    whose = str(world.see(lambda reader: reader.run(sql, None).fetchone()[0]))
    asked = world.do(ask_erasure, world.actor("caio"), whose, "pedido 9")
    hold, done, erased = threading.Event(), threading.Event(), threading.Event()
    found: list[Any] = []
    bringing = threading.Thread(target=brought, args=(world, line), kwargs={"hold": hold, "done": done})

    def erase() -> None:
        found.append(world.store.write_now(carry_out, world.actor("admin"), asked, VAULT, {}))
        erased.set()

    erasing = threading.Thread(target=erase)
    bringing.start()
    assert done.wait(20)
    erasing.start()
    waited = not erased.wait(0.5)
    hold.set()
    for each in (bringing, erasing):
        each.join(20)
    assert waited and found, "the erasure went by a row that was being brought"
    return whose, {"report": found[0][0].report}


@pytest.fixture
def world(tmp_path: Path, postgres_database: str) -> Iterator[World]:
    made = make_world(tmp_path, postgres_database)
    yield made
    asyncio.run(made.store.close())


@pytest.mark.pg
def test_her_new_address_goes_too(world: World) -> None:
    whose, told = met(world, PAID)
    assert world.see(get, whose).name == "—" and '"addresses":2' in told["report"].replace(" ", "")
    left = world.see(lambda reader: rows(reader, _addresses(whose), value))
    assert left == ["", ""]


@pytest.mark.pg
def test_a_debt_that_came_is_seen_and_keeps_her_name(world: World) -> None:
    whose, told = met(world, OWED)
    assert world.see(owed, whose, world.book).total_minor == 10_000
    assert world.see(get, whose).name == "Ana Souza" and "A debt stands" in told["report"]


def _addresses(debtor_id: str) -> Any:
    return (
        contact_point.join(address, address.c.id == contact_point.c.address_id)
        .select()
        .with_only_columns(address.c.phone)
        .where(contact_point.c.debtor_id == debtor_id)
    )
