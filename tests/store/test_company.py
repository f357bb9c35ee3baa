"""Who comes together is written together: the one writer waits a little for as many as came last."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
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
    company.took(0.006, 30)
    assert (company.awaited(0, MANY), company.patience_s) == (27, 0.003)
    company.took(5.0, 30)  # a disk that hangs
    assert company.patience_s == lanes.LONGEST_WAIT_S


def test_awaited_are_those_who_were_just_answered() -> None:
    company = Company()
    company.took(0.01, 10)
    assert company.awaited(22, 22) == 28 and company.awaited(0, 5) == 9
    assert company.awaited(0, 9) == company.awaited(0, MANY - 1) == 0


def test_who_is_awaited_in_vain_is_awaited_more_and_more_seldom_until_they_come() -> None:
    company = Company()
    company.took(0.016, 32)
    waits = []
    for batch in range(200):
        if company.awaited(0, MANY):
            waits.append(batch)
            company.came(all_of_them=False)
    assert waits == [0, 2, 6, 14, 30, 62, 94, 126, 158, 190]
    company.came(all_of_them=True)
    assert company.awaited(0, MANY) == company.awaited(0, MANY) > 0


FIXED_S, EACH_S = 0.002, 0.0005  # of a batch, and of each in it
THINKS_S = 0.0001  # of the event loop, a request: who was answered comes back one after the other


def test_who_comes_back_at_once_comes_in_one_batch() -> None:
    """Thirty-two who each wait for their answer: all in one batch soon, where they came by tens and twenties."""
    assert sorted(_sizes(_closed(32), Company()))[20] >= 28
    assert sorted(_sizes(_closed(32), None))[20] < 28


@pytest.mark.parametrize("rate", [200, 500, 1_000, 1_500])
def test_who_comes_at_random_waits_hardly_longer(rate: int) -> None:
    """Open arrivals after a burst: the mean wait is at most a fifth longer than without any patience."""
    with_it, without = (_mean_wait(_open(rate), company) for company in (Company(), None))
    assert with_it <= without * 1.2


class _Source:
    """Moments at which callers come; `answered` tells when some were answered."""

    def __init__(self, moments: list[float], *, come_back: bool = False) -> None:
        self.moments = sorted(moments)
        self.come_back = come_back

    def answered(self, at: float, count: int) -> None:
        if self.come_back:
            self.moments = sorted([*self.moments, *(at + THINKS_S * (place + 1) for place in range(count))])


def _closed(count: int) -> _Source:
    return _Source([THINKS_S * place for place in range(count)], come_back=True)


def _open(rate: int) -> _Source:
    chance = random.Random(rate)
    moments = [0.0] * 200
    while len(moments) < 6_000:
        moments.append(moments[-1] + chance.expovariate(rate))
    return _Source(moments)


def _batches(source: _Source, company: Company | None, most: int) -> Iterator[tuple[float, list[float]]]:
    """(end, moments of arrival) of batch after batch of a writer on a simulated clock."""
    now = 0.0
    for _ in range(most):
        if not source.moments:
            return
        behind = sum(at <= now for at in source.moments)
        now = max(now, source.moments[0])
        here = sum(at <= now for at in source.moments)
        wanted = company.awaited(behind, here) if company else 0
        if company and wanted:
            full = source.moments[wanted - 1] if len(source.moments) >= wanted else float("inf")
            now = min(full, now + company.patience_s)
            here = sum(at <= now for at in source.moments)
            company.came(all_of_them=here >= wanted)
        taken, source.moments = source.moments[:here], source.moments[here:]
        took = FIXED_S + EACH_S * len(taken)
        now += took
        if company:
            company.took(took, len(taken))
        source.answered(now, len(taken))
        yield now, taken


def _sizes(source: _Source, company: Company | None) -> list[int]:
    return [len(taken) for _, taken in _batches(source, company, 60)][20:]


def _mean_wait(source: _Source, company: Company | None) -> float:
    waits = [end - at for end, taken in _batches(source, company, 10_000) for at in taken]
    return sum(waits) / len(waits)
