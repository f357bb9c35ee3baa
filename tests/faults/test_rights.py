"""Whoever loses the right to see, or their session, while messages stream in: not a byte after that."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from socket import create_connection
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from console.people.accounts import disable_user, join_team, leave_team
from tests import services
from tests.faults.doors import heard, new_sid, repeated, rows, sms_request
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until

PHONES = (f"+55119{number:08d}" for number in count(78_000_000))
CHANCE = random.Random(38)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("several", marks=[pytest.mark.pg, pytest.mark.redis])])
def here(request: pytest.FixtureRequest, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Embedded; and two servers on PostgreSQL and Redis, where one changes what the other's sockets may hear."""
    folder = tmp_path_factory.mktemp("rights")
    if request.param == "sqlite":
        with rig(nursery, folder) as made:
            yield made
        return
    url = services.create_database(server := request.getfixturevalue("postgres_url"))
    with rig(nursery, folder, serve=2, database=url, redis=request.getfixturevalue("redis_url")) as made:
        yield made
    services.drop_database(server, url)


def test_who_loses_a_team_hears_nothing_that_is_said_after_and_is_told_to_forget(here: Rig) -> None:
    """Fault 38: Sofia's wall, while every debtor writes; what is written once the change is done never comes."""
    sofia = here.people["sofia"]
    with _listening(here, "sofia", ["wall"]) as wall, _streaming(here, "antes") as said:
        until(lambda: len(said) >= CHANCE.randint(8, 20))
        here.services.store.write_now(leave_team, sofia.id, here.team)
        for number in range(10):
            _write(here, f"depois {number}")
        case_id = rows(here, "SELECT case_id FROM item WHERE text = 'depois 0'")[0][0]
        frames = wall.until_quiet()
    assert any("antes" in text for text in frames), "nothing was heard before"
    assert not any("depois" in text for text in frames)
    told = [json.loads(text)["type"] for text in frames]
    assert "reset" in told and "ready" in told[told.index("reset") :], told
    assert not any('"team"' in text and here.team in text for text in frames[_last(told, "ready") :])
    with here.client("sofia") as client:
        assert client.get(f"/api/v1/cases/{case_id}").status_code == 404
    here.services.store.write_now(join_team, sofia.id, here.team)


@pytest.mark.parametrize("way", ["signed out", "disabled"])
def test_whose_session_has_ended_is_closed_within_a_second(here: Rig, way: str) -> None:
    """Fault 39: at every process where they have a socket, and nothing is heard in between."""
    name = {"signed out": "clara", "disabled": "bruno"}[way]
    with _listening(here, name, [], here.products[-1].port) as socket, _streaming(here, way):
        time.sleep(0.3)
        began = time.monotonic()
        _end(here, name, way)
        assert socket.closed_with() == 4401
        took = socket.closed_at - began
    assert took <= 1.0 + (way == "disabled"), f"closed after {took:.2f} s"
    with here.client(name) as client:
        assert client.get("/api/v1/me").status_code == 401


class Ear:
    """One open socket, read in a thread of its own, so that what comes late is heard too."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._frames: list[str] = []
        self._code, self.closed_at = 0, 0.0
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    def _hear(self) -> None:
        try:
            while True:
                self._frames.append(str(self._socket.recv()))
        except ConnectionClosed as over:
            self.closed_at = time.monotonic()
            self._code = over.rcvd.code if over.rcvd else 1006

    def until_quiet(self) -> list[str]:
        """Every frame so far; whoever polls has polled twice."""
        time.sleep(2.5)
        return list(self._frames)

    def closed_with(self) -> int:
        self._thread.join(20)
        return self._code


@contextmanager
def _listening(here: Rig, name: str, topics: list[str], port: int = 0) -> Iterator[Ear]:
    headers = {key: value for key, value in here.headers(name).items() if key in ("Origin", "Cookie")}
    host = here.url.removeprefix("http://")
    line = create_connection(("127.0.0.1", port or here.products[-1].port), 20)
    with connect(f"ws://{host}/ws", open_timeout=20, additional_headers=headers, sock=line) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None, "topics": topics}))
        assert json.loads(socket.recv(20))["type"] == "ready"
        yield Ear(socket)


@contextmanager
def _streaming(here: Rig, word: str) -> Iterator[list[str]]:
    """Debtors write, one after the other, until the block ends; what was stored so far."""
    said: list[str] = []
    ends = threading.Event()

    def write() -> None:
        while not ends.is_set() and len(said) < 200:
            said.append(_write(here, f"{word} {len(said)}"))

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield said
    finally:
        ends.set()
        thread.join(30)


def _write(here: Rig, text: str) -> str:
    sid = new_sid()
    assert repeated(here, *sms_request(here, sid, next(PHONES), text))[-1] == "ok" and heard(here, sid) == 1
    return sid


def _end(here: Rig, name: str, way: str) -> None:
    """At the first process; disabled by a command, which is a process of its own and rings nobody."""
    if way == "signed out":
        with here.client(name) as client:
            assert client.delete("/api/v1/session").status_code == 204
        return
    here.services.store.write_now(disable_user, here.people[name].id)


def _last(told: list[Any], wanted: str) -> int:
    return len(told) - 1 - told[::-1].index(wanted)
