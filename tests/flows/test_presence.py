"""Who is there, who is lost, and how much they carry: through real sockets, on a clock that can be put forward."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from websockets.sync.client import ClientConnection, connect

from console.app import Worker
from console.clock import SystemClock
from console.people.models import user
from console.queue.assign import drain
from console.store.statement import change, rows, value
from console.supervision.lost import GRACE_MS
from console.wire.moment import SECOND, Ms
from console.workers.assigner import assign_waiting
from console.workers.clockwork import turn
from console.workers.presence import keep_presence, renew_presence
from tests.flows.desk import Scene
from tests.server import Server, running

LOOPS: dict[str, Worker] = {"clockwork": turn, "presence": keep_presence, "renewal": renew_presence}


class Ahead(SystemClock):
    """The machine's clock, put forward for leases and graces too."""

    def __init__(self) -> None:
        super().__init__()
        self.by_ms = 0

    def real(self) -> Ms:
        return super().real() + self.by_ms


@contextmanager
def socket_of(server: Server, who: httpx2.Client) -> Iterator[ClientConnection]:
    with connect(server.ws_url, additional_headers=server.socket_headers(who)) as line:
        line.send(json.dumps({"type": "hello", "cursor": None}))
        while json.loads(line.recv(20))["type"] != "ready":
            continue
        yield line


def until(look: Callable[[], Any], seconds: float = 20) -> None:
    for _ in range(int(seconds * 20)):
        if look():
            return
        time.sleep(0.05)
    raise AssertionError("it did not become so")


def case_of(scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = scene.caio.get(f"/api/v1/cases/{scene.case}").json()
    return found


def test_a_supervisor_lost_for_a_minute_gives_the_case_back_and_one_who_returns_keeps_it() -> None:
    clock = Ahead()
    with running(clock=clock, workers=LOOPS) as server:
        scene = Scene(server)
        server.write(lambda tx: change(tx, user, {"id": server.ids["bruno"]}, availability="offline"))
        with socket_of(server, scene.ana):
            with socket_of(server, scene.sofia):
                epoch = scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover", json={}).json()["epoch"]
            until(lambda: _gone(server, "sofia"))
            clock.by_ms += GRACE_MS // 2
            assert scene.ana.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
            with socket_of(server, scene.sofia):  # back within the minute: nothing happens
                until(lambda: not _gone(server, "sofia"))
            until(lambda: _gone(server, "sofia"))
            clock.by_ms += GRACE_MS - 5 * SECOND
            time.sleep(2)  # two rounds of the clockwork
            assert case_of(scene)["owner"]["name"] == "Sofia Lima", "the minute begins anew with each loss"
            assert scene.ana.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
            clock.by_ms += 5 * SECOND
            until(lambda: (case_of(scene)["owner"] or {}).get("name") == "Ana Prado")
            found = case_of(scene)
            assert found["epoch"] == epoch + 1 and found["taken_over_from"] is None
            given = scene.sofia.get(f"/api/v1/cases/{scene.case}/assignments").json()["items"]
            assert "supervisor_lost" in [each["why"].get("reason") for each in given], given


def test_a_supervisor_lost_while_the_agent_is_gone_too_leaves_the_case_to_the_queue() -> None:
    clock = Ahead()
    with running(clock=clock, workers=LOOPS) as server:
        scene = Scene(server)
        server.write(_nobody_there)
        with socket_of(server, scene.sofia):
            assert scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover", json={}).status_code == 200
        until(lambda: _gone(server, "sofia"))
        clock.by_ms += GRACE_MS + SECOND
        until(lambda: case_of(scene)["status"] == "queued")
        assert case_of(scene)["owner"] is None


def test_no_case_comes_by_itself_beyond_a_capacity_and_a_person_may_take_more() -> None:
    """Decision 11: what a person does may exceed the capacity, is shown as `over`, and stops what comes by itself."""
    with running(workers={"assigner": assign_waiting}) as server:
        scene = Scene(server)
        server.write(lambda tx: change(tx, user, {"id": server.ids["bruno"]}, availability="offline"))
        server.write(lambda tx: change(tx, user, {"id": server.ids["ana"]}, capacity=2_000))
        for number in range(4):
            scene.book.writes("oi", sender=f"551198888000{number}")
        until(lambda: len(seen(scene, "mine")) == 2)
        server.write(drain)
        assert len(seen(scene, "mine")) == 2 and len(seen(scene, "queue")) == 3, "two live cases fill a capacity of two"
        assert line_of(scene)["over"] is False

        first = seen(scene, "queue")[0]["id"]
        assert scene.ana.post(f"/api/v1/cases/{first}/claim", json={}).status_code == 200
        assert (line_of(scene)["over"], line_of(scene)["load"]) == (True, 3.0)
        resolve_one(scene)
        server.write(drain)
        assert len(seen(scene, "mine")) == 2, "at the capacity again: nothing comes by itself"
        resolve_one(scene)
        until(lambda: len(seen(scene, "mine")) == 2)


def seen(scene: Scene, view: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.ana.get("/api/v1/cases", params={"view": view}).json()["items"]
    return found


def resolve_one(scene: Scene) -> None:
    case = seen(scene, "mine")[0]["id"]
    assert scene.ana.post(f"/api/v1/cases/{case}/resolve", json={"outcome": "paid"}).status_code == 200


def line_of(scene: Scene) -> dict[str, Any]:
    """Ana on the wall."""
    agents = scene.sofia.get("/api/v1/wall").json()["agents"]
    found: dict[str, Any] = next(each for each in agents if each["user"]["name"] == "Ana Prado")
    return found


def _nobody_there(tx: Any) -> None:
    tx.run("UPDATE \"user\" SET availability = 'offline' WHERE role = 'agent'", None)


def _gone(server: Server, name: str) -> bool:
    clause = user.select().with_only_columns(user.c.gone_at).where(user.c.id == server.ids[name])
    (gone_at,) = server.read(rows, clause, value)
    return gone_at is not None
