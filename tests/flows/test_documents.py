"""Documents of a debt on a running demo: made, attached, delivered, and refused once they are no longer true."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from pypdf import PdfReader

from tests.demo_server import DemoServer, Desk, stranger


def owing(server: DemoServer, ana: Desk, sofia: Desk, amount: int = 30_000) -> dict[str, Any]:
    """Somebody of this test alone, who owes one invoice, wrote, and is known; Ana has the case."""
    book = next(p for p in sofia.http.get("/api/v1/portfolios").json()["items"] if p["name"] == "Loja Ipê")["id"]
    phone, text = stranger("whatsapp"), f"oi, sou eu {uuid4().hex[:6]}"
    points = [{"channel": "whatsapp", "address": phone}]
    made = sofia.post("/debtors", client_id=str(uuid4()), portfolio=book, name="José Conceição", kind="person",
                      language="pt-BR", jurisdiction="BR-SP", contact_points=points)  # fmt: skip
    assert made.status_code == 201, made.text
    charges = [{"number": "F-77", "due": "2026-10-10", "amount": {"amount": amount, "currency": "BRL"}}]
    assert sofia.post("/debts", client_id=str(uuid4()), debtor=made.json()["id"], product="Crediário",
                      charges=charges, terms={"fine_bp": 0, "interest_bp_30d": 0}).status_code == 201  # fmt: skip
    server.writes(server.inbox("whatsapp", "meta"), phone, text)
    case = ana.assigned(text)
    assert case["debtor"]["id"] == made.json()["id"]
    return case | {"phone": phone}


def known(ana: Desk, case: dict[str, Any]) -> None:
    checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
    assert ana.post(f"/cases/{case['id']}/identity", checks=checks).status_code == 200


def document(desk: Desk, case: dict[str, Any], **more: Any) -> Any:
    return desk.post(f"/cases/{case['id']}/documents", **{"client_id": str(uuid4()), **more})


def words(desk: Desk, made: dict[str, Any]) -> str:
    """What the pages say."""
    content = desk.http.get(f"/api/v1/attachments/{made['id']}").content
    assert content.startswith(b"%PDF-")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_a_statement_leaves_and_an_old_one_is_refused(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        wish = {"client_id": str(uuid4())}
        first, again = document(ana, case, **wish), document(ana, case, **wish)
        assert (first.status_code, again.status_code) == (201, 200), first.text
        made = first.json()
        assert made["id"] == again.json()["id"] and made["name"].startswith("extrato-") and made["size"] > 500
        said = words(ana, made)
        assert "Extrato da dívida" in said and "José Conceição" in said and "F-77" in said
        early = ana.reply(ana.case(case["id"]), "Segue.", "whatsapp", attachments=[made["id"]])
        assert (early.status_code, early.json()["reason"]) == (422, "DISCLOSURE_TOO_HIGH"), early.text
        known(ana, case)
        sent = ana.reply(ana.case(case["id"]), "Segue o extrato.", "whatsapp", attachments=[made["id"]])
        assert sent.status_code == 201, sent.text
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        assert any(made["name"] in str(each) for each in demo_server.outbox(case["phone"]))

        old = document(ana, case, kind="statement").json()
        part = {"client_id": str(uuid4()), "debtor": case["debtor"]["id"], "method": "pix",
                "portfolio": case["portfolio"]["id"], "amount": {"amount": 10_000, "currency": "BRL"},
                "paid_at": "2026-11-02T12:00:00.000Z"}  # fmt: skip
        paid = sofia.post("/payments", **part)
        assert paid.status_code == 201, paid.text
        refused = ana.reply(ana.case(case["id"]), "Segue.", "whatsapp", attachments=[old["id"]])
        assert (refused.status_code, refused.json()["field"]) == (409, "attachments"), refused.text
        assert document(ana, case, kind="clearance").status_code == 409


def test_a_clearance_letter_is_given_when_all_is_paid(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        known(ana, case)
        total = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["total"]
        paid = sofia.post("/payments", client_id=str(uuid4()), debtor=case["debtor"]["id"], method="pix", amount=total,
                          portfolio=case["portfolio"]["id"], paid_at="2026-11-28T12:00:00.000Z")  # fmt: skip
        assert paid.status_code == 201, paid.text
        made = document(ana, case)
        assert made.status_code == 201 and made.json()["name"].startswith("quitacao-"), made.text
        assert "Carta de quitação" in words(ana, made.json())
        assert document(ana, case, kind="statement").status_code == 409


def test_an_agreement_is_given_as_it_was_accepted(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia, amount=300_000)
        known(ana, case)
        assert document(ana, case, kind="agreement").status_code == 409
        today = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["as_of"]
        first = (date.fromisoformat(today) + timedelta(days=10)).isoformat()
        plan = ana.post(f"/cases/{case['id']}/plans", client_id=str(uuid4()), instalments=3, first_due=first,
                        down_payment={"amount": 50_000, "currency": "BRL"})  # fmt: skip
        assert plan.status_code == 201, plan.text
        offered = ana.post(f"/plans/{plan.json()['id']}/offer", channel="whatsapp")
        assert offered.status_code == 200, offered.text
        said = {"text": "aceitou por telefone"}
        accepted = ana.post(f"/plans/{plan.json()['id']}/accept", evidence=said)
        assert accepted.status_code == 200, accepted.text
        made = document(ana, case)
        assert made.status_code == 201 and made.json()["name"].startswith("acordo-"), made.text
        assert "Acordo de pagamento" in words(ana, made.json())
        assert ana.post(f"/plans/{plan.json()['id']}/cancel", reason="desistiu").status_code == 200
        refused = ana.reply(ana.case(case["id"]), "Segue.", "whatsapp", attachments=[made.json()["id"]])
        assert refused.status_code == 409, refused.text


def test_a_document_of_no_kind_and_another_team_s_case_are_refused(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia, demo_server.desk("clara") as clara:
        case = owing(demo_server, ana, sofia)
        wrong = document(ana, case, kind="carnet")
        assert (wrong.status_code, wrong.json()["field"]) == (422, "kind")
        assert document(clara, case).status_code == 404


def paid_by_pix(server: DemoServer, desk: Desk, case: dict[str, Any]) -> None:
    """The whole debt, from a phone of the demo: the bank tells of it at the webhook, and the code says whose it is."""
    code = desk.http.get(f"/api/v1/debtors/{case['debtor']['id']}/pix").json()
    paid = server.sandbox("POST", "/pay", {"person": "maria", "code": code["br_code"]})
    assert paid["txid"] == code["reference"]
    desk.until(lambda frame: frame.get("name") == "payment.recorded" and frame["case"] == case["id"])


def test_the_clearance_letter_follows_the_last_payment_by_itself(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        known(ana, case)
        paid_by_pix(demo_server, ana, case)
        told = ana.until(
            lambda frame: frame.get("name") == "message.created" and "carta de quitação" in frame["data"]["text"]
        )
        assert told["case"] == case["id"]
        (letter,) = told["data"]["attachments"]
        assert letter["name"].startswith("quitacao-")
        said = words(ana, letter)
        assert "Carta de quitação" in said and "José Conceição" in said and "F-77" in said
        items = [each for each in ana.items(case["id"]) if each["kind"] == "message" and each["direction"] == "out"]
        receipt, sent = (each for each in items if each["purpose"] == "payment_confirmation")
        assert "Recebemos seu pagamento" in receipt["text"] and sent["id"] == told["data"]["id"]
        assert sent["due_at"] == receipt["due_at"]  # it waits where the receipt waits: a Sunday, the night
        if sent["due_at"] is None:
            ana.status_of(case["id"], sent["id"], "delivered", "read")
            assert len([each for each in demo_server.outbox(case["phone"]) if "quitacao-" in str(each)]) == 1


def test_a_letter_that_may_not_leave_is_told_to_the_owner(demo_server: DemoServer) -> None:
    """Nobody knows yet that it is the debtor who writes: the letter waits for them to be asked."""
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        paid_by_pix(demo_server, ana, case)
        line = ana.until(
            lambda frame: frame.get("name") == "event.created" and frame["data"]["name"] == "clearance.ready"
        )
        assert (line["case"], line["data"]["data"]["code"]) == (case["id"], "DISCLOSURE_TOO_HIGH")
        ana.until(
            lambda frame: (
                frame.get("name") == "notice.created" and frame["data"] == {"kind": "clearance_ready", "id": case["id"]}
            )
        )
        assert not [each for each in demo_server.outbox(case["phone"]) if "quitacao-" in str(each)]
        said = [
            each["text"] for each in ana.items(case["id"]) if each["kind"] == "message" and each["direction"] == "out"
        ]
        assert "Para recebê-lo, responda por aqui e confirme que é você." in said[-1]
        known(ana, case)
        made = document(ana, case)
        assert made.status_code == 201 and made.json()["name"].startswith("quitacao-"), made.text
