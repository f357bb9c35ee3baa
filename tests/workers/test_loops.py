"""Background loops come back when they die, and say so when they keep dying."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from console.errors import Unavailable
from console.workers import loops
from console.workers.loops import Supervisor, every, pause, rung


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "pause", lambda deaths: 0.001)


async def test_a_loop_that_dies_is_started_again(quick: None) -> None:
    lives: list[int] = []
    alive = asyncio.Event()

    async def loop() -> None:
        lives.append(len(lives))
        if len(lives) < 3:
            raise RuntimeError("no reason")
        alive.set()
        await asyncio.Event().wait()

    supervisor = Supervisor()
    supervisor.start("loop", loop)
    await asyncio.wait_for(alive.wait(), 5)
    assert supervisor.failing == []
    await supervisor.stop()


async def test_three_deaths_make_the_process_unready_and_each_is_counted(quick: None) -> None:
    deaths: list[str] = []

    async def loop() -> None:
        raise RuntimeError("no reason")

    supervisor = Supervisor(deaths.append)
    supervisor.start("assigner", loop)
    async with asyncio.timeout(5):
        while len(deaths) < 3:
            await asyncio.sleep(0.001)
    assert supervisor.failing == ["assigner"] and set(deaths) == {"assigner"}
    await supervisor.stop()


async def test_a_database_that_is_away_is_nobodys_death(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "AGAIN_SECONDS", 0.001)
    deaths: list[str] = []
    lives: list[int] = []
    alive = asyncio.Event()

    async def loop() -> None:
        lives.append(1)
        if len(lives) < 9:
            raise Unavailable
        alive.set()
        await asyncio.Event().wait()

    supervisor = Supervisor(deaths.append)
    supervisor.start("relay", loop)
    await asyncio.wait_for(alive.wait(), 5)
    assert (supervisor.failing, deaths) == ([], [])
    await supervisor.stop()


async def test_one_dying_loop_does_not_stop_the_others(quick: None) -> None:
    turns: list[int] = []

    async def dying() -> None:
        raise RuntimeError("no reason")

    async def living() -> None:
        async for _ in every(0.001):
            turns.append(1)

    supervisor = Supervisor()
    supervisor.start("dying", dying)
    supervisor.start("living", living)
    async with asyncio.timeout(5):
        while len(turns) < 10:
            await asyncio.sleep(0.001)
    await supervisor.stop()


async def test_stopping_ends_every_loop() -> None:
    ended: list[str] = []

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("loop")

    supervisor = Supervisor()
    supervisor.start("loop", loop)
    await asyncio.sleep(0)
    await supervisor.stop()
    assert ended == ["loop"]


async def test_what_comes_last_goes_on_while_the_others_end() -> None:
    ended: list[str] = []

    def loop(name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                ended.append(name)

        return run

    supervisor = Supervisor()
    supervisor.start("duties", loop("duties"), last=True)
    supervisor.start("dispatcher", loop("dispatcher"))
    supervisor.start("relay", loop("relay"))
    await asyncio.sleep(0)
    first = asyncio.create_task(supervisor.stop(but=("relay",)))
    await asyncio.sleep(0)
    await supervisor.stop()  # told twice: by what drains, and by the end
    assert sorted(ended[:2]) == ["dispatcher", "relay"] and ended[2:] == ["duties"]
    await first


def test_the_pause_grows_and_has_an_end() -> None:
    assert [pause(n) for n in (1, 2, 3, 20)] == [0.5, 1.0, 2.0, 30.0]


async def test_a_doorbell_wakes_at_once_and_time_wakes_too() -> None:
    bell = asyncio.Event()
    turns = 0

    async def loop(at_most: float) -> None:
        nonlocal turns
        async for _ in rung(bell, at_most):
            turns += 1

    waiting = asyncio.ensure_future(loop(60))
    await asyncio.sleep(0.01)
    assert turns == 1
    bell.set()
    await asyncio.sleep(0.01)
    assert turns == 2
    waiting.cancel()
    polling = asyncio.ensure_future(loop(0.001))
    async with asyncio.timeout(5):
        while turns < 10:
            await asyncio.sleep(0.001)
    polling.cancel()


async def test_a_bell_rung_while_the_work_is_done_is_not_lost() -> None:
    bell = asyncio.Event()
    turns = 0
    async with asyncio.timeout(5):
        async for _ in rung(bell, 60):
            turns += 1
            if turns == 1:
                bell.set()
            if turns == 2:
                break
    assert turns == 2
