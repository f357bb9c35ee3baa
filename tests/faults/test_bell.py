"""Redis in bad weather (fault 31): it stands still, forgets everything, says everything twice. Nobody misses anything.

That it dies, and never comes back, is played in `tests/realtime/test_doorbell.py` and `tests/cluster/test_losses.py`.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from redis import Redis as Client

from console.realtime.doorbell import CHANNEL
from tests.realtime.scene import open_case, write_in
from tests.realtime.test_doorbell import listening
from tests.server import Server, running
from tests.services import Redis
from tests.store.stores import postgres_tables, postgres_template
from tests.web.sockets import Ear, opened

__all__ = ["postgres_tables", "postgres_template"]

pytestmark = [pytest.mark.pg, pytest.mark.redis]
TEXTS = [str(number) for number in range(20)]


@pytest.fixture
def bell() -> Iterator[Redis]:
    """One of its own, which is left alone by everybody else's tests."""
    made = Redis()
    yield made
    made.stop()


@pytest.fixture
def pair(postgres_tables: str, bell: Redis) -> Iterator[tuple[Server, Server]]:
    """Two processes' worth of the product, each with the poll that it has."""
    with (
        running(demo=True, workers={}, database_url=postgres_tables, redis_url=bell.url) as first,
        running(demo=True, workers={}, database_url=postgres_tables, redis_url=bell.url) as second,
    ):
        listening(first)
        listening(second)
        yield first, second


@pytest.fixture
def redis(bell: Redis) -> Iterator[Client]:
    with Client.from_url(bell.url) as client:
        yield client


def said(first: Server, case: str) -> None:
    for text in TEXTS:
        first.write(write_in, case, first.team, text)


def heard(ear: Ear, last: str) -> list[str]:
    """The texts of messages up to this one."""
    found: list[str] = []
    while last not in found:
        found += [each["data"]["text"] for each in ear.until("message.created") if "text" in each.get("data", {})]
    return found


def opened_case(first: Server) -> str:
    case = uuid4().hex
    first.write(open_case, case, first.team, first.ids["ana"])
    return case


def test_while_it_stands_still_the_other_process_hears_by_looking(pair: tuple[Server, Server], bell: Redis) -> None:
    """No command is answered, and no connection breaks: what is said arrives while it is so."""
    if bell.given:
        pytest.skip("left out: TEST_REDIS_URL is not ours to stop")
    assert bell._process is not None
    first, second = pair
    case = opened_case(first)
    with opened(second, second.sign_in("ana")) as ear:
        ear.hello()
        bell._process.send_signal(signal.SIGSTOP)
        try:
            said(first, case)
            assert heard(ear, TEXTS[-1]) == TEXTS
            told = second.client().get("/readyz")
            assert (told.status_code, told.json()["without"]) == (200, ["redis"])
        finally:
            bell._process.send_signal(signal.SIGCONT)
        listening(second)
        first.write(write_in, case, first.team, "again")
        assert heard(ear, "again") == ["again"]


def test_what_it_forgets_was_nobodys_only_copy(pair: tuple[Server, Server], redis: Client) -> None:
    first, second = pair
    case = opened_case(first)
    with opened(second, second.sign_in("ana")) as ear:
        ear.hello()
        for text in TEXTS:
            redis.flushall()
            first.write(write_in, case, first.team, text)
        assert heard(ear, TEXTS[-1]) == TEXTS
        assert second.sign_in("bruno").get("/api/v1/me").status_code == 200


def test_what_it_says_twice_is_heard_once(pair: tuple[Server, Server], redis: Client) -> None:
    """Each of its messages comes three times, and out of turn."""
    first, second = pair
    case = opened_case(first)
    with opened(second, second.sign_in("ana")) as ear, _doubling(redis) as doubled:
        ear.hello()
        said(first, case)
        assert heard(ear, TEXTS[-1]) == TEXTS
        assert not [each for each in ear.pending() if each.get("name") == "message.created"]
        assert doubled, "nothing was said twice"


@contextmanager
def _doubling(redis: Client) -> Iterator[list[bytes]]:
    """Whatever is said is said again, and the one before it once more."""
    kept: list[bytes] = []
    ends = threading.Event()
    line = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    line.subscribe(CHANNEL)

    def again() -> None:
        own: list[bytes] = []
        while not ends.is_set():
            message = line.get_message(timeout=0.1)
            if message is None:
                continue
            if message["data"] in own:
                own.remove(message["data"])
                continue
            kept.append(message["data"])
            for each in kept[-2:][::-1]:
                own.append(each)
                redis.publish(CHANNEL, each)

    thread = threading.Thread(target=again)
    thread.start()
    yield kept
    ends.set()
    thread.join()
    line.close()
