"""The clock is set by an hour, forward and back, while people are at work: nothing is lost, nothing leaves twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from tests import services
from tests.faults.doors import a_case, heard, item_of, named, new_sid, repeated, rows, sms_request, status, taken, write
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until

HOUR_MS = 3_600_000
PHONES = (f"+55119{number:08d}" for number in count(40_000_000))
STEPS = pytest.mark.parametrize("step", [HOUR_MS, -HOUR_MS], ids=["forward", "back"])


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def here(request: pytest.FixtureRequest, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Embedded, and a server with a worker; on PostgreSQL it is their clock that is wrong, not the database's."""
    folder = tmp_path_factory.mktemp("clock")
    _set(folder, 0)
    if request.param == "sqlite":
        with rig(nursery, folder, TEST_CLOCK=str(folder / "step")) as made:
            yield made
        return
    url = services.create_database(server := request.getfixturevalue("postgres_url"))
    with rig(nursery, folder, work=1, database=url, TEST_CLOCK=str(folder / "step")) as made:
        yield made
    services.drop_database(server, url)


@pytest.fixture(autouse=True)
def well(here: Rig) -> Iterator[None]:
    here.behave("meta")
    yield
    _set(here.folder, 0)


@STEPS
def test_whoever_is_at_work_goes_on(here: Rig, step: int) -> None:
    name, phone = f"goes on {step}", next(PHONES)
    case = a_case(here, phone)
    assert write(here, case, f"{name} before")[0] == "ok"
    with _listening(here) as socket:
        _set(here.folder, step)
        sid = new_sid()
        assert repeated(here, *sms_request(here, sid, phone, "e agora?"))[-1] == "ok" and heard(here, sid) == 1
        while json.loads(socket.recv(20)).get("data", {}).get("provider_id") != sid:
            continue
        assert write(here, _hers(here, case[0]), f"{name} after")[0] == "ok"
        for each in ("before", "after"):
            until(partial(_arrived, here, f"{name} {each}"))
            assert taken(here, f"{name} {each}") == 1
        socket.ping().wait(10)
    positions = rows(here, "SELECT position FROM item WHERE case_id = :case ORDER BY position", case=case[0])
    assert [at for (at,) in positions] == list(range(1, len(positions) + 1))


@STEPS
def test_a_call_that_was_on_its_way_is_no_second_message(here: Rig, step: int) -> None:
    case, name = a_case(here, next(PHONES)), f"on its way {step}"
    here.behave("meta", latency_ms=2_000, statuses=[])
    assert write(here, case, name)[0] == "ok"
    until(lambda: status(here, name) == "sending")
    _set(here.folder, step)
    until(lambda: status(here, name) in ("sent", "unconfirmed"))
    time.sleep(2)
    assert status(here, name) == "sent" and taken(here, name) == 1


def test_what_is_planned_leaves_when_the_clock_says_so_and_once_when_it_says_so_twice(here: Rig) -> None:
    (case_id, epoch), name = a_case(here, next(PHONES)), f"planned {here.services.store.dialect}"
    at = (datetime.now(UTC) + timedelta(minutes=30)).isoformat(timespec="seconds").replace("+00:00", "Z")
    body = {"client_id": named(name), "epoch": epoch, "channel": "whatsapp", "text": "Bom dia!", "send_at": at}
    with here.client("ana") as ana:
        assert ana.post(f"/api/v1/cases/{case_id}/messages", json=body).status_code == 201
    _set(here.folder, -HOUR_MS)
    time.sleep(1.5)
    assert status(here, name) in ("scheduled", "queued") and taken(here, name) == 0
    _set(here.folder, HOUR_MS)
    until(lambda: status(here, name) in ("delivered", "read", "cancelled", "held"))
    _set(here.folder, 0)
    time.sleep(1.5)
    _set(here.folder, HOUR_MS)
    time.sleep(1.5)
    decided = rows(here, "SELECT outcome FROM decision WHERE item_id = :id ORDER BY at", id=item_of(here, name))
    assert taken(here, name) == int(decided[-1] == ("allow",)), "in the evening the gate may keep it for the morning"


def _arrived(here: Rig, name: str) -> bool:
    return status(here, name) in ("delivered", "read")


def _set(folder: Path, step: int) -> None:
    """The clock is off by so many milliseconds from now on."""
    part = folder / "step.new"
    part.write_text(str(step))
    part.rename(folder / "step")


def _hers(here: Rig, case_id: str) -> tuple[str, int]:
    """Ana's case: who has not been heard of for an hour has lost hers to the queue, and takes it again."""
    find = 'SELECT epoch FROM "case" WHERE id = :id AND owner_id = :ana'
    ana_id = here.people["ana"].id
    with here.client("ana") as ana:
        assert ana.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
        claim = f"/api/v1/cases/{case_id}/claim"
        until(lambda: rows(here, find, id=case_id, ana=ana_id) or ana.post(claim, json={}).status_code == 200)
    return case_id, int(rows(here, find, id=case_id, ana=ana_id)[0][0])


@contextmanager
def _listening(here: Rig) -> Iterator[ClientConnection]:
    """Sofia's wall, from now on."""
    headers = {name: value for name, value in here.headers("sofia").items() if name in ("Origin", "Cookie")}
    with connect(f"ws://127.0.0.1:{here.product.port}/ws", open_timeout=20, additional_headers=headers) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None, "topics": ["wall"]}))
        assert json.loads(socket.recv(20))["type"] == "ready"
        yield socket
