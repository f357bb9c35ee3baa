"""Who is erased is gone from the imported files that are kept, and from what those say of them."""

from __future__ import annotations

from typing import Any

import pytest

from console.errors import Conflict
from console.evidence import routes
from console.imports.models import import_run
from console.imports.persons import strike
from console.store.statement import change
from tests.flows.desk import Scene
from tests.flows.importing import scene as scene
from tests.flows.test_imports import HEAD, brought, debtor

KEYED = "E1;Ana Apagada;52998224725;+5511970000001;E1-1;1;10/09/2026;100,00"
WRONG = "E1;Ana Apagada;;;E1-2;2;ontem;50,00"
BY_PAPER = ";Sem Chave;529.982.247-25;;X-1;1;10/09/2026;1,00"
BY_PHONE = ";Sem Chave;;+55 11 97000-0001;X-2;1;10/09/2026;1,00"
SHARED = "E2;Bia Fica;;+5511970000001;E2-1;1;amanhã;9,00"
BIA = "E2;Bia Fica;;+5511970000002;E2-2;1;10/09/2026;9,00"


def asked(scene: Scene, who: str) -> str:
    answer = scene.caio.post(f"/api/v1/debtors/{who}/erasure", json={"reason": "pedido 7"})
    assert answer.status_code == 201, answer.text
    return f"/api/v1/removals/{answer.json()['id']}/carry-out"


def test_rows_go_by_key_document_and_number_and_the_others_are_still_told(scene: Scene) -> None:
    brought(scene, HEAD, KEYED, BIA)
    made = brought(scene, HEAD, WRONG, BY_PAPER, SHARED, BY_PHONE)
    only_hers = brought(scene, HEAD, WRONG.replace("E1-2", "E1-3"))
    files = scene.server.services.files
    assert b"Ana Apagada" in files.read(made["id"]) and made["rejected"] == 4
    url = asked(scene, debtor(scene, "Apagada"))
    assert scene.caio.post(url).json()["code"] == "own_request"
    assert b"Ana Apagada" in files.read(made["id"]), "nobody erases what they asked for, in files neither"
    done = scene.admin.post(url)
    assert done.status_code == 200, done.text
    assert done.json()["removed"]["rows of imported files"] == 4
    left = files.read(made["id"]).decode()
    for word in ("Apagada", "529", "97000-0001", "Sem Chave"):
        assert word not in left
    report = scene.admin.get(made["errors_url"]).content.decode("utf-8-sig")
    assert "Bia Fica" in report and len(report.splitlines()) == 2
    faults = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert {each["line"] for each in faults} == {4}
    assert b"Apagada" not in files.read(only_hers["id"])
    assert len(scene.admin.get(only_hers["errors_url"]).content.decode().splitlines()) == 1, "its header, and nobody"


def test_a_file_that_is_being_booked_is_waited_for(scene: Scene) -> None:
    brought(scene, HEAD, KEYED.replace("E1", "E3").replace("52998224725", "").replace("0001", "0003"))
    made = brought(scene, HEAD, WRONG.replace("E1", "E3"))

    def again(tx: Any) -> None:
        change(tx, import_run, {"id": made["id"]}, state="running")

    scene.server.write(again)
    url = asked(scene, debtor(scene, "E3"))
    told = scene.admin.post(url)
    assert told.json()["code"] == "conflict" and "being imported" in told.json()["detail"]
    assert b"E3" in scene.server.services.files.read(made["id"])


def test_what_is_said_of_rows_goes_also_when_the_call_that_took_them_out_broke_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(scene, HEAD, KEYED.replace("E1", "E4").replace("52998224725", "").replace("0001", "0004"))
    made = brought(scene, HEAD, WRONG.replace("E1", "E4"), SHARED)
    url = asked(scene, debtor(scene, "E4"))

    def breaks(*_: object) -> None:
        raise Conflict("It broke off.")

    with monkeypatch.context() as broken:
        broken.setattr(routes, "carry_out", breaks)
        assert scene.admin.post(url).status_code == 409
    faults = f"/api/v1/imports/{made['id']}/faults"
    assert b"E4" not in scene.server.services.files.read(made["id"])
    assert {each["line"] for each in scene.admin.get(faults).json()["items"]} == {2, 3}
    done = scene.admin.post(url)
    assert done.status_code == 200 and done.json()["removed"]["rows of imported files"] == 1, done.text
    assert {each["line"] for each in scene.admin.get(faults).json()["items"]} == {3}


def test_a_file_that_comes_meanwhile_is_looked_at_before_anything_is_erased(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(scene, HEAD, KEYED.replace("E1", "E5").replace("52998224725", "").replace("0001", "0005"))
    url = asked(scene, debtor(scene, "E5"))
    came: list[str] = []

    def slowly(*given: Any) -> Any:
        struck = strike(*given)
        came.append(brought(scene, HEAD, WRONG.replace("E1", "E5"))["id"])
        return struck

    with monkeypatch.context() as slow:
        slow.setattr(routes, "strike", slowly)
        told = scene.admin.post(url)
    assert told.json()["code"] == "conflict" and "meanwhile" in told.json()["detail"]
    done = scene.admin.post(url)
    assert done.status_code == 200 and done.json()["removed"]["rows of imported files"] == 1, done.text
    assert b"E5" not in scene.server.services.files.read(came[0])
