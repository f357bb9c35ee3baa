"""What an integrator reads in the contract and tries first, through HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.types import Template
from console.admin.templates import store_templates
from console.queue.assign import drain
from console.queue.sweep import due_returns
from tests.flows.desk import Scene
from tests.server import running


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        yield Scene(server)


def test_a_command_without_fields_needs_no_body(scene: Scene) -> None:
    at = f"/api/v1/cases/{scene.case}"
    for who, act in ((scene.ana, "release"), (scene.ana, "claim"), (scene.sofia, "takeover")):
        answer = who.post(f"{at}/{act}")
        assert answer.status_code == 200, (act, answer.text)
    assert scene.sofia.post(f"{at}/handback", json={"note": "segue"}).status_code == 200
    missing = scene.ana.post(f"{at}/resolve")
    assert (missing.status_code, missing.json()["field"]) == (422, "outcome")


def test_an_upload_answers_with_the_file_and_with_all_of_them(scene: Scene) -> None:
    answer = scene.ana.post("/api/v1/uploads", files={"file": ("doc.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")})
    made = answer.json()
    assert (answer.status_code, made["name"], made["type"]) == (201, "doc.pdf", "application/pdf")
    assert [each["id"] for each in made["items"]] == [made["id"]]


@pytest.mark.parametrize("language", ["pt_BR", "pt-BR", "pt"])
def test_a_template_is_found_by_its_language_however_it_is_written(scene: Scene, language: str) -> None:
    known = [
        Template(name="ola", language=code, category="utility", state="approved", body="Oi", provider_id=code)
        for code in ("pt_BR", "es")
    ]
    scene.server.write(store_templates, scene.book.whatsapp, known)
    found = scene.ana.get("/api/v1/templates", params={"language": language}).json()["items"]
    assert [each["language"] for each in found] == ["pt_BR"]


def test_what_an_agent_gives_back_goes_to_somebody_else(scene: Scene) -> None:
    bruno = scene.server.ids["bruno"]
    at = f"/api/v1/cases/{scene.case}"
    assert scene.ana.post(f"{at}/release").json()["status"] == "queued"
    scene.server.write(drain)
    assert scene.sofia.get(at).json()["owner"]["id"] == bruno
    assert scene.bruno.post(f"{at}/release").status_code == 200
    scene.server.write(drain)
    assert scene.sofia.get(at).json()["owner"] is None, "those with room gave it back a moment ago"
    assert scene.ana.post(f"{at}/claim").status_code == 200, "who wants it may have it"


def test_a_case_handed_to_somebody_who_is_not_online_stays_with_them_for_a_while(scene: Scene) -> None:
    clara, at = scene.server.ids["clara"], f"/api/v1/cases/{scene.case}"
    answer = scene.ana.post(f"{at}/transfer", json={"to": {"user": clara}, "note": "é contigo"})
    assert answer.status_code == 200, answer.text
    assert scene.sofia.get(at).json()["waiting_since"], "the debtor waits"
    assert scene.server.read(due_returns) == []
    assert scene.sofia.get(at).json()["owner"]["id"] == clara
