"""A supervisor takes a case over in the moment its agent answers, a thousand times: one of the two was first."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from channels.types import Inbound, Sender
from console.cases.receive import receive
from console.portfolios.queries import find_inbox
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from tests import services
from tests.server import Server, running
from tests.world import World, _book

ROUNDS, CASES = 125, 4
STAGGER_S = 0.006


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "sqlite":
        with running(workers={}, database_url="") as made:
            yield made
        return
    url = services.create_database(address := request.getfixturevalue("postgres_url"))
    with running(workers={}, database_url=url) as made:
        yield made
    services.drop_database(address, url)


@pytest.mark.timeout(600)
def test_whoever_was_first_is_followed_by_the_other_s_refusal_and_no_word_is_lost(server: Server) -> None:
    """Fault 40: a thousand interleavings, half on each database, in four cases side by side, by a seed each."""
    world = World(server.services.store, None, server.team, ids=server.ids)  # type: ignore[arg-type]
    server.write(_book, world)
    races = [Race(server, world.inboxes["whatsapp"], number) for number in range(CASES)]
    with ThreadPoolExecutor(CASES) as threads:
        found = list(threads.map(Race.run, races))
    outcomes = sum((each for each, _ in found), Counter[int]())
    assert outcomes.total() == ROUNDS * CASES and set(outcomes) == {201, 409}, outcomes
    assert min(outcomes.values()) > ROUNDS * CASES // 50, f"hardly a race: {outcomes}"
    for race, (_, accepted) in zip(races, found, strict=True):
        _in_its_epoch(server, race.case_id, accepted)


class Race:
    """One case. `run` answers how its replies ended, and (item, epoch) of those that were accepted."""

    def __init__(self, server: Server, inbox_id: str, number: int) -> None:
        self.server, self.inbox_id, self.number, self.chance = server, inbox_id, number, random.Random(f"40 {number}")
        self.case_id = _heard(server, inbox_id, number)
        self.path = f"/api/v1/cases/{self.case_id}"
        self.ana, self.sofia = server.sign_in("ana"), server.sign_in("sofia")
        self._ok(self.ana.put("/api/v1/me/presence", json={"status": "online"}))
        self.epoch, self.rev = self.ana.post(f"{self.path}/claim", json={}).json()["epoch"], 0

    def run(self) -> tuple[Counter[int], dict[str, int]]:
        outcomes: Counter[int] = Counter()
        accepted: dict[str, int] = {}
        with ThreadPoolExecutor(1) as beside:
            for number in range(ROUNDS):
                text = f"resposta {number}"
                _heard(self.server, self.inbox_id, self.number)  # nobody is written to for ever without an answer
                self._draft(text)
                go = threading.Barrier(2)
                early, late = self.chance.uniform(0, STAGGER_S), self.chance.uniform(0, STAGGER_S)
                taking = beside.submit(self._take_over, go, late)
                answer = self._reply(go, early, text)
                taken = taking.result(30)
                assert taken.status_code == 200, taken.text
                outcomes[answer.status_code] += 1
                if answer.status_code == 201:
                    accepted[answer.json()["id"]] = self.epoch
                else:
                    self._kept(answer, text)
                self.epoch = self._hand_back()
        return outcomes, accepted

    def _draft(self, text: str) -> None:
        self.server.services.limits.forget()
        if self.rev % 10 == 0:  # whoever is not heard of for a minute loses the case to the queue
            self._ok(self.ana.put("/api/v1/me/presence", json={"status": "online"}))
        self.rev += 1
        self._ok(self.ana.put(f"{self.path}/draft", json={"text": text, "rev": self.rev}))

    def _reply(self, go: threading.Barrier, seconds: float, text: str) -> httpx2.Response:
        body = {"client_id": new_id(), "epoch": self.epoch, "channel": "whatsapp", "text": text}
        go.wait(20)
        time.sleep(seconds)
        return self.ana.post(f"{self.path}/messages", json=body)

    def _take_over(self, go: threading.Barrier, seconds: float) -> httpx2.Response:
        go.wait(20)
        time.sleep(seconds)
        return self.sofia.post(f"{self.path}/takeover", json={"epoch": self.epoch})

    def _kept(self, answer: httpx2.Response, text: str) -> None:
        """Refused for the epoch that is now; the words are where they were, and with whoever goes on."""
        told = answer.json()
        assert (told["code"], told.get("epoch")) == ("stale_epoch", self.epoch + 1), told
        for client in (self.ana, self.sofia):
            assert self._ok(client.get(self.path))["draft"]["text"] == text

    def _hand_back(self) -> int:
        """And what the supervisor was given to begin with is put away, so that the next time shows itself."""
        self.server.services.limits.forget()
        body = {"note": "segue com você", "to": self.server.ids["ana"]}
        given: dict[str, Any] = self._ok(self.sofia.post(f"{self.path}/handback", json=body))
        draft = self._ok(self.sofia.get(self.path))["draft"]
        if draft and draft["text"]:
            self._ok(self.sofia.put(f"{self.path}/draft", json={"text": "", "rev": draft["rev"] + 1}))
        return int(given["epoch"])

    def _ok(self, answer: httpx2.Response) -> Any:
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


def _heard(server: Server, inbox_id: str, number: int) -> str:
    """One of our debtors writes; their case."""

    def verb(tx: Tx) -> str:
        inbox = find_inbox(tx, inbox_id)
        assert inbox is not None
        sender = Sender(phone=f"+55119{80_000_000 + number:08d}")
        message = Inbound(provider_id=uuid4().hex, sender=sender, at=tx.now, kind="text", text="e agora?")
        return receive(tx, inbox, message, window_hours=24).case or ""

    return server.write(verb)


def _in_its_epoch(server: Server, case_id: str, accepted: dict[str, int]) -> None:
    """H6: epochs rise by one, and each accepted reply lies inside its author's, in the order of the log."""

    def told(reader: Reader) -> list[tuple[str, Any]]:
        named = "%(case)s" if reader.dialect == "postgresql" else ":case"
        sql = f"SELECT name, data FROM event WHERE case_id = {named} ORDER BY xid, seq"
        return [(str(name), load(data)) for name, data in reader.run(sql, {"case": case_id}).fetchall()]

    epoch, created = 0, {}
    for name, data in server.read(told):
        if name.startswith("case.") and "epoch" in data:
            assert data["epoch"] in (epoch, epoch + 1), f"from {epoch} to {data['epoch']}"
            epoch = data["epoch"]
        elif name == "message.created" and data.get("direction") == "out":
            created[data["id"]] = epoch
    assert created == accepted
