"""A thousand clients come back at once after a crash, while debtors write: each ends with the server's state."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.people import accounts, sessions
from console.store.transaction import Tx
from console.wire.snapshot import Snapshot, apply
from tests.bench.wire import Console, console
from tests.faults.doors import new_sid, repeated, rows, sms_request
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig

USERS, SOCKETS_A_USER, DEBTORS = 100, 10, 6
PATIENCE_S = 120.0


class Client:
    """A supervisor's wall, which holds what it was told and comes back where it stood."""

    def __init__(self, port: int, cookie: str, chance: random.Random) -> None:
        self._port, self._cookie, self._chance = port, cookie, chance
        self._snapshot = Snapshot(viewer="")
        self._cursor: str | None = None
        self._wire: Console | None = None
        self.resets = 0

    async def come(self) -> None:
        """Until it is let in, as a browser does: with pauses that are not everybody's."""
        hello = json.dumps({"type": "hello", "cursor": self._cursor, "topics": ["wall"]})
        while True:
            try:
                self._wire = await console(self._port, self._cookie, hello, self._hear)
                return
            except (OSError, RuntimeError):  # refused, or told to come later
                await asyncio.sleep(self._chance.uniform(0.1, 1.0))

    def leave(self) -> None:
        assert self._wire is not None
        self._wire.transport.close()

    def holds(self) -> set[tuple[str, str, str]]:
        """(case, status, its last item)."""
        return {(name, each["status"], each["last_item"]["id"]) for name, each in self._snapshot.cases.items()}

    def _hear(self, frame: bytes) -> None:
        told = json.loads(frame)
        self.resets += told["type"] == "reset"
        self._cursor = told.get("cursor", self._cursor)
        if told["type"] == "event":
            apply(self._snapshot, told["name"], told["data"])


@pytest.mark.timeout(400)
def test_a_thousand_clients_that_come_back_at_once_end_with_the_server_s_state(
    nursery: Nursery, tmp_path: Path
) -> None:
    with rig(nursery, tmp_path) as here:
        asyncio.run(_all_come_back(here))


async def _all_come_back(here: Rig) -> None:
    cookies: list[str] = []
    here.services.store.write_now(_supervisors, here.team, cookies)
    chance = random.Random(35)
    clients = [Client(here.product.port, cookies[number // SOCKETS_A_USER], chance)
               for number in range(USERS * SOCKETS_A_USER)]  # fmt: skip
    await asyncio.wait_for(asyncio.gather(*(each.come() for each in clients)), PATIENCE_S)
    await asyncio.to_thread(_write, here, "antes")
    await asyncio.to_thread(here.product.kill)
    await asyncio.to_thread(here.product.start)
    coming = asyncio.gather(*(each.come() for each in clients))
    await asyncio.to_thread(_write, here, "meanwhile")
    await asyncio.wait_for(coming, PATIENCE_S)
    await asyncio.to_thread(_write, here, "depois")
    state = _state(here)
    assert len(state) == DEBTORS
    await _until(lambda: all(each.holds() == state for each in clients))
    assert sum(each.resets for each in clients) == 0, "the log held all that they had missed"
    for each in clients:
        each.leave()


def _supervisors(tx: Tx, team: str, cookies: list[str]) -> None:
    for index in range(USERS):
        new = accounts.NewUser(email=f"s{index}@crowd.example", name=f"Supervisor {index}", role="supervisor")
        user_id = accounts.add_user(tx, new)
        accounts.join_team(tx, user_id, team)
        cookies.append(f"acordo={sessions.start(tx, user_id).cookie}")


def _write(here: Rig, text: str) -> None:
    for number in range(DEBTORS):
        repeated(here, *sms_request(here, new_sid(), f"+55119{30_000_000 + number:08d}", f"{text} {number}"))


def _state(here: Rig) -> set[tuple[str, str, str]]:
    found: list[tuple[Any, ...]] = rows(here, 'SELECT id, status, last_item FROM "case"')
    return {(name, status, json.loads(last)["id"]) for name, status, last in found}


async def _until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not met():
            await asyncio.sleep(0.2)
