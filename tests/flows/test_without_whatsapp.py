"""WhatsApp is switched off in a second, and a negotiation completes all the same, by SMS and by e-mail alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.demo_server import DemoServer, Desk, start, stranger

SWITCH = "/api/v1/gate/stops/channel:whatsapp"
PROVIDERS = {"whatsapp": "meta", "sms": "twilio", "email": "smtp"}


@pytest.fixture(scope="module")
def without_whatsapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A demo of its own, since its clock goes forward to the noon of a working day and never comes back."""
    with start(tmp_path_factory.mktemp("without") / "demo") as server:
        server.to_a_working_noon()
        caio = server.sign_in("caio")
        assert caio.put(SWITCH, json={"reason": "conta suspensa pela Meta"}).status_code == 200
        caio.close()
        yield server


def owing(server: DemoServer, ana: Desk, sofia: Desk, channel: str) -> tuple[dict[str, Any], str, str]:
    """Somebody who owes, is reached on WhatsApp and on this channel, and wrote on it: the case and the addresses."""
    book = next(p for p in sofia.http.get("/api/v1/portfolios").json()["items"] if p["name"] == "Loja Ipê")["id"]
    where, phone, text = stranger(channel), stranger("whatsapp"), f"quero negociar {uuid4().hex[:6]}"
    points = [{"channel": channel, "address": where}]
    if channel != "whatsapp":
        points.append({"channel": "whatsapp", "address": phone})
    made = sofia.post("/debtors", client_id=str(uuid4()), portfolio=book, name="Lia Ramos", kind="person",
                      language="pt-BR", jurisdiction="BR-SP", contact_points=points)  # fmt: skip
    assert made.status_code == 201, made.text
    charges = [{"number": "F-9", "due": "2026-10-10", "amount": {"amount": 300_000, "currency": "BRL"}}]
    owed = {"client_id": str(uuid4()), "debtor": made.json()["id"], "product": "Crediário", "charges": charges,
            "terms": {"fine_bp": 0, "interest_bp_30d": 0}}  # fmt: skip
    assert sofia.post("/debts", **owed).status_code == 201
    said(server, channel, where, text)
    case = ana.assigned(text)
    assert case["debtor"]["id"] == made.json()["id"]
    ana.proves(case)
    return case, where, phone


def said(server: DemoServer, channel: str, where: str, text: str) -> None:
    server.writes(
        server.inbox(channel, PROVIDERS[channel]), where, text, **({"subject": "Acordo"} if channel == "email" else {})
    )


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_negotiated_approved_accepted_by_word_confirmed_and_paid(without_whatsapp: DemoServer, channel: str) -> None:
    server = without_whatsapp
    with server.desk("ana") as ana, server.desk("sofia") as sofia:
        case, where, _phone = owing(server, ana, sofia, channel)
        closed = ana.reply(ana.case(case["id"]), "Bom dia, Lia.", "whatsapp")
        assert (closed.status_code, closed.json()["reason"]) == (422, "KILL_SWITCH"), closed.text
        today = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["as_of"]
        wish = {"down_payment": {"amount": 5_000, "currency": "BRL"}, "instalments": 13,
                "first_due": (date.fromisoformat(today) + timedelta(days=10)).isoformat()}  # fmt: skip
        plan = ana.post(f"/cases/{case['id']}/plans", client_id=str(uuid4()), **wish).json()
        assert plan["state"] == "needs_approval"
        assert sofia.post(f"/plans/{plan['id']}/approve").status_code == 200
        offered = ana.post(f"/plans/{plan['id']}/offer", channel=channel)
        assert offered.status_code == 200, offered.text
        ana.status_of(case["id"], offered.json()["offer"], "sent", "delivered", "read")
        said(server, channel, where, "ACEITO")
        ana.until(lambda frame: frame.get("name") == "plan.accepted" and frame["case"] == case["id"])
        confirmed = _ours(ana, case, "Acordo confirmado")
        assert confirmed["channel"] == channel
        thanks = ana.reply(ana.case(case["id"]), "Obrigada, Lia!", channel)  # nobody waits for an answer any more
        assert thanks.status_code == 201, thanks.text
        total = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["total"]
        money = {"debtor": case["debtor"]["id"], "portfolio": case["portfolio"]["id"], "amount": total,
                 "method": "transfer", "paid_at": f"{today}T09:00:00.000Z"}  # fmt: skip
        paid = sofia.post("/payments", client_id=str(uuid4()), **money)
        assert paid.status_code == 201 and paid.json()["balance"]["amount"] == 0, paid.text
        assert paid.json()["stopped"]["plans"] == [plan["id"]]
        assert _ours(ana, case, "Recebemos seu pagamento")["channel"] == channel
        assert all(each["channel"] != "whatsapp" for each in server.outbox(where))
        assert sofia.case(case["id"])["outcome"] == "paid"


def _ours(ana: Desk, case: dict[str, Any], words: str) -> dict[str, Any]:
    """What we said with these words, once the carrier has it."""
    frame = ana.until(
        lambda frame: (
            frame.get("name") == "message.created"
            and frame["case"] == case["id"]
            and words in (frame["data"].get("text") or "")
        )
    )
    return ana.status_of(case["id"], frame["data"]["id"], "sent", "delivered", "read")


def test_a_receipt_goes_by_the_next_channel_when_the_debtors_own_is_off(demo_server: DemoServer) -> None:
    caio = demo_server.sign_in("caio")
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case, _where, phone = owing(demo_server, ana, sofia, "email")
        text = f"agora por aqui {uuid4().hex[:6]}"
        demo_server.writes(demo_server.inbox("whatsapp", "meta"), phone, text)
        ana.until(lambda frame: frame.get("name") == "message.created" and frame["data"].get("text") == text)
        assert ana.case(case["id"])["last_channel"] == "whatsapp"
        assert caio.put(SWITCH, json={"reason": "conta suspensa pela Meta"}).status_code == 200
        try:
            money = {"debtor": case["debtor"]["id"], "portfolio": case["portfolio"]["id"], "method": "transfer",
                     "amount": {"amount": 10_000, "currency": "BRL"},
                     "paid_at": "2026-11-02T12:00:00.000Z"}  # fmt: skip
            assert sofia.post("/payments", client_id=str(uuid4()), **money).status_code == 201
            told = ana.until(
                lambda frame: (
                    frame.get("name") == "message.created"
                    and frame["case"] == case["id"]
                    and "Recebemos seu pagamento" in (frame["data"].get("text") or "")
                )
            )
            assert told["data"]["channel"] == "email"
        finally:
            assert caio.delete(SWITCH).status_code == 200
            caio.close()
