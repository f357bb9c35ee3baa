"""How far an import is, told by the socket to who brought it and to nobody else."""

from __future__ import annotations

import json

import pytest

from console.workers import imports
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_contract_socket import PATIENCE, heard, line, say
from tests.flows.test_imports import HEAD, ended, send


def test_it_is_told_at_its_beginning_by_hundredths_and_at_its_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    rows = [f"P{n};Pessoa {n};;;P{n}-1;{n};10/09/2026;100,00" for n in range(250)]
    with line(scene, scene.admin) as admin, line(scene, scene.sofia) as sofia:
        for socket in (admin, sofia):
            say(socket, type="hello", cursor=None)
            heard(socket, "ready")
        made = send(scene, scene.admin, "\n".join([HEAD, *rows]).encode(), dry_run="true").json()
        told = [heard(admin, "event", "import.updated")["data"]]
        while told[-1]["state"] != "done":
            told.append(heard(admin, "event", "import.updated")["data"])
        assert {each["id"] for each in told} == {made["id"]} and told[-1] == ended(scene.admin, made)
        assert told[0]["done"] == 0 and [each["done"] for each in told] == sorted(each["done"] for each in told)
        assert len(told) == 102  # begun, a hundred times, ended
        say(sofia, type="ping")
        names = []
        while (frame := json.loads(sofia.recv(PATIENCE)))["type"] != "pong":
            names.append(frame.get("name"))
        assert "import.updated" not in names


def test_a_file_that_cannot_be_read_is_told_too(scene: Scene) -> None:
    with line(scene, scene.admin) as admin:
        say(admin, type="hello", cursor=None)
        heard(admin, "ready")
        send(scene, scene.admin, b"nome\nAna")
        told = heard(admin, "event", "import.updated")["data"]
        assert (told["state"], told["why_code"]) == ("failed", "lacks")
