"""Several processes on one database: with Redis at once, without it a second later, and never a gap."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.realtime.scene import open_case, write_in
from tests.server import Server, running
from tests.services import Redis
from tests.web.sockets import opened


@pytest.fixture
def pair(postgres_tables: str, redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Server]]:
    """Two processes' worth of the product. Polling is slowed, so that whatever is quick came by the doorbell."""
    monkeypatch.setattr("console.workers.relay.POLL_SECONDS", 30.0)
    url = redis_server.url
    with (
        running(demo=True, workers={}, database_url=postgres_tables, redis_url=url) as first,
        running(demo=True, workers={}, database_url=postgres_tables, redis_url=url) as second,
    ):
        yield first, second


def listening(server: Server) -> None:
    """Return when the server's doorbell is subscribed."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        answer = server.client().get("/readyz")
        if answer.status_code == 200 and "without" not in answer.json():
            return
        time.sleep(0.05)
    raise TimeoutError


@pytest.mark.pg
@pytest.mark.redis
def test_what_one_process_commits_reaches_the_sockets_of_another(pair: tuple[Server, Server]) -> None:
    first, second = pair
    case = uuid4().hex
    first.write(open_case, case, first.team, first.ids["ana"])
    with opened(second, second.sign_in("ana")) as ear:
        ear.hello()
        for n in range(20):
            first.write(write_in, case, first.team, str(n))
        found = [each for each in (ear.hear() for _ in range(20)) if each["name"] == "message.created"]
        assert [each["data"]["text"] for each in found] == [str(n) for n in range(20)]


@pytest.mark.pg
@pytest.mark.redis
def test_a_draft_is_seen_across_processes(pair: tuple[Server, Server]) -> None:
    first, second = pair
    case = uuid4().hex
    first.write(open_case, case, first.team, first.ids["ana"])
    with opened(first, first.sign_in("ana")) as ana, opened(second, second.sign_in("sofia")) as sofia:
        ana.hello()
        sofia.hello(topics=[f"case:{case}"])
        ana.say("draft", case=case, text="Bom dia")
        assert sofia.until("draft")[-1]["text"] == "Bom dia"
        assert ana.pending() == []


@pytest.mark.pg
@pytest.mark.redis
def test_without_redis_delivery_goes_on_by_polling_and_comes_back_by_itself(
    pair: tuple[Server, Server], redis_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    if redis_server.given:
        pytest.skip("left out: TEST_REDIS_URL is not ours to stop")
    first, second = pair
    monkeypatch.setattr("console.workers.relay.POLL_SECONDS", 0.2)
    case = uuid4().hex
    first.write(open_case, case, first.team, first.ids["ana"])
    with opened(second, second.sign_in("ana")) as ear:
        ear.hello()
        first.write(write_in, case, first.team, "with")
        assert ear.until("message.created")[-1]["data"]["text"] == "with"
        redis_server.stop()
        try:
            first.write(write_in, case, first.team, "without")
            told = second.client().get("/readyz")
            assert (told.status_code, told.json()) == (200, {"status": "ready", "without": ["redis"]})
            assert first.client().get("/healthz").status_code == 200
        finally:
            redis_server.start()
        listening(second)
        first.write(write_in, case, first.team, "again")
        assert ear.until("message.created")[-1]["data"]["text"] == "without"
        assert ear.until("message.created")[-1]["data"]["text"] == "again"


@pytest.mark.redis
async def test_nonsense_on_the_line_is_passed_over(redis_url: str) -> None:
    from redis.asyncio import Redis as Client

    from console.realtime.doorbell import CHANNEL, Doorbell

    heard: list[str] = []
    bell = Doorbell(
        redis_url, on_log=lambda: heard.append("log"), on_wake=heard.append, on_signal=lambda *each: heard.append("s")
    )
    other = Doorbell(redis_url, on_log=lambda: None, on_wake=lambda w: None, on_signal=lambda *each: None)
    listening = asyncio.ensure_future(bell.listen())
    speaking = [asyncio.ensure_future(each.speak()) for each in (bell, other)]
    client = Client.from_url(redis_url)
    async with asyncio.timeout(10):
        while not heard:
            await asyncio.sleep(0.01)
        for nonsense in (b"", b"{", b"null", b'{"by":1}', b"\xff"):
            await client.publish(CHANNEL, nonsense)
        bell.ring(True, frozenset({"mine"}))  # its own words are not for itself
        other.ring(True, frozenset({"assigner"}))
        while "assigner" not in heard:
            await asyncio.sleep(0.01)
    assert heard == ["log", "log", "assigner"]
    for task in (listening, *speaking):
        task.cancel()
    await asyncio.wait([listening, *speaking])
    for each in (bell, other):
        await each.close()
    await client.aclose()
