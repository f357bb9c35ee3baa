"""The items of a sum on a running demo (Brazil): a text without them is refused and mended; our own texts have them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.demo_server import DemoServer, Desk
from tests.flows.test_documents import document, known, owing, words


def late(server: DemoServer, ana: Desk, sofia: Desk) -> dict[str, Any]:
    """Somebody of this test alone who owes an invoice with fine, interest and fees, and is known."""
    case = owing(server, ana, sofia)
    more = {"client_id": str(uuid4()), "debtor": case["debtor"]["id"], "product": "Cartão",
            "terms": {"fine_bp": 200, "interest_bp_30d": 100},
            "charges": [{"number": "F-88", "due": "2026-09-10", "amount": {"amount": 100_000, "currency": "BRL"},
                         "fees": {"amount": 1_500, "currency": "BRL"}}]}  # fmt: skip
    assert sofia.post("/debts", **more).status_code == 201
    known(ana, case)
    return case


def asked(ana: Desk, case: dict[str, Any], text: str) -> dict[str, Any]:
    answer = ana.post(f"/cases/{case['id']}/gate", channel="whatsapp", text=text)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def balance(ana: Desk, case: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()
    return found


def brl(minor: int) -> str:
    return f"R$ {minor // 100:,}".replace(",", ".") + f",{minor % 100:02}"


def test_a_sum_is_refused_until_what_it_is_made_of_is_beside_it(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = late(demo_server, ana, sofia)
        owed = balance(ana, case)
        text = f"José, hoje o total é {brl(owed['total']['amount'])}."
        shown = asked(ana, case, text)
        assert (shown["outcome"], shown["code"]) == ("block", "MISSING_ELEMENT:itemisation"), shown
        assert "14.953/2013" in shown["source"] and shown["spans"]
        mend = shown["mend"]["text"]
        assert mend == owed["breakdown"]
        for name in ("valor original R$ 1.300,00", "multa R$ 20,00", "juros R$", "encargos R$ 15,00"):
            assert name in mend, mend
        refused = ana.reply(ana.case(case["id"]), text, "whatsapp")
        problem = refused.json()
        assert (refused.status_code, problem["reason"], problem["mend"]) == (422, shown["code"], shown["mend"])
        assert "mend.text" in problem["detail"]
        half = asked(ana, case, f"{text}\n{mend.replace('multa', 'taxa')}")
        assert half["code"] == "MISSING_ELEMENT:itemisation"
        assert asked(ana, case, f"{text}\n{mend}")["outcome"] == "allow"
        sent = ana.reply(ana.case(case["id"]), f"{text}\n{mend}", "whatsapp")
        assert sent.status_code == 201, sent.text
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")


def test_one_invoice_is_itemised_by_its_own(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = late(demo_server, ana, sofia)
        charges = {each["number"]: each for each in balance(ana, case)["charges"]}
        plain, grown = charges["F-77"]["total"]["amount"], charges["F-88"]["total"]["amount"]
        assert asked(ana, case, f"A fatura F-77 é de {brl(plain)}.")["outcome"] == "allow"  # nothing was added
        shown = asked(ana, case, f"A fatura F-88 é de {brl(grown)}.")
        assert shown["code"] == "MISSING_ELEMENT:itemisation" and "(fatura F-88)" in shown["mend"]["text"]


def test_offers_confirmations_codes_and_papers_carry_the_items_by_themselves(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = late(demo_server, ana, sofia)
        owed = balance(ana, case)
        code = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/pix").json()
        assert code["items"] == owed["breakdown"]
        told = asked(ana, case, f"{code['items']}\n\n{code['br_code']}")
        assert told["outcome"] == "allow", told
        paper = words(ana, document(ana, case, kind="statement").json())
        for name in ("Valor original", "Multa", "Juros", "Encargos", "R$ 15,00", "R$ 20,00"):
            assert name in paper, paper

        wish = {"down_payment": {"amount": 20_000, "currency": "BRL"}, "instalments": 3, "first_due": "2026-12-28"}
        plan = ana.post(f"/cases/{case['id']}/plans", client_id=str(uuid4()), **wish)
        offered = ana.post(f"/plans/{plan.json()['id']}/offer", channel="whatsapp")
        assert offered.status_code == 200, offered.text
        accepted = ana.post(f"/plans/{plan.json()['id']}/accept", evidence={"text": "aceitou por telefone"})
        assert accepted.status_code == 200, accepted.text
        ours = [each["text"] for each in ana.items(case["id"]) if each.get("direction") == "out"]
        for begins in ("José, esta é a proposta", "Acordo confirmado"):
            (text,) = [each for each in ours if each.startswith(begins)]
            assert "valor original R$ 1.300,00; multa R$ 20,00" in text and "encargos R$ 15,00" in text, text
        agreement = words(ana, document(ana, case).json())
        assert "Acordo de pagamento" in agreement and "valor original R$ 1.300,00" in agreement
        rest = balance(ana, case)["total"]["amount"]
        assert asked(ana, case, f"O acordo soma {brl(rest)}.")["outcome"] == "allow"  # its items were told
