"""A dispute through the public contract: what it stops, who decides it, which steps it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.debtors import queries as debtors
from console.store.base import load
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.server import running

FIRST, SECOND = "F-1", "F-2"


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running() as server:
        made = Scene(server)
        person = {"client_id": new_id(), "portfolio": made.book.id, "name": "Maria Souza", "language": "pt-BR",
                  "jurisdiction": "BR-SP", "contact_points": []}  # fmt: skip
        maria = made.sofia.post("/api/v1/debtors", json=person).json()["id"]
        made.ana.post(f"/api/v1/cases/{made.case}/identify", json={"debtor": maria})
        charges = [{"number": number, "due": "2026-01-10", "amount": {"amount": 50_000, "currency": "BRL"}}
                   for number in (FIRST, SECOND)]  # fmt: skip
        debt = {"client_id": new_id(), "debtor": maria, "product": "Crediário", "charges": charges}
        assert made.sofia.post("/api/v1/debts", json=debt).status_code == 201
        yield made


def disputed(scene: Scene, number: str, reason: str) -> dict[str, Any]:
    maria = scene.sofia.get(f"/api/v1/cases/{scene.case}").json()["debtor"]["id"]
    charges = scene.sofia.get(f"/api/v1/debtors/{maria}/balance").json()["charges"]
    body = {"client_id": new_id(), "charges": [each["id"] for each in charges if each["number"] == number],
            "reason": reason, "text": "não fui eu"}  # fmt: skip
    answer = scene.sofia.post(f"/api/v1/cases/{scene.case}/disputes", json=body)
    assert answer.status_code == 201, answer.text
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/disputes", json=body).status_code == 200
    made: dict[str, Any] = answer.json()
    return made


def stops(scene: Scene) -> list[dict[str, Any]]:
    debtor = scene.sofia.get(f"/api/v1/cases/{scene.case}").json()["debtor"]["id"]
    found: list[dict[str, Any]] = load(scene.server.read(debtors.get, debtor).stops)
    return found


def placed(scene: Scene) -> list[dict[str, Any]]:
    items = scene.sofia.get(f"/api/v1/cases/{scene.case}/timeline?limit=200").json()["items"]
    return [each["data"] for each in items if each.get("name") == "stop.placed"]


def test_it_is_asked_about_taken_up_and_decided_by_who_may(scene: Scene) -> None:
    made = disputed(scene, FIRST, "wrong_amount")
    state, resolve = f"/api/v1/disputes/{made['id']}/state", f"/api/v1/cases/{scene.case}/disputes/{made['id']}/resolve"
    asked = scene.sofia.post(state, json={"state": "info_requested", "note": "peça o contrato"})
    assert (asked.json()["state"], asked.json()["note"]) == ("info_requested", "peça o contrato")
    words = {"channel": "whatsapp", "text": asked.json()["ask"]}
    (told,) = scene.sofia.post(f"/api/v1/cases/{scene.case}/gate", json=words).json()["items"]
    assert made["ask"] == "" and made["reference"] in words["text"] and told["code"] == "ALLOW"
    long = scene.sofia.post(state, json={"state": "under_review", "note": "x" * 2_001})
    assert (long.status_code, long.json()["field"]) == (422, "note")
    assert scene.sofia.post(state, json={"state": "under_review"}).json()["state"] == "under_review"
    given = {"outcome": "upheld", "note": "sem contrato"}
    assert scene.bruno.post(resolve, json=given).status_code == 409  # neither the owner nor a supervisor
    assert scene.sofia.post(resolve, json=given).json()["state"] == "upheld"
    again = scene.sofia.post(resolve, json=given)
    assert (again.status_code, again.json()["state"]) == (409, "upheld")
    assert stops(scene) == []


def test_section_3_7_stolen_identity_stops_collection_of_the_person_with_its_dispute(scene: Scene) -> None:
    made = disputed(scene, SECOND, "identity_theft")
    assert [each["stop"] for each in stops(scene)] == ["fraud"]
    assert [each["stop"] for each in placed(scene)] == ["fraud"]
    judged = scene.sofia.post(f"/api/v1/cases/{scene.case}/gate", json={"channel": "whatsapp", "text": "Pague."})
    assert "FRAUD_HOLD" in judged.text, judged.text
    resolve = f"/api/v1/cases/{scene.case}/disputes/{made['id']}/resolve"
    assert scene.sofia.post(resolve, json={"outcome": "withdrawn", "note": "era o filho"}).status_code == 200
    assert [each["stop"] for each in stops(scene)] == ["fraud"], "compliance alone lifts it"
    disputed(scene, SECOND, "identity_theft")
    assert len(stops(scene)) == len(placed(scene)) == 1
