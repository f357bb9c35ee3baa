"""A creditor's boleto line, Pix code and link leave with one key as text; what is no longer true is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from console.ledger.pix import Payee, build
from tests.demo_server import DemoServer, Desk
from tests.flows.test_charge_files import charge_of, given, pdf, reply
from tests.flows.test_documents import document, known, owing
from tests.ledger.boletos import bank_line, written

PAYEE = Payee("fin@loja.example", "LOJA IPE", "SAO PAULO")
SOON = date.today() + timedelta(days=20)


def tell(sofia: Desk, case: dict[str, Any], **codes: str) -> None:
    """The charge of F-77 again, under a key of its own, with these; the creditor's first is left out."""
    charge = {"number": "F-78", "external_id": f"F-78-{case['id']}", "due": SOON.isoformat(),
              "amount": {"amount": 30_000, "currency": "BRL"}, **codes}  # fmt: skip
    told = sofia.post("/debts", client_id=str(uuid4()), debtor=case["debtor"]["id"], product="Crediário",
                      portfolio=case["portfolio"]["id"], charges=[charge],
                      terms={"fine_bp": 0, "interest_bp_30d": 0})  # fmt: skip
    assert told.status_code == 201, told.text


def whys(desk: Desk, case: dict[str, Any]) -> dict[str, str]:
    found = desk.http.get(f"/api/v1/cases/{case['id']}/ledger").json()["codes"]
    return {each["kind"]: each["why"] for each in found}


def test_a_further_charge_is_told_to_who_reads_the_case(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        tell(sofia, case)
        told = ana.until(lambda frame: frame.get("name") == "debt.updated" and frame["case"] == case["id"])["data"]
        assert (told["debtor"], told["portfolio"]) == (case["debtor"]["id"], case["portfolio"]["id"])
        owed = ana.http.get(f"/api/v1/debtors/{told['debtor']}/balance").json()
        assert told["balance"] == owed["total"] and "F-78" in [each["number"] for each in owed["charges"]]


def test_one_key_gives_all_of_a_charge_and_they_leave(demo_server: DemoServer) -> None:
    line, pix = bank_line(30_000, SOON), build(PAYEE, amount=30_000, txid="F78")
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        tell(sofia, case, boleto=written(line), pix=pix, document_url="https://pay.example/b/78.pdf")
        ana.until(lambda frame: frame.get("name") == "charge_code.added" and frame["case"] == case["id"])
        known(ana, case)
        wish = {"client_id": str(uuid4())}
        made, again = document(ana, case, **wish), document(ana, case, **wish)
        assert (made.status_code, again.status_code) == (201, 200), made.text
        assert made.json() == again.json()
        text = made.json()["text"]
        assert [each in text for each in (line, pix, "https://pay.example/b/78.pdf", "R$ 300,00", "F-78")] == [True] * 5
        assert made.json()["type"] == "image/png" and made.json()["name"] == "pix-F-78.png"
        picture = ana.http.get(f"/api/v1/attachments/{made.json()['id']}").content
        assert picture.startswith(b"\x89PNG")
        sent = ana.reply(ana.case(case["id"]), text, "whatsapp", attachments=[made.json()["id"]])
        assert sent.status_code == 201, sent.text
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        assert any(line in str(each) for each in demo_server.outbox(case["phone"]))

        by_sms = document(ana, case, channel="sms").json()
        assert by_sms["id"] is None and by_sms["text"] == text, "a text message takes no picture"
        alone = document(ana, case, kind="boleto").json()
        assert alone["id"] is None and line in alone["text"] and pix not in alone["text"]
        assert document(ana, case, channel="fax").json()["field"] == "channel"
        both = given(sofia, next(each["charge"] for each in ledger_codes(ana, case)), pdf("boleto"), name="b.pdf")
        assert both.status_code == 201, both.text
        with_file = document(ana, case, kind="boleto").json()
        assert with_file["name"] == "b.pdf" and line in with_file["text"]
        ways = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/payment-means").json()["items"]
        assert ("boleto", "Boleto F-78", line) in [(each["kind"], each["title"], each["text"]) for each in ways]


def ledger_codes(desk: Desk, case: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.http.get(f"/api/v1/cases/{case['id']}/ledger").json()["codes"]
    return found


def test_what_was_replaced_or_paid_or_is_over_does_not_leave(demo_server: DemoServer) -> None:
    first, second = bank_line(30_000, SOON), bank_line(30_000, SOON, free="1790001043510049102015001")
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        known(ana, case)
        tell(sofia, case, boleto=first)
        old = document(ana, case, kind="boleto").json()["text"]
        tell(sofia, case, boleto=second, pix=build(PAYEE, amount=30_000))
        assert whys(ana, case) == {"boleto": "", "pix": ""}
        for words in (old, f"pague {written(first)} hoje"):
            refused = ana.reply(ana.case(case["id"]), words, "whatsapp")
            assert (refused.status_code, refused.json()["field"], refused.json()["reason"]) == (409, "text", "replaced")
        charge = ledger_codes(ana, case)[0]["charge"]
        part = {"debtor": case["debtor"]["id"], "method": "pix", "portfolio": case["portfolio"]["id"]}
        total = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()
        older = sum(each["total"]["amount"] for each in total["charges"] if each["id"] != charge)
        some = {"amount": older + 1_000, "currency": "BRL"}
        assert sofia.post("/payments", client_id=str(uuid4()), amount=some, paid_at="2026-11-02T12:00:00.000Z",
                          **part).status_code == 201  # fmt: skip
        assert whys(ana, case) == {"boleto": "superseded", "pix": "superseded"}
        gone = document(ana, case, kind="pix")
        assert (gone.status_code, gone.json()["reason"]) == (409, "superseded"), gone.text
        assert document(ana, case).json()["name"].startswith("extrato-")


@pytest.mark.parametrize(("line", "why"), [(bank_line(30_000, date.today() - timedelta(days=9)), "expired")])
def test_a_day_that_is_over_is_named(demo_server: DemoServer, line: str, why: str) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        known(ana, case)
        tell(sofia, case, boleto=line)
        assert whys(ana, case) == {"boleto": why}
        refused = document(ana, case, kind="boleto")
        assert (refused.status_code, refused.json()["reason"]) == (409, why)
        typed = ana.reply(ana.case(case["id"]), line, "whatsapp")
        assert (typed.status_code, typed.json()["reason"]) == (409, why)


def test_a_link_leaves_to_a_declared_domain_alone_and_anothers_code_not_at_all(demo_server: DemoServer) -> None:
    line = bank_line(30_000, SOON, free="1790001043510049102015077")
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case, other = owing(demo_server, ana, sofia), owing(demo_server, ana, sofia)
        known(ana, case)
        known(ana, other)
        tell(sofia, case, document_url="https://elsewhere.example/b.pdf", boleto=line)
        text = document(ana, case, kind="link").json()["text"]
        refused = ana.reply(ana.case(case["id"]), text, "whatsapp")
        assert (refused.status_code, refused.json()["reason"]) == (422, "LINK_POLICY"), refused.text
        strange = ana.reply(ana.case(other["id"]), f"Boleto: {line}", "whatsapp")
        assert (strange.status_code, strange.json()["reason"]) == (409, "other"), strange.text
        assert reply(ana, other, {"id": document(ana, other).json()["id"]}).status_code == 201
        assert charge_of(ana, other)
