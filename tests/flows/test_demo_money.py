"""An agreement and its money on a running demo: offered by WhatsApp, accepted by its button, paid from the phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from tests.demo_server import DemoServer, Desk, stranger


def marias(server: DemoServer, ana: Desk, sofia: Desk) -> dict[str, Any]:
    """Maria wrote, and Ana has the case, her identity confirmed."""
    text = f"oi, quero negociar {uuid4().hex[:6]}"
    server.writes(server.inbox("whatsapp", "meta"), "maria", text)
    case = ana.assigned(text)
    ana.proves(case)
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


def test_the_demos_books_have_their_terms_where_every_book_has_them(demo_server: DemoServer) -> None:
    with demo_server.desk("sofia") as sofia:
        books = {each["name"]: each["id"] for each in sofia.http.get("/api/v1/portfolios").json()["items"]}
        terms = sofia.http.get(f"/api/v1/portfolios/{books['Loja Ipê']}/terms").json()
        assert (terms["fine_bp"], terms["interest_bp_30d"]) == (200, 100)
        new = {"client_id": str(uuid4()), "portfolio": books["Loja Ipê"], "name": "Rita Alves", "language": "pt-BR",
               "jurisdiction": "BR-SP", "contact_points": []}  # fmt: skip
        debtor = sofia.http.post("/api/v1/debtors", json=new).json()["id"]
        charge = {"number": "1", "due": "2026-01-05", "amount": {"amount": 25_000, "currency": "BRL"}}
        owes = sofia.post("/debts", client_id=str(uuid4()), debtor=debtor, product="Crediário", charges=[charge])
        (owed,) = owes.json()["charges"]
        assert owed["fine"]["amount"] == 500 and owed["interest"]["amount"] > 0, "a debt that names none owes them"


def test_several_offered_as_a_list_and_one_of_them_chosen_on_the_phone(demo_server: DemoServer) -> None:
    where = demo_server.inbox("whatsapp", "meta")
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case, phone = _owing(demo_server, ana, sofia)
        wish = {"first_due": _first(ana, case), "down_payment": {"amount": 40_000, "currency": "BRL"}}
        plans = [
            ana.post(f"/cases/{case['id']}/plans", client_id=str(uuid4()), instalments=parts, **wish).json()
            for parts in (1, 2, 3)
        ]
        ids = [each["id"] for each in plans]
        offered = ana.post(f"/plans/{ids[0]}/offer", channel="whatsapp", also=ids[1:])
        assert offered.status_code == 200, offered.text
        ana.status_of(case["id"], offered.json()["offer"], "delivered", "read")
        (sent,) = [each for each in demo_server.outbox(phone) if ids[0] in str(each)]
        assert [each["type"] for each in sent["buttons"]] == ["list_reply"] * 5
        tapped = sent["buttons"][2]
        demo_server.sandbox("POST", "/inbound", {
            "inbox": where["inbox"], "from": phone, "text": tapped["title"], "in_reply_to": sent["id"],
            "interactive": {name: tapped[name] for name in ("type", "id", "title", "description")},
        })  # fmt: skip
        ana.until(lambda frame: frame.get("name") == "plan.accepted" and frame["case"] == case["id"])
        ana.until(lambda frame: frame.get("name") == "message.created" and "Acordo confirmado" in frame["data"]["text"])
        ledger = ana.http.get(f"/api/v1/cases/{case['id']}/ledger").json()
        states = {each["id"]: each["state"] for each in ledger["plans"]}
        assert [states[each] for each in ids] == ["cancelled", "cancelled", "accepted"]


def _owing(server: DemoServer, ana: Desk, sofia: Desk) -> tuple[dict[str, Any], str]:
    """Somebody of this test's own who owes and wrote by WhatsApp: the case, identity confirmed, and the phone."""
    book = next(p for p in sofia.http.get("/api/v1/portfolios").json()["items"] if p["name"] == "Loja Ipê")["id"]
    phone, text = stranger("whatsapp"), f"quero negociar {uuid4().hex[:6]}"
    made = sofia.post("/debtors", client_id=str(uuid4()), portfolio=book, name="Nair Prado", kind="person",
                      language="pt-BR", jurisdiction="BR-SP",
                      contact_points=[{"channel": "whatsapp", "address": phone}])  # fmt: skip
    assert made.status_code == 201, made.text
    charges = [{"number": "F-7", "due": "2026-10-10", "amount": {"amount": 300_000, "currency": "BRL"}}]
    owed = {"client_id": str(uuid4()), "debtor": made.json()["id"], "product": "Crediário", "charges": charges,
            "terms": {"fine_bp": 0, "interest_bp_30d": 0}}  # fmt: skip
    assert sofia.post("/debts", **owed).status_code == 201
    server.writes(server.inbox("whatsapp", "meta"), phone, text)
    case = ana.assigned(text)
    ana.proves(case)
    return case, phone


def _first(ana: Desk, case: dict[str, Any]) -> str:
    """Ten days on, by the debtor's own calendar."""
    today = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["as_of"]
    return (date.fromisoformat(today) + timedelta(days=10)).isoformat()
