"""Bruno and Clara are played while nobody is signed in as them, and step aside when somebody is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from tests.demo_server import DemoServer, Desk, start, stranger

PATIENT = 60.0  # seconds: stand-ins are calm


@pytest.fixture(scope="module")
def lively() -> Iterator[DemoServer]:
    """A demo whose scripted people are on."""
    with TemporaryDirectory() as folder, start(Path(folder, "demo"), quiet=False) as server:
        yield server


def until(met: Callable[[], Any], what: str) -> Any:
    ends = time.monotonic() + PATIENT
    while time.monotonic() < ends:
        if found := met():
            return found
        time.sleep(0.3)
    raise AssertionError(f"it never happened: {what}")


def colleague(sofia: Desk, name: str) -> dict[str, Any]:
    agents = sofia.http.get("/api/v1/wall").json()["agents"]
    found: dict[str, Any] = next(each for each in agents if each["user"]["name"].startswith(name))
    return found


def test_they_are_there_and_answer_who_waits(lively: DemoServer) -> None:
    with lively.desk("sofia") as sofia:
        until(
            lambda: colleague(sofia, "Bruno")["connected"] and colleague(sofia, "Clara")["connected"], "both are there"
        )
        until(lambda: len(lively.outbox("+5511990000006")) >= 3, "Bruno answers Rafael, who waits since the start")


def test_what_sofia_suggests_is_said(lively: DemoServer) -> None:
    with lively.desk("sofia") as sofia:
        rows = sofia.http.get("/api/v1/cases", params={"view": "all", "limit": 100}).json()["items"]
        case = next(each for each in rows if each["debtor"]["name"] == "Nilo Serpa")
        lively.writes(lively.inbox("whatsapp", "twilio"), "nilo", "e aí, alguma novidade?")
        words = f"Nilo, seu código sai hoje à tarde. {uuid4().hex[:4]}"
        body = {"client_id": str(uuid4()), "text": words, "suggestion": True}
        whisper = sofia.post(f"/cases/{case['id']}/whispers", **body).json()
        until(lambda: words in [each["text"] for each in lively.outbox("+5511990000008")], "Bruno says it")
        shown = next(each for each in sofia.items(case["id"]) if each["id"] == whisper["id"])
        assert shown["seen_at"]
        assert shown["used_at"]


def test_a_strangers_case_is_left_to_people(lively: DemoServer) -> None:
    with lively.desk("sofia") as sofia:
        person, text = stranger("whatsapp"), f"sou nova aqui {uuid4().hex[:6]}"
        lively.writes(lively.inbox("whatsapp", "meta"), person, text)
        time.sleep(3.0)
        rows = sofia.http.get("/api/v1/cases", params={"view": "queue", "limit": 100}).json()["items"]
        mine = [each for each in rows if ((each["last_item"] or {}).get("text") or "") == text]
        assert [each["owner"] for each in mine] == [None]


def test_whoever_signs_in_as_bruno_is_bruno(lively: DemoServer) -> None:
    with lively.desk("sofia") as sofia, lively.desk("bruno") as bruno:
        text = f"para o Bruno {uuid4().hex[:6]}"
        time.sleep(1.5)
        lively.writes(lively.inbox("whatsapp", "meta"), stranger("whatsapp"), text)
        case = until(lambda: _found(bruno, text), "routing gives cases to a person again")
        assert case["owner"]["id"] == bruno.user["id"]
        assert colleague(sofia, "Clara")["connected"]


def _found(desk: Desk, text: str) -> dict[str, Any] | None:
    rows = desk.http.get("/api/v1/cases", params={"view": "mine", "limit": 100}).json()["items"]
    return next((each for each in rows if ((each["last_item"] or {}).get("text") or "") == text), None)
