"""An agreement and its money on a running demo: offered by WhatsApp, accepted by its button, paid from the phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from tests.demo_server import DemoServer, Desk


def marias(server: DemoServer, ana: Desk, sofia: Desk) -> dict[str, Any]:
    """Maria wrote, and Ana has the case, her identity confirmed."""
    text = f"oi, quero negociar {uuid4().hex[:6]}"
    server.writes(server.inbox("whatsapp", "meta"), "maria", text)
    case = ana.assigned(text)
    checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
    assert ana.post(f"/cases/{case['id']}/identity", checks=checks).status_code == 200
    return case


def test_negotiate_approve_accept_confirm_pay_and_everything_stops(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = marias(demo_server, ana, sofia)
        url = f"/cases/{case['id']}"
        wish = {"down_payment": {"amount": 5_000, "currency": "BRL"}, "instalments": 13, "first_due": _first(ana, case)}
        made = ana.post(f"{url}/plans", client_id=str(uuid4()), **wish).json()
        assert made["state"] == "needs_approval" and "instalments" in made["needs_approval"]["because"], made
        assert ana.post(f"/plans/{made['id']}/approve").json()["code"] == "own_request"
        asked = [each for each in sofia.http.get("/api/v1/requests").json()["items"] if each["kind"] == "approval"]
        assert [each["detail"]["plan"] for each in asked] == [made["id"]]
        assert sofia.post(f"/plans/{made['id']}/approve").status_code == 200
        offered = ana.post(f"/plans/{made['id']}/offer", channel="whatsapp", client_id=str(uuid4()))
        assert offered.status_code == 200, offered.text
        ana.status_of(case["id"], offered.json()["offer"], "delivered", "read")
        everything = demo_server.sandbox("GET", "/outbox?channel=whatsapp")
        (sent,) = [each for each in everything if f"plan:{made['id']}:accept" in str(each)]
        press = {"type": "button_reply", "id": f"plan:{made['id']}:accept", "title": "Aceito"}
        inbox = demo_server.inbox("whatsapp", "meta")["inbox"]
        written = {"inbox": inbox, "from": "maria", "interactive": press, "text": "Aceito", "in_reply_to": sent["id"]}
        demo_server.sandbox("POST", "/inbound", written)
        ana.until(lambda frame: frame.get("name") == "plan.accepted" and frame["case"] == case["id"])
        ana.until(lambda frame: frame.get("name") == "message.created" and "Acordo confirmado" in frame["data"]["text"])

        code = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/pix").json()
        assert code["amount"]["amount"] == 5_000
        told = ana.reply(ana.case(case["id"]), f"Segue o Pix da entrada:\n{code['br_code']}", "whatsapp")
        assert told.status_code == 201, told.text
        ana.status_of(case["id"], told.json()["id"], "delivered", "read")
        paid = demo_server.sandbox("POST", "/pay", {"person": "maria", "code": code["br_code"]})
        assert paid["txid"] == code["reference"]
        ana.until(lambda frame: frame.get("name") == "payment.recorded" and frame["case"] == case["id"])
        ana.until(lambda frame: frame.get("name") == "plan.active" and frame["case"] == case["id"])
        ledger = ana.http.get(f"/api/v1/cases/{case['id']}/ledger").json()
        assert (ledger["plans"][0]["state"], ledger["payments"][0]["method"]) == ("active", "pix")
        assert demo_server.steps()["pay"]


def _first(ana: Desk, case: dict[str, Any]) -> str:
    """Ten days on, by the debtor's own calendar."""
    today = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["as_of"]
    return (date.fromisoformat(today) + timedelta(days=10)).isoformat()
