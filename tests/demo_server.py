"""`acordo demo` as a process on a free port and an empty folder: what flows through the contract are tested on.

    def test_…(demo_server: DemoServer) -> None:
        with demo_server.desk("ana") as ana:
            ...

The scripted people are switched off, so that nothing happens but what a test does. `start` begins another demo, or the
same one again on the folder it left.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import holidays
import httpx2
import pytest
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent
PASSWORD = "acordo-demo"
START_SECONDS = 60.0
SOON = 10.0
_URL = re.compile(r"demo runs on (http://127\.0\.0\.1:\d+)")
_STRANGERS = iter(range(10_000, 100_000))


@dataclass
class Desk:
    """Somebody signed in, with a socket open. `heard` holds every frame so far."""

    http: httpx2.Client
    socket: ClientConnection
    user: dict[str, Any]
    heard: list[dict[str, Any]] = field(default_factory=list)

    def until(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = SOON) -> dict[str, Any]:
        """The first frame, heard already or yet to come, that is wanted."""
        known = next((frame for frame in self.heard if wanted(frame)), None)
        if known is not None:
            return known
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            try:
                frame = json.loads(self.socket.recv(left))
            except TimeoutError:
                break
            self.heard.append(frame)
            if wanted(self.heard[-1]):
                return self.heard[-1]
        names = [frame.get("name", frame["type"]) for frame in self.heard[-30:]]
        raise AssertionError(f"not heard within {seconds} s; the last frames: {names}")

    def assigned(self, text: str, seconds: float = SOON) -> dict[str, Any]:
        """The case that was given to this desk, now or in a test before, and whose last words are `text`."""
        frame = self.until(lambda frame: _brings(frame, text), seconds)
        return self.case(frame["case"])

    def case(self, case_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self._ok(self.http.get(f"/api/v1/cases/{case_id}"))
        return found

    def proves(self, case: dict[str, Any]) -> None:
        """The debtor passed two checks at the address of their own from which they wrote last."""
        own = [each for each in case["contact_points"] if not each["holder"]]
        at = max(own, key=lambda each: each["last_inbound_at"] or "")["id"]
        checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
        self._ok(self.post(f"/cases/{case['id']}/identity", checks=checks, contact_point=at))

    def items(self, case_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ok(self.http.get(f"/api/v1/cases/{case_id}/timeline"))["items"]
        return found

    def post(self, path: str, **body: Any) -> httpx2.Response:
        return self.http.post(f"/api/v1{path}", json=body)

    def reply(self, case: dict[str, Any], text: str, channel: str, **more: Any) -> httpx2.Response:
        body = {"client_id": str(uuid4()), "epoch": case["epoch"], "channel": channel, "text": text, **more}
        return self.post(f"/cases/{case['id']}/messages", **body)

    def status_of(self, case_id: str, item_id: str, *wanted: str, seconds: float = SOON) -> dict[str, Any]:
        """The message once its status is one of `wanted`, told by the socket or by a look."""
        ends = time.monotonic() + seconds
        item: dict[str, Any] = {}
        while time.monotonic() < ends:
            item = next(each for each in self.items(case_id) if each["id"] == item_id)
            if item["status"] in wanted:
                return item
            time.sleep(0.1)
        raise AssertionError(f"the message stayed {item.get('status')}: {item.get('error')}")

    def _ok(self, answer: httpx2.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class DemoServer:
    """A running demo."""

    url: str
    said: list[str]  # what it printed until it was ready
    folder: Path
    process: subprocess.Popen[str]

    def sign_in(self, name: str) -> httpx2.Client:
        """A client signed in as one of the demo's people, its CSRF token set."""
        client = httpx2.Client(base_url=self.url, timeout=20)
        body = {"email": f"{name}@demo.acordo.example", "password": PASSWORD}
        answer = client.post("/api/v1/session", json=body)
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    @contextmanager
    def desk(self, name: str, *, online: bool = True) -> Iterator[Desk]:
        """Signed in, online if wanted, with a socket that has said hello."""
        with closing(self.sign_in(name)) as http:
            cookie = "; ".join(f"{key}={value}" for key, value in http.cookies.items())
            headers = {"Cookie": cookie, "Origin": self.url}
            with connect(f"{self.url.replace('http', 'ws', 1)}/ws", additional_headers=headers) as socket:
                socket.send(json.dumps({"type": "hello", "cursor": None}))
                ready = json.loads(socket.recv(SOON))
                assert ready["type"] == "ready", ready
                desk = Desk(http, socket, ready["user"])
                if online:
                    assert http.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
                try:
                    yield desk
                finally:
                    http.put("/api/v1/me/presence", json={"status": "offline"})

    def sandbox(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = httpx2.request(method, f"{self.url}/sandbox/api{path}", json=body, params=query, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def inbox(self, channel: str, provider: str) -> dict[str, Any]:
        """The first inbox of this channel at this provider."""
        boxes = self.sandbox("GET", "/inboxes")
        found: dict[str, Any] = next(box for box in boxes if (box["channel"], box["provider"]) == (channel, provider))
        return found

    def writes(self, inbox: dict[str, Any], sender: str, text: str, **more: Any) -> str:
        """A person writes; the id of the message at its provider."""
        body = {"inbox": inbox["inbox"], "from": sender, "text": text, **more}
        return str(self.sandbox("POST", "/inbound", body)["id"])

    def outbox(self, to: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.sandbox("GET", "/outbox", to=to, refused=0)
        return found

    @contextmanager
    def behaving(self, provider: str, **how: Any) -> Iterator[None]:
        """A provider misbehaves for a while."""
        self.sandbox("PUT", "/behaviour", {"provider": provider, **how})
        try:
            yield
        finally:
            self.sandbox("PUT", "/behaviour", {"provider": provider})

    def to_a_working_noon(self) -> None:
        """Forward to the next Tuesday noon in São Paulo that is no holiday: it never comes back from there."""
        now = datetime.fromisoformat(self.sandbox("GET", "/clock")["now"])
        noon = (now + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)
        closed = holidays.country_holidays("BR", subdiv="SP")
        while noon.weekday() != 1 or noon.date() in closed:
            noon += timedelta(days=1)
        self.sandbox("PUT", "/clock", {"now": noon.isoformat().replace("+00:00", "Z")})

    def steps(self) -> dict[str, bool]:
        return {each["step"]: each["done"] for each in self.sandbox("GET", "/steps")}

    def stop(self) -> int:
        """As Ctrl+C does; the exit status."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def _brings(frame: dict[str, Any], text: str) -> bool:
    """Whether it gives a case with these last words, or adds them to one that this desk holds."""
    data = frame.get("data") or {}
    said = {"case.assigned": (data.get("last_item") or {}).get("text"), "message.created": data.get("text")}
    return (said.get(frame.get("name", "")) or "").strip() == text


def stranger(channel: str) -> str:
    """An address that nobody has: a Brazilian mobile, or a mailbox."""
    number = next(_STRANGERS)
    return f"stranger.{number}@sample.example" if channel == "email" else f"+55119870{number}"


def command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "console.cli", "demo", "--port", "0", "--data-dir", str(folder), *more]


@contextmanager
def start(folder: Path, *more: str, quiet: bool = True) -> Iterator[DemoServer]:
    """A demo on a folder. `quiet`: the scripted people are switched off."""
    log = folder.with_suffix(".log")
    with log.open("a") as errors:
        process = subprocess.Popen(command(folder, *more), cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            server = DemoServer(*_ready(process, log), folder=folder, process=process)
            if quiet:
                server.sandbox("PUT", "/scripted", {"on": False})
            yield server
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)
            assert process.stdout is not None
            process.stdout.close()


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    """One demo for all tests of a worker; what a test needs of it, it makes itself."""
    with TemporaryDirectory() as folder, start(Path(folder, "demo")) as server:
        _give_room(server, "ana")
        yield server


def _give_room(server: DemoServer, name: str) -> None:
    """They are given what each test brings, however much the tests before have left with them."""
    change = ("user", "change", f"{name}@demo.acordo.example", "--capacity", "100", "--max-held", "1000")
    command = [sys.executable, "-m", "console.cli", *change]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "ACORDO_DATA_DIR": str(server.folder)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def _ready(process: subprocess.Popen[str], log: Path) -> tuple[str, list[str]]:
    """The URL, once it was said, and what was said before."""
    said: list[str] = []
    assert process.stdout is not None
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        line = process.stdout.readline()
        if not line:
            break
        said.append(line)
        if found := _URL.search(line):
            return found[1], said
    process.kill()
    raise AssertionError(f"the demo did not start:\n{log.read_text()[-4000:]}")
