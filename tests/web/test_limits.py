"""How often somebody may ask, counted by several processes together in Redis, and by each alone while it is away."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx2
import pytest
from redis import Redis as Client

from console.clock import FixedClock
from console.errors import RateLimited
from console.web.elsewhere import SharedBuckets
from console.web.limits import RATES, Limits, Rate
from tests.server import Server, running
from tests.services import Redis
from tests.services.needs import wait_until
from tests.store.stores import postgres_tables, postgres_template

__all__ = ["postgres_tables", "postgres_template"]
pytestmark = [pytest.mark.redis]
NOW = 1_795_000_000_000
STILL = Rate(1 / 3600, 5)
"""Nothing comes back while a test lasts, on whatever clock."""


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("export", "reply", "handshake"):
        monkeypatch.setitem(RATES, name, STILL)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Limits]:
    """The buckets of one process, Redis found; what they tell it, a test says."""
    limits = Limits(FixedClock(NOW))
    shared = limits.shared = SharedBuckets(url, "a key for tests", limits.lower)
    try:
        assert await shared.look()
        yield limits
    finally:
        await shared.aclose()


async def tell(*processes: Limits) -> None:
    """What the loop does ten times a second."""
    for each in processes:
        assert each.shared is not None
        await each.shared.tell()


async def took(limits: Limits, name: str, times: int, key: str = "ana") -> int:
    """How many of so many tries were let through."""
    found = 0
    for _ in range(times):
        try:
            await limits.take(name, key)
        except RateLimited as refusal:
            assert int(str(refusal.facts["retry_after"])) > 0
        else:
            found += 1
    return found


@pytest.mark.usefixtures("still")
async def test_what_is_firm_is_not_given_once_too_often_however_many_ask_at_once(redis: Redis) -> None:
    async with AsyncExitStack() as stack:
        fleet = [await stack.enter_async_context(process(redis.url)) for _ in range(4)]
        assert sum(await asyncio.gather(*(took(each, "export", 4) for each in fleet))) == STILL.burst
        assert await took(fleet[0], "export", 1, key="bruno") == 1


@pytest.mark.usefixtures("still")
async def test_what_one_process_let_through_is_missing_at_the_others(redis: Redis) -> None:
    async with process(redis.url) as one, process(redis.url) as other:
        assert await took(one, "reply", 4) == 4
        await tell(one)
        assert await took(other, "reply", 1) == 1
        await tell(other)
        assert await took(other, "reply", 3) == 0


@pytest.mark.usefixtures("still")
async def test_what_several_let_through_at_the_same_moment_is_waited_for(redis: Redis) -> None:
    async with process(redis.url) as one, process(redis.url) as other:
        assert [await took(each, "reply", 9) for each in (one, other)] == [5, 5]
        await tell(one, other)
        with pytest.raises(RateLimited) as refused:
            await other.take("reply", "ana")
        assert 5 * 3600 < int(str(refused.value.facts["retry_after"])) <= 6 * 3600, "five too many, and one more"


async def test_a_bucket_fills_again_on_the_clock_of_redis(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RATES, "export", Rate(50, 2))
    async with process(redis.url) as one:
        assert one.shared is not None
        assert await one.shared.take("export", "ana", 2) == 0
        while wait := await one.shared.take("export", "ana", 2):
            assert 0 < wait <= 0.04
            await asyncio.sleep(wait)
        assert wait == 0


@pytest.mark.usefixtures("still")
async def test_without_redis_each_process_is_alone_and_together_again_when_it_is_back(redis: Redis) -> None:
    async with process(redis.url) as one, process(redis.url) as other:
        assert await took(one, "export", 2) == 2
        redis.stop()
        assert await took(one, "export", 9) == 3, "what was left of its own"
        assert await took(other, "export", 9) == 5, "of what it never let through itself"
        assert await took(other, "reply", 9) == 5
        redis.start()
        for each in (one, other):
            assert each.shared is not None and await each.shared.look()
        assert await took(one, "export", 5, key="clara") + await took(other, "export", 5, key="clara") == 5


@pytest.mark.usefixtures("still")
async def test_a_redis_that_says_nothing_is_waited_for_once(redis: Redis) -> None:
    async with process(redis.url) as one:
        assert redis._process is not None and one.shared is not None
        os.kill(redis._process.pid, signal.SIGSTOP)
        try:
            assert await took(one, "export", 1) == 1
            assert not one.shared._here
            assert await took(one, "export", 9) == 4
        finally:
            os.kill(redis._process.pid, signal.SIGCONT)


@pytest.mark.usefixtures("still")
async def test_buckets_in_redis_name_nobody_and_end_by_themselves(redis: Redis) -> None:
    async with process(redis.url) as one:
        assert await took(one, "export", 2) == await took(one, "handshake", 2, key="127.0.0.1") == 2
        await tell(one)
    with Client.from_url(redis.url, decode_responses=True) as line:
        names = [str(each) for each in line.scan_iter("*")]
        assert len(names) == 2 and all(0 < line.ttl(each) <= 2 * 3600 + 2 for each in names)
        assert not any("ana" in each or "127.0.0.1" in each for each in names)


@pytest.fixture
def pair(postgres_tables: str, redis: Redis) -> Iterator[tuple[Server, Server]]:
    """Two processes' worth of the product, whose own buckets never fill again."""
    url, clock = postgres_tables, FixedClock(NOW)
    with (
        running(workers={}, database_url=url, redis_url=redis.url, clock=clock) as one,
        running(workers={}, database_url=url, redis_url=redis.url, clock=clock) as other,
    ):
        for each in (one, other):
            each.limited = True
            assert wait_until(partial(is_together, each))
        yield one, other


def is_together(server: Server) -> bool:
    shared = server.services.limits.shared
    return shared is not None and bool(shared._here)


def exports(server: Server, name: str, times: int) -> list[int]:
    client = server.sign_in(name)
    return [export(client).status_code for _ in range(times)]


def export(client: httpx2.Client) -> httpx2.Response:
    return client.get("/api/v1/exports/debts?portfolio=none")


@pytest.mark.pg
def test_a_person_at_two_processes_has_one_bucket_and_is_told_when_to_come_back(pair: tuple[Server, Server]) -> None:
    one, other = pair
    assert exports(one, "caio", 2) + exports(other, "caio", 2) == [404, 404, 404, 429]
    refused = export(one.sign_in("caio"))
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 1200
    assert exports(other, "sofia", 1) == [404], "somebody else is not concerned"


@pytest.mark.pg
def test_requests_of_every_kind_are_told_to_the_other_process(
    pair: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RATES, "user", Rate(1 / 3600, 60))
    one, other = pair
    ana, again = one.sign_in("ana"), other.sign_in("ana")
    assert [ana.get("/api/v1/me").status_code for _ in range(61)] == [200] * 60 + [429]
    tried = 0
    while again.get("/api/v1/me").status_code == 200:
        tried += 1
        assert tried < 60, "so many its own bucket held"
        time.sleep(0.05)  # the first is told, and the answer comes back


@pytest.mark.pg
def test_the_product_answers_without_redis(pair: tuple[Server, Server], redis: Redis) -> None:
    one, other = pair
    redis.stop()
    assert exports(one, "caio", 4) == exports(other, "caio", 4) == [404, 404, 404, 429]
