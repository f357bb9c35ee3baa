"""Somebody guesses a password at several processes in turn: they count together, and each for itself without Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import services
from tests.faults.nursery import Nursery
from tests.faults.rig import Process, Rig, rig
from tests.server import PASSWORD, email
from tests.services import Redis

pytestmark = [pytest.mark.pg, pytest.mark.redis, pytest.mark.timeout(300)]


@pytest.fixture
def here(nursery: Nursery, tmp_path: Path, postgres_url: str, redis: Redis) -> Iterator[Rig]:
    url = services.create_database(postgres_url)
    with rig(nursery, tmp_path, serve=2, database=url, redis=redis.url) as made:
        yield made
    services.drop_database(postgres_url, url)


def tries(here: Rig, at: Process, name: str, password: str) -> httpx2.Response:
    headers = {"Host": here.url.removeprefix("http://"), "Origin": here.url}
    body = {"email": email(name), "password": password}
    return httpx2.post(f"http://127.0.0.1:{at.port}/api/v1/session", json=body, headers=headers, timeout=20)


def test_five_guesses_are_five_wherever_they_are_made_and_a_restart_forgives_none(here: Rig, redis: Redis) -> None:
    one, other = here.products
    assert [tries(here, at, "ana", "wrong").status_code for at in (one, other, one, other, one)] == [401] * 5
    for at in (one, other):
        refused = tries(here, at, "ana", PASSWORD)
        assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 15 * 60 + 1
    other.kill()
    other.start()
    assert tries(here, other, "ana", PASSWORD).status_code == 429
    assert tries(here, other, "bruno", PASSWORD).status_code == 200, "another account is not concerned"
    redis.stop()
    assert [tries(here, one, "clara", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert tries(here, other, "clara", PASSWORD).status_code == 200, "each counts for itself meanwhile"
    redis.start()
    assert [tries(here, at, "sofia", "wrong").status_code for at in (one, other)] == [401] * 2


def test_nothing_that_names_anybody_lies_in_redis(here: Rig, redis: Redis) -> None:
    import redis as client

    assert tries(here, here.product, "ana", "wrong").status_code == 401
    with client.Redis.from_url(redis.url, decode_responses=True) as line:
        names = [str(each) for each in line.scan_iter("*")]
        assert names and all(0 < line.ttl(each) <= 60 * 60 for each in names)
    assert not any("ana" in each or "127.0.0.1" in each for each in names)
