"""Who comes together is written together: the one writer waits a little for as many as came last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.clock import FixedClock
from console.log.append import append
from console.store import lanes
from console.store.lanes import MANY, Company
from console.store.sqlite import SqliteStore
from console.store.transaction import Tx
from tests.server import create_tables

PATIENCE_S = 20.0  # much longer than any of these tests lasts: what is written was not waited for in vain


@pytest.fixture
async def store(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteStore]:
    """A writer whose last batch was one of six, and who would wait for as many for longer than the test lasts."""
    create_tables(f"sqlite:///{tmp_path}/acordo.db")
    monkeypatch.setattr(lanes, "LONGEST_WAIT_S", PATIENCE_S)
    opened = SqliteStore(str(tmp_path / "acordo.db"), clock, append)
    opened.company.took(2 * PATIENCE_S, 6)
    yield opened
    await opened.close()


def nothing(tx: Tx) -> None:
    """A change that changes nothing."""


def batches(store: SqliteStore) -> list[int]:
    """How many verbs each commit from here on carries."""
    found: list[int] = []
    store.on_batch = found.append
    return found


async def test_who_is_still_on_the_way_shares_the_commit(store: SqliteStore) -> None:
    sizes = batches(store)
    early = [asyncio.create_task(store.write(nothing)) for _ in range(MANY)]
    await asyncio.sleep(0.05)
    assert sizes == []  # the rest is awaited
    late = [asyncio.create_task(store.write(nothing)) for _ in range(6 - MANY)]
    await asyncio.gather(*early, *late)
    assert sizes == [6]


async def test_few_are_written_at_once(store: SqliteStore) -> None:
    sizes = batches(store)
    async with asyncio.timeout(PATIENCE_S / 2):
        await asyncio.gather(*(store.write(nothing) for _ in range(MANY - 1)))
    assert sizes == [MANY - 1]


async def test_more_than_usual_are_written_at_once(store: SqliteStore) -> None:
    sizes = batches(store)
    async with asyncio.timeout(PATIENCE_S / 2):
        await asyncio.gather(*(store.write(nothing) for _ in range(9)))
    assert sizes == [9]


async def test_a_store_that_closes_waits_for_nobody(store: SqliteStore) -> None:
    sizes = batches(store)
    early = [asyncio.create_task(store.write(nothing)) for _ in range(MANY)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE_S / 2):
        await store.close()
        await asyncio.gather(*early)
    assert sizes == [MANY]


def test_nobody_waits_longer_than_half_of_what_the_last_batch_took() -> None:
    company = Company()
    company.took(0.008, 30)
    assert company.patience_s(MANY) == 0.004
    company.took(5.0, 30)  # a disk that hangs
    assert company.patience_s(MANY) == lanes.LONGEST_WAIT_S


def test_who_does_not_come_any_more_is_forgotten() -> None:
    company = Company()
    company.took(0.01, 32)
    for _ in range(150):
        company.took(0.01, MANY)
    assert company.patience_s(MANY) == 0.0
