"""The loop that runs jobs, with a real store and handlers that do what handlers do: succeed, fail, hang."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from channels.errors import ServiceFailed
from console.app import make_services
from console.clock import FixedClock
from console.jobs.claim import LEASE_MS, claim_jobs
from console.jobs.enqueue import enqueue_job
from console.jobs.models import job
from console.jobs.queries import JobRow, dead
from console.services import Services
from console.settings import Settings
from console.store.statement import rows
from console.store.transaction import Event
from console.workers.jobs import TOGETHER, Hopeless, Jobs
from tests.server import create_tables
from tests.world import THURSDAY


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    url = f"sqlite:///{tmp_path}/acordo.db"
    create_tables(url)
    made = make_services(Settings(data_dir=tmp_path, database_url=url, secret_key="k"), FixedClock(THURSDAY))

    def ring(events: Sequence[Event], woken: frozenset[str]) -> None:
        for each in woken:
            made.doorbell(each).set()

    made.store.on_commit = ring
    yield made
    await made.store.close()


async def left(services: Services) -> list[JobRow]:
    return await services.store.read(rows, job.select(), JobRow)


async def test_a_job_runs_with_its_payload_and_is_gone(services: Services) -> None:
    seen: list[Any] = []

    async def note(services: Services, payload: dict[str, Any]) -> None:
        seen.append(payload)

    jobs = Jobs(services, {"k": note})
    await services.store.write(enqueue_job, "k", {"x": 1})
    assert await jobs.round() == 1
    await jobs.idle()
    assert seen == [{"x": 1}]
    assert await left(services) == []


async def test_a_failure_is_tried_again_and_a_hopeless_one_is_not(services: Services) -> None:
    async def breaks(services: Services, payload: dict[str, Any]) -> None:
        raise payload_error[payload["how"]]

    payload_error = {
        "once more": ValueError("with a word of a debtor in it"),
        "never": Hopeless("no such file"),
        "gone": ServiceFailed("the file was answered with HTTP 404", permanent=True, status=404),
        "busy": ServiceFailed("fetching failed: TimeoutError", permanent=False),
    }
    jobs = Jobs(services, {"k": breaks})
    for how in payload_error:
        await services.store.write(enqueue_job, "k", {"how": how})
    await jobs.round()
    await jobs.idle()
    told = sorted((row.state, row.error) for row in await left(services))
    assert told == [
        ("dead", "no such file"),
        ("dead", "the file was answered with HTTP 404"),
        ("ready", "ValueError"),
        ("ready", "fetching failed: TimeoutError"),
    ]


async def test_a_kind_that_nobody_knows_is_given_up(services: Services) -> None:
    jobs = Jobs(services, {})
    await services.store.write(enqueue_job, "mystery", {})
    await jobs.round()
    await jobs.idle()
    assert [row.error for row in await services.store.read(dead)] == ["nobody knows the kind mystery"]


async def test_the_doorbell_wakes_the_loop_and_stopping_gives_back_what_runs(services: Services) -> None:
    begun = asyncio.Event()

    async def hangs(services: Services, payload: dict[str, Any]) -> None:
        begun.set()
        await asyncio.Event().wait()

    loop = asyncio.create_task(Jobs(services, {"k": hangs}).run())
    await services.store.write(enqueue_job, "k", {})
    await asyncio.wait_for(begun.wait(), 10)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
    (row,) = await left(services)
    assert (row.state, row.leased_by) == ("ready", "")


async def test_a_worker_that_lost_its_lease_stops_the_job(services: Services) -> None:
    stopped = asyncio.Event()

    async def hangs(services: Services, payload: dict[str, Any]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    jobs = Jobs(services, {"k": hangs}, beat=0.01)
    await services.store.write(enqueue_job, "k", {})
    await jobs.round()
    clock = services.clock
    assert isinstance(clock, FixedClock)
    clock.advance(LEASE_MS + 1)
    (theirs,) = await services.store.write(claim_jobs, "another", 1)
    await asyncio.wait_for(stopped.wait(), 10)
    await jobs.idle()
    (row,) = await left(services)
    assert (row.state, row.leased_by, row.id) == ("leased", "another", theirs.id)


async def test_no_more_run_at_once_than_there_is_room_for(services: Services) -> None:
    gate, running = asyncio.Event(), 0

    async def waits(services: Services, payload: dict[str, Any]) -> None:
        nonlocal running
        running += 1
        await gate.wait()

    jobs = Jobs(services, {"k": waits})
    for _ in range(TOGETHER + 3):
        await services.store.write(enqueue_job, "k", {})
    assert await jobs.round() == TOGETHER
    assert await jobs.round() == 0
    gate.set()
    await jobs.idle()
    assert await jobs.round() == 3
    await jobs.idle()
    assert running == TOGETHER + 3
