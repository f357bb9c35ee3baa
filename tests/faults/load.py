"""People at work while things break: debtors who write, agents who answer, a supervisor who looks in and takes over.

Everything they do and hear is kept for the checker. Nobody gives up: what was not answered is asked again under the
same name, a socket that broke is opened again where it stood.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from console.wire.snapshot import Snapshot, apply
from tests.faults.doors import new_sid, sms_request
from tests.faults.history import Frame, Hook, Looked, Outcome, Read, Run, Saw, Whispered, Wrote
from tests.faults.rig import Rig

DEBTORS = 24
BROKEN = (OSError, TimeoutError, WebSocketException, httpx2.TransportError)
PATIENCE_S = 60.0
PAGE = 100
Answer = httpx2.Response


def now() -> int:
    return time.time_ns() // 1_000_000


class Client:
    """Somebody with a socket and an HTTP connection, who holds what the server says they hold."""

    def __init__(self, here: Rig, name: str, run: Run, chance: random.Random, topics: tuple[str, ...] = ()) -> None:
        self.here, self.name, self.run, self.chance, self.topics = here, name, run, chance, topics
        self.person = here.people[name]
        self.snapshot = Snapshot(viewer=self.person.id)
        self.frames: list[tuple[str, Frame]] = []  # with the cursor's text
        self.spans: list[tuple[str, str]] = []  # cursors: after, up to
        self.resets = 0
        self.http = httpx2.AsyncClient(headers=here.headers(name), timeout=10)
        self._cursor: str | None = None
        self._known: set[str] = set()

    @property
    def client(self) -> str:
        return f"{self.name}'s desk"

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            try:
                if self._cursor is None:
                    await self._load()
                await self._hear()
            except BROKEN:
                await asyncio.sleep(self.chance.uniform(0.05, 0.3))

    async def _load(self) -> None:
        answer = await self.http.get(f"{self._base()}/api/v1/cases", params={"view": "mine", "limit": "100"})
        if answer.status_code != 200:
            raise OSError(answer.status_code)
        self.snapshot = Snapshot(viewer=self.person.id)
        for each in answer.json()["items"]:
            self.snapshot.cases[each["id"]] = each
        self._cursor = answer.headers["acordo-cursor"]

    async def _hear(self) -> None:
        headers = self.here.headers(self.name)
        async with connect(  # by the public name, wherever the process listens
            self.here.url.replace("http", "ws", 1) + "/ws", open_timeout=10, host="127.0.0.1", port=self._port(),
            additional_headers={name: headers[name] for name in ("Origin", "Cookie")},
        ) as socket:  # fmt: skip
            since = self._cursor or ""
            await socket.send(json.dumps({"type": "hello", "cursor": since, "topics": list(self.topics)}))
            begun = len(self.spans)
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "reset":
                    self.resets += 1
                    self._cursor = None
                    return
                if frame["type"] not in ("ready", "event"):
                    continue
                self._cursor = frame["cursor"]
                if frame["type"] == "event":
                    self._take(frame, str(text))
                self.spans[begun:] = [(since, frame["cursor"])]

    def _take(self, frame: dict[str, Any], text: str) -> None:
        told = Frame(id=frame["id"], seq=0, name=frame["name"], case=frame.get("case"), body=text)
        self.frames.append((frame["cursor"], told))
        if frame["id"] in self._known:
            return
        self._known.add(frame["id"])
        apply(self.snapshot, frame["name"], frame["data"])
        data = frame["data"]
        if frame["name"].startswith("message.") and data.get("direction") == "out":
            self.run.saw.append(Saw(client=self.client, item=data["id"], status=data["status"]))

    def _base(self) -> str:
        return f"http://127.0.0.1:{self._port()}"

    def _port(self) -> int:
        return self.here.products[ord(self.name[0]) % len(self.here.products)].port

    async def call(self, method: str, path: str, body: Any = None) -> Answer | None:
        """One call; None when there was no answer."""
        try:
            return await self.http.request(method, f"{self._base()}/api/v1{path}", json=body)
        except BROKEN:
            return None

    async def insist(self, method: str, path: str, body: Any, kept: Callable[[Answer | None, Outcome], None]) -> None:
        """Call until it was done or surely cannot be; every attempt is kept with its outcome."""
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            try:
                answer = await self.http.request(method, f"{self._base()}/api/v1{path}", json=body)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                kept(None, "fail")
            except BROKEN:
                kept(None, "info")
            else:
                done, asked_again = answer.status_code in (200, 201), answer.status_code in (429, 503)
                kept(answer, "ok" if done else "info" if answer.status_code >= 500 else "fail")
                if not asked_again and answer.status_code < 500:
                    return
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def read(self, case_id: str, *, whispers: bool = False) -> bool:
        """Read a timeline; whether it was to be read. A long one, which comes in pages, is not kept."""
        began = now()
        answer = await self.call("GET", f"/cases/{case_id}/timeline?limit={PAGE}")
        if answer is None or answer.status_code != 200:
            return False
        items = tuple((each["position"], each["kind"]) for each in answer.json()["items"])
        if len(items) < PAGE:
            self.run.reads.append(
                Read(client=self.client, user=self.person.id, case=case_id, items=items, began=began, ended=now(),
                     whispers=whispers)
            )  # fmt: skip
        return True


class Agent(Client):
    """Answers whoever waits, one after the other."""

    async def work(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))
            mine = [each for each in self.snapshot.cases.values() if self._waits(each)]
            if not mine:
                continue
            case = self.chance.choice(mine)
            await self._answer(case)
            if self.chance.random() < 0.3:
                await self.read(case["id"])
            if self.chance.random() < 0.1:
                await self._note(case["id"])

    def _waits(self, case: dict[str, Any]) -> bool:
        owned = (case.get("owner") or {}).get("id") == self.person.id
        return owned and case["status"] == "assigned" and case.get("waiting_since") is not None

    async def _answer(self, case: dict[str, Any]) -> None:
        last = case.get("last_item") or {}
        client_id, began = str(uuid4()), now()
        body = {"client_id": client_id, "epoch": case["epoch"], "channel": last.get("channel") or "whatsapp",
                "text": f"Bom dia! Resposta q{client_id[:12]}"}  # fmt: skip

        def kept(answer: Answer | None, outcome: Outcome) -> None:
            item = answer.json()["id"] if answer is not None and outcome == "ok" else ""
            self.run.wrote.append(
                Wrote(actor=self.person.id, client_id=client_id, case=case["id"], epoch=case["epoch"], outcome=outcome,
                      item=item, began=began, ended=now(), client=self.client)
            )  # fmt: skip

        await self.insist("POST", f"/cases/{case['id']}/messages", body, kept)

    async def _note(self, case_id: str) -> None:
        canary = f"n{uuid4().hex}"
        self.run.whispered.append(Whispered(canary=canary, case=case_id))
        await self.call("POST", f"/cases/{case_id}/notes", {"client_id": str(uuid4()), "text": canary})


class Supervisor(Client):
    """Looks in, whispers, takes over and hands back; who is `leaving` ends what she has begun: a case that she took and
    kept would wait for ever.
    """

    leaving = False

    async def work(self) -> None:
        while not self.leaving:
            await asyncio.sleep(self.chance.uniform(0.3, 1.0))
            open_ones = [each for each in self.snapshot.cases.values() if each["status"] == "assigned"]
            if not open_ones:
                continue
            case = self.chance.choice(open_ones)
            await self.chance.choice([self._look, self._whisper, self._take_over])(case["id"])

    async def _look(self, case_id: str) -> None:
        theirs = (self.snapshot.cases[case_id].get("owner") or {}).get("id") != self.person.id
        if await self.read(case_id, whispers=True) and theirs:
            self.run.looked.append(Looked(actor=self.person.id, case=case_id))

    async def _whisper(self, case_id: str) -> None:
        canary = f"w{uuid4().hex}"
        self.run.whispered.append(Whispered(canary=canary, case=case_id, readers=frozenset()))
        body = {"client_id": str(uuid4()), "text": canary, "suggestion": False}
        await self.call("POST", f"/cases/{case_id}/whispers", body)

    async def _take_over(self, case_id: str) -> None:
        taken = await self.call("POST", f"/cases/{case_id}/takeover", {})
        if taken is not None and taken.status_code != 200 and taken.status_code < 500:
            return  # without an answer that says no it may be hers
        await asyncio.sleep(self.chance.uniform(0.1, 0.6))
        await self.insist("POST", f"/cases/{case_id}/handback", {"note": "Segue você"}, lambda answer, outcome: None)


class Crowd:
    """Debtors: most write on WhatsApp, whose carrier delivers until it is taken; some by SMS, which is posted here."""

    def __init__(self, here: Rig, run: Run, chance: random.Random, a_second: float) -> None:
        self.here, self.run, self.chance, self.a_second = here, run, chance, a_second
        self.phones = [f"+55119{80_000_000 + number:08d}" for number in range(DEBTORS)]
        self.http = httpx2.AsyncClient(timeout=10)
        self._writing: set[asyncio.Task[None]] = set()

    async def write(self) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(self.a_second))
            how = self._sms if self.chance.random() < 0.3 else self._whatsapp
            task = asyncio.create_task(how(self.chance.choice(self.phones), f"q{uuid4().hex}"))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def done(self) -> None:
        """Wait for those who are still at it."""
        while self._writing:
            await asyncio.wait(self._writing)
        await self.http.aclose()

    async def _whatsapp(self, phone: str, canary: str) -> None:
        body = {"inbox": self.here.inboxes["whatsapp"], "from": phone, "text": f"oi {canary}",
                "duplicate": self.chance.choice((0, 0, 0, 1, 3))}  # fmt: skip
        with suppress(*BROKEN):  # what the carrier kept is read from its own records
            await self.http.post(f"{self.here.sandbox}/api/inbound", json=body)

    async def _sms(self, phone: str, canary: str) -> None:
        """As Twilio would, if it were told to try again: until it is answered, or half of the time once."""
        sid = new_sid()
        path, headers, body = sms_request(self.here, sid, phone, f"oi {canary}")
        stubborn = self.chance.random() < 0.7
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            outcome = await self._post(path, headers, body)
            self.run.hooks.append(Hook(inbox=self.here.inboxes["sms"], provider_id=sid, outcome=outcome, canary=canary))
            if outcome == "ok" or not stubborn:
                return
            await asyncio.sleep(self.chance.uniform(0.1, 0.4))

    async def _post(self, path: str, headers: dict[str, str], body: bytes) -> Outcome:
        product = self.chance.choice(self.here.products)
        try:
            answer = await self.http.post(f"http://127.0.0.1:{product.port}{path}", headers=headers, content=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            return "fail"
        except BROKEN:
            return "info"
        return "ok" if answer.status_code == 200 else "info" if answer.status_code >= 500 else "fail"


Task = Callable[[], Awaitable[None]]


class Office:
    """Everybody together. `begin`, then `close_door` (nobody new writes), then `go_home`."""

    def __init__(self, here: Rig, seed: int, a_second: float = 12) -> None:
        self.here, self.run = here, Run()
        chance = random.Random(seed)

        def own() -> random.Random:
            return random.Random(chance.random())

        self.agents = [Agent(here, name, self.run, own()) for name in ("ana", "bruno", "clara")]
        self.sofia = Supervisor(here, "sofia", self.run, own(), ("wall",))
        self.crowd = Crowd(here, self.run, own(), a_second)
        self._writing: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def clients(self) -> list[Client]:
        return [*self.agents, self.sofia]

    async def begin(self) -> None:
        for client in self.clients:
            self._tasks.append(asyncio.create_task(client.listen()))
            while (answer := await client.call("PUT", "/me/presence", {"status": "online"})) is None:
                await asyncio.sleep(0.2)
            assert answer.status_code == 200, answer.text
        self._tasks += [asyncio.create_task(agent.work()) for agent in self.agents]
        self._tasks.append(asyncio.create_task(self.sofia.work()))
        self._writing = asyncio.create_task(self.crowd.write())

    async def close_door(self) -> None:
        """Nobody new writes, and Sofia lets everybody finish."""
        assert self._writing is not None
        await _end(self._writing)
        self.sofia.leaving = True
        await self._tasks.pop()
        await self.crowd.done()

    async def go_home(self) -> None:
        for task in self._tasks:
            await _end(task)
        for client in self.clients:
            await client.http.aclose()


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel; whatever broke it before is told."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
