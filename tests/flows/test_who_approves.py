"""Who may approve a text: nobody who worded it first, nobody whose rights have gone since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from console.cases import send
from console.cases.models import request as request_table
from console.gate.models import text_approval
from console.people.models import team_member, user
from console.store.statement import Statement, change, remove, row, rows
from console.store.transaction import Reader, Tx
from console.timeline.models import item
from console.wire.ids import new_id
from tests.days import tuesday_at_ten
from tests.flows.asking import HELD, MILD, approved, asked, card, decide, items, light, refused
from tests.flows.desk import Scene
from tests.server import running

ODD = "MARIA — sem acordo, o servico pode ser suspenso!!"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with running(workers={}, clock=tuesday_at_ten()) as server:
        yield Scene(server)


def whispers(who: httpx2.Client, scene: Scene, text: str) -> None:
    body = {"client_id": new_id(), "text": text, "suggestion": True}
    answer = who.post(f"/api/v1/cases/{scene.case}/whispers", json=body)
    assert answer.status_code == 201, answer.text


def notes(who: httpx2.Client, scene: Scene, text: str) -> None:
    answer = who.post(f"/api/v1/cases/{scene.case}/notes", json={"client_id": new_id(), "text": text})
    assert answer.status_code == 201, answer.text


def hands_back(scene: Scene, note: str) -> None:
    body = {"note": note, "to": scene.server.ids["ana"]}
    answer = scene.sofia.post(f"/api/v1/cases/{scene.case}/handback", json=body)
    assert answer.status_code == 200, answer.text


def takes_over(scene: Scene) -> None:
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover", json={}).status_code == 200


@pytest.mark.parametrize("said", [HELD, ODD, f"Olá!\n{ODD}", f"escreve assim: {ODD}"])
def test_who_whispered_the_words_in_any_spelling_does_not_approve_them(scene: Scene, said: str) -> None:
    whispers(scene.sofia, scene, said)
    own = asked(scene)
    refused(decide(scene.sofia, own), 403, "own_request")
    assert decide(scene.caio, own).status_code == 200


def test_a_greeting_before_somebodys_words_does_not_make_them_anothers(scene: Scene) -> None:
    whispers(scene.sofia, scene, ODD)
    own = asked(scene, text=f"Bom dia. {HELD}")
    refused(decide(scene.sofia, own), 403, "own_request")


def test_who_noted_the_words_does_not_approve_them(scene: Scene) -> None:
    notes(scene.sofia, scene, ODD)
    refused(decide(scene.sofia, asked(scene)), 403, "own_request")


def test_who_said_something_else_approves(scene: Scene) -> None:
    whispers(scene.sofia, scene, "Maria")
    whispers(scene.sofia, scene, MILD)
    notes(scene.sofia, scene, "sem acordo ainda")
    assert decide(scene.sofia, asked(scene)).status_code == 200


def test_who_asked_for_the_words_first_does_not_approve_them_of_another(scene: Scene) -> None:
    takes_over(scene)
    first = asked(scene, scene.sofia)
    assert card(scene, first)["text"].startswith("Sofia Lima (supervisão): ")
    hands_back(scene, "segue")
    own = asked(scene)
    refused(decide(scene.sofia, own), 403, "own_request")


def test_who_handed_the_case_back_with_the_words_does_not_approve_them(scene: Scene) -> None:
    takes_over(scene)
    hands_back(scene, ODD)
    refused(decide(scene.sofia, asked(scene)), 403, "own_request")


def test_who_whispered_to_a_supervisor_who_took_over_does_not_approve_what_they_ask(scene: Scene) -> None:
    scene.server.write(lambda tx: change(tx, user, {"id": scene.server.ids["bruno"]}, role="supervisor"))
    takes_over(scene)
    whispers(scene.bruno, scene, ODD)
    own = asked(scene, scene.sofia)
    refused(decide(scene.bruno, own), 403, "own_request")
    assert decide(scene.caio, own).status_code == 200


def _disabled(tx: Tx, user_id: str) -> None:
    change(tx, user, {"id": user_id}, disabled_at=tx.now)


def _demoted(tx: Tx, user_id: str) -> None:
    change(tx, user, {"id": user_id}, role="agent")


def _out_of_the_team(tx: Tx, user_id: str) -> None:
    remove(tx, team_member, user_id=user_id)


@pytest.mark.parametrize("loses", [_disabled, _demoted, _out_of_the_team])
def test_an_approval_ends_with_the_rights_of_who_gave_it(scene: Scene, loses: Any) -> None:
    approved(scene)
    planned = scene.reply(text=HELD)
    assert planned.status_code == 201, planned.text
    approved(scene)
    scene.server.write(loses, scene.server.ids["sofia"])
    epoch = scene.ana.get(f"/api/v1/cases/{scene.case}").json()["epoch"]
    body = {"client_id": new_id(), "epoch": epoch, "channel": "whatsapp", "text": HELD}
    refused(scene.ana.post(f"/api/v1/cases/{scene.case}/messages", json=body), 422, "gate_needs_approval")
    assert light(scene)["outcome"] == "needs_approval"
    assert scene.server.write(send.start, planned.json()["id"], "w") is None
    (stopped,) = [each for each in items(scene, "message", scene.ana) if each["id"] == planned.json()["id"]]
    assert (stopped["status"], stopped["cancelled"]["why"]) == ("cancelled", "TONE:DECEIT")


def test_the_same_decision_of_the_same_person_is_answered_again(scene: Scene) -> None:
    request = asked(scene)
    first = decide(scene.sofia, request)
    again = decide(scene.sofia, request)
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json()), again.text
    refused(decide(scene.caio, request), 409, "conflict", state="approved")
    refused(decide(scene.sofia, request, "refuse", reason="não"), 409, "conflict", state="approved")
    assert scene.reply(text=HELD).status_code == 201
    assert decide(scene.sofia, request).status_code == 200
    other = asked(scene)
    answers = [decide(scene.sofia, other, "refuse", reason="não") for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200] and answers[0].json() == answers[1].json()
    refused(decide(scene.sofia, other), 409, "conflict", state="refused")
    names = [each["name"] for each in items(scene, "event") if each["name"].startswith("approval.")]
    assert names == ["approval.asked", "approval.given", "approval.asked", "approval.refused"]


def _kept(reader: Reader) -> str:
    """All that is stored of what was asked for."""
    whispers = select(item.c.text, item.c.data, item.c.kind).where(item.c.kind.in_(("whisper", "event")))
    tables = (whispers, select(text_approval), select(request_table))
    return "\n".join(str(each) for clause in tables for each in rows(reader, clause, row))


def test_an_erasure_leaves_no_free_word_of_what_was_asked(scene: Scene) -> None:
    upload = {"file": ("segredo.pdf", b"%PDF-1.4\n1\n%%EOF", "application/pdf")}
    file = scene.ana.post("/api/v1/uploads", files=upload).json()["id"]
    request = asked(scene, attachments=[file], note="segredo dela")
    assert decide(scene.sofia, request, "refuse", reason="segredo não").status_code == 200
    assert "segredo" in scene.server.read(_kept)
    (digest,) = scene.server.read(lambda reader: rows(reader, select(text_approval.c.digest), lambda each: each))
    alone = asked(scene, note="segredo")
    scene.server.write(lambda tx: Statement(item.update().values(text="").where(item.c.kind == "whisper")).run(tx))
    assert decide(scene.sofia, alone, "refuse", reason="segredo").status_code == 200
    assert scene.ana.post(f"/api/v1/cases/{scene.case}/resolve", json={"outcome": "paid"}).status_code == 200
    debtor = scene.sofia.get(f"/api/v1/cases/{scene.case}").json()["debtor"]["id"]
    made = scene.caio.post(f"/api/v1/debtors/{debtor}/erasure", json={"reason": "pedido 12"})
    done = scene.admin.post(f"/api/v1/removals/{made.json()['id']}/carry-out")
    assert done.status_code == 200, done.text
    left = scene.server.read(_kept)
    assert "segredo" not in left and digest not in left and "suspenso" not in left
    assert card(scene, request)["request"]["codes"] == ["TONE:DECEIT"]
