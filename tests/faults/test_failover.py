"""PostgreSQL fails over to a standby that had not heard the last second: what was lost is not told on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from socket import create_connection
from typing import Any

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.faults.doors import heard, new_sid, repeated, rows, sms_request
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until
from tests.services import Postgres, create_database
from tests.services.postgres import KILLED

PHONES = (f"+55119{number:08d}" for number in count(29_000_000))


@pytest.fixture
def servers() -> Iterator[list[Postgres]]:
    """The primary; its standbys are added by the test."""
    made = [Postgres()]
    yield made
    for each in made:
        each.remove()


@pytest.mark.pg
@pytest.mark.timeout(300)
def test_a_standby_without_the_last_second_begins_a_new_log_and_everybody_loads_anew(
    nursery: Nursery, tmp_path: Path, servers: list[Postgres]
) -> None:
    """Fault 29: with two servers of the product, each with a socket that has heard what is lost."""
    (primary,) = servers
    way = tmp_path / "pg"
    way.symlink_to(primary.folder)
    url = create_database(primary.url).replace(str(primary.folder), str(way))
    with rig(nursery, tmp_path, serve=2, database=url) as here:
        servers.append(standby := primary.standby())
        kept = [_write(here, f"fica {number}") for number in range(4)]
        at_standby = url.replace(str(way), str(standby.folder))
        until(lambda: _count(at_standby) == len(kept), 30)
        with _listening(here, 0) as one, _listening(here, 1) as other:
            _stop_following(standby)
            lost = [_write(here, f"some {number}") for number in range(4)]
            cursors = [_until_told(socket, "some 3") for socket in (one, other)]
            before = _incarnation(here)
            primary.stop(KILLED)
            _point_to(way, standby)
            with psycopg.connect(standby.url, autocommit=True) as database:
                database.execute("SELECT pg_promote()")
            assert [_closed_with(socket) for socket in (one, other)] == [1012, 1012]
        assert (now := _incarnation(here)) != before
        for index, cursor in enumerate(cursors):
            with _listening(here, index, cursor) as again:
                assert cursor.startswith(before) and _greeting(again)[0] == "reset"
        assert [heard(here, sid) for sid in (*kept, *lost)] == [1] * 4 + [0] * 4
        with _listening(here, 1) as again:
            _greeting(again)
            for number, sid in enumerate(lost):  # their carrier was answered; somebody writes again
                _write(here, f"de novo {number}", sid)
            cursor = _until_told(again, "de novo 3")
            assert cursor.startswith(now)
        with _listening(here, 0, cursor) as last:
            assert "reset" not in _greeting(last), "the new log's places hold"
        assert _incarnation(here) == now, "it was begun anew once"


def _write(here: Rig, text: str, sid: str = "") -> str:
    sid = sid or new_sid()
    assert repeated(here, *sms_request(here, sid, next(PHONES), text))[-1] == "ok" and heard(here, sid) == 1
    return sid


def _count(url: str) -> int:
    with psycopg.connect(url) as database:
        found = database.execute("SELECT count(*) FROM item WHERE text LIKE 'fica%'").fetchone()
    return int(found[0]) if found else 0


def _stop_following(standby: Postgres) -> None:
    with psycopg.connect(standby.url, autocommit=True) as database:
        database.execute("ALTER SYSTEM SET primary_conninfo = ''")
        database.execute("SELECT pg_reload_conf()")
        until(lambda: database.execute("SELECT 1 FROM pg_stat_wal_receiver").fetchone() is None, 20)


def _point_to(way: Path, server: Postgres) -> None:
    """As a name that now stands for another machine."""
    part = way.with_name("pg.new")
    part.symlink_to(server.folder)
    part.rename(way)


def _incarnation(here: Rig) -> str:
    return str(rows(here, "SELECT id FROM incarnation")[0][0])


@contextmanager
def _listening(here: Rig, index: int, cursor: str | None = None) -> Iterator[ClientConnection]:
    headers = {key: value for key, value in here.headers("sofia").items() if key in ("Origin", "Cookie")}
    line = create_connection(("127.0.0.1", here.products[index].port), 20)
    host = here.url.removeprefix("http://")
    with connect(f"ws://{host}/ws", open_timeout=20, additional_headers=headers, sock=line) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": cursor, "topics": ["wall"]}))
        yield socket


def _greeting(socket: ClientConnection) -> list[str]:
    """The types of frames up to and with `ready`."""
    told: list[str] = []
    while "ready" not in told:
        told.append(json.loads(socket.recv(20))["type"])
    return told


def _until_told(socket: ClientConnection, text: str) -> str:
    """The cursor of the event that carries this text."""
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(20))
        if text in json.dumps(frame, ensure_ascii=False):
            return str(frame["cursor"])


def _closed_with(socket: ClientConnection) -> int:
    try:
        while True:
            socket.recv(60)
    except ConnectionClosed as over:
        return over.rcvd.code if over.rcvd else 1006
