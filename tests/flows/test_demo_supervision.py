"""Watch, whisper, take over, hand back: through the contract, on a running demo."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.demo_server import DemoServer, Desk, stranger


def conversation(server: DemoServer, ana: Desk) -> tuple[str, dict[str, Any]]:
    """A stranger wrote and Ana has the case."""
    person, text = stranger("whatsapp"), f"preciso de um prazo {uuid4().hex[:6]}"
    server.writes(server.inbox("whatsapp", "meta"), person, text)
    return person, ana.assigned(text)


def whispered(sofia: Desk, case: dict[str, Any], text: str) -> dict[str, Any]:
    body = {"client_id": str(uuid4()), "text": text, "suggestion": True}
    answer = sofia.post(f"/cases/{case['id']}/whispers", **body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_suggestion_reaches_ana_alone_and_is_marked_as_used(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        person, case = conversation(demo_server, ana)
        assert sofia.post(f"/cases/{case['id']}/watch").status_code < 300
        whisper = whispered(sofia, case, "Ofereça até sexta")
        ana.until(lambda frame: frame.get("name") == "whisper.created" and frame["case"] == case["id"])
        sent = ana.reply(case, "Posso esperar até sexta, combinado?", "whatsapp", whisper=whisper["id"])
        assert sent.status_code == 201, sent.text
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        shown = next(each for each in sofia.items(case["id"]) if each["id"] == whisper["id"])
        assert shown["used_at"]
        assert [each["text"] for each in demo_server.outbox(person)] == ["Posso esperar até sexta, combinado?"]


def test_what_ana_wrote_under_the_older_epoch_is_refused_and_kept(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        person, case = conversation(demo_server, ana)
        kept = ana.http.put(f"/api/v1/cases/{case['id']}/draft", json={"text": "Estava escrevendo…", "rev": 1})
        assert kept.status_code == 200, kept.text
        taken = sofia.post(f"/cases/{case['id']}/takeover", reason="Cliente pediu a supervisão")
        assert taken.status_code == 200, taken.text
        assert taken.json()["epoch"] > case["epoch"]
        ana.until(lambda frame: frame.get("name") == "takeover.started" and frame["case"] == case["id"])

        late = ana.reply(case, "Tarde demais", "whatsapp")
        assert (late.status_code, late.json()["code"]) == (409, "stale_epoch")
        assert demo_server.outbox(person) == []
        assert ana.case(case["id"])["epoch"] == taken.json()["epoch"], "she goes on reading"

        sent = sofia.reply(sofia.case(case["id"]), "Assumo daqui. Como posso ajudar?", "whatsapp")
        assert sent.status_code == 201, sent.text
        sofia.status_of(case["id"], sent.json()["id"], "delivered", "read")
        assert demo_server.outbox(person)[-1]["text"].startswith("Sofia Lima"), "she says who she is"


def test_the_case_comes_back_to_ana_with_a_note(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        person, case = conversation(demo_server, ana)
        assert sofia.post(f"/cases/{case['id']}/takeover").status_code == 200
        back = sofia.post(f"/cases/{case['id']}/handback", note="Segue com você: prazo aprovado.")
        assert back.status_code == 200, back.text
        again = ana.case(case["id"])
        assert again["owner"]["id"] == ana.user["id"]
        assert again["epoch"] == case["epoch"] + 2
        assert any(each["kind"] == "note" and "prazo aprovado" in each["text"] for each in ana.items(case["id"]))
        sent = ana.reply(again, "Voltei! Seu prazo foi aprovado.", "whatsapp").json()
        ana.status_of(case["id"], sent["id"], "delivered", "read")
        assert len(demo_server.outbox(person)) == 1


def test_the_first_steps_tick_when_it_really_happened(demo_server: DemoServer) -> None:
    demo_server.sandbox("POST", "/reset")
    demo_server.sandbox("PUT", "/scripted", {"on": False})
    assert not any(demo_server.steps().values())
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        text = f"oi, sou a Maria {uuid4().hex[:6]}"
        demo_server.writes(demo_server.inbox("whatsapp", "meta"), "maria", text)
        case = ana.assigned(text)
        assert case["debtor"]["name"] == "Maria Souza"
        assert [name for name, done in demo_server.steps().items() if done] == ["write"]
        sent = ana.reply(case, "Oi, Maria! Aqui é a Ana.", "whatsapp").json()
        ana.status_of(case["id"], sent["id"], "delivered", "read")
        whispered(sofia, case, "Pergunte se recebeu a fatura")
        sofia.post(f"/cases/{case['id']}/takeover")
        sofia.post(f"/cases/{case['id']}/handback", note="Segue")
        done = [name for name, done in demo_server.steps().items() if done]
        assert done == ["write", "answer", "whisper", "take_over", "hand_back"]
