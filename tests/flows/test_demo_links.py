"""A payment link on a running demo, from the desk to the books: sent, opened, paid, told, and booked once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.demo_server import DemoServer, Desk, start
from tests.flows.test_without_whatsapp import owing, said

WAYS = {"whatsapp": "pix", "sms": "card"}


@pytest.fixture(scope="module")
def at_noon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A demo of its own, since its clock goes forward and never comes back."""
    with start(tmp_path_factory.mktemp("links") / "demo") as server:
        server.to_a_working_noon()
        yield server


def test_an_instalment_by_whatsapp_is_paid_once_and_returned(at_noon: DemoServer) -> None:
    with at_noon.desk("ana") as ana, at_noon.desk("sofia") as sofia:
        case, where, _phone = owing(at_noon, ana, sofia, "whatsapp")
        wish = {"down_payment": brl(60_000), "instalments": 3, "first_due": _day(ana, case, 10)}
        plan = ana.post(f"/cases/{case['id']}/plans", client_id=str(uuid4()), **wish).json()
        if plan["state"] == "needs_approval":
            assert sofia.post(f"/plans/{plan['id']}/approve").status_code == 200
        offered = ana.post(f"/plans/{plan['id']}/offer", channel="whatsapp")
        assert offered.status_code == 200, offered.text
        ana.status_of(case["id"], offered.json()["offer"], "sent", "delivered", "read")
        said(at_noon, "whatsapp", where, "ACEITO")
        ana.until(lambda frame: frame.get("name") == "plan.accepted" and frame["case"] == case["id"])
        later = ana.reply(ana.case(case["id"]), "Lembre da entrada.", "whatsapp", send_at=_later(at_noon))
        assert later.status_code == 201 and later.json()["status"] == "scheduled", later.text

        link = linked(ana, case)
        assert (link["target"], link["target_id"], link["n"]) == ("instalment", plan["id"], 0)
        assert link["amount"] == brl(60_000) and link["why"] == ""
        checkout = sent_and_opened(at_noon, ana, case, link, "whatsapp", where)
        forged_notices_are_refused(at_noon, case, ana)
        press(checkout, "reject")
        press(checkout, WAYS["whatsapp"])
        ana.until(lambda frame: frame.get("name") == "payment.recorded" and frame["case"] == case["id"])
        ana.until(lambda frame: frame.get("name") == "plan.active" and frame["case"] == case["id"])
        ledger = books(ana, case)
        (paid,) = ledger["payments"]
        assert (paid["amount"], paid["method"], paid["state"]) == (brl(60_000), "pix", "confirmed")
        assert ledger["plans"][0]["state"] == "active"
        stopped = next(each for each in ana.items(case["id"]) if each["id"] == later.json()["id"])
        assert stopped["status"] == "cancelled", stopped
        shut(link, "já foi feito")

        for _ in range(2):
            press(checkout, "again")
        press(checkout, "part")  # behind the repetitions: when it is booked, they were carried out
        ana.until(lambda frame: frame.get("name") == "payment_link.updated" and frame["data"]["payment"] != paid["id"])
        told = {(each["amount"]["amount"], each["state"]) for each in books(ana, case)["payments"]}
        assert told == {(60_000, "reversed"), (30_000, "confirmed")}
        assert books(ana, case)["plans"][0]["schedule"][0]["paid"] == brl(30_000)
        press(checkout, "again")
        press(checkout, "refund")
        ana.until(lambda frame: frame.get("name") == "payment_link.updated" and frame["data"]["state"] == "refunded")
        ledger = books(ana, case)
        assert {each["state"] for each in ledger["payments"]} == {"reversed"} and len(ledger["payments"]) == 2
        assert ledger["plans"][0]["schedule"][0]["paid"] == brl(0)
        assert ana.http.get(f"/api/v1/cases/{case['id']}/payment-links").json()["items"][0]["why"] == "refunded"
        shut(link, "devolvido")


def test_a_promise_by_sms_is_kept_and_the_case_ends(at_noon: DemoServer) -> None:
    with at_noon.desk("ana") as ana, at_noon.desk("sofia") as sofia:
        case, where, _phone = owing(at_noon, ana, sofia, "sms")
        total = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["total"]
        made = ana.post(f"/cases/{case['id']}/promises", client_id=str(uuid4()), amount=total, due=_day(ana, case, 3))
        assert made.status_code == 201, made.text
        link = linked(ana, case, target="promise")
        assert (link["target_id"], link["amount"]) == (made.json()["id"], total)
        checkout = sent_and_opened(at_noon, ana, case, link, "sms", where)
        press(checkout, WAYS["sms"])
        ana.until(lambda frame: frame.get("name") == "payment.recorded" and frame["case"] == case["id"])
        ledger = books(ana, case)
        assert [(each["amount"], each["method"]) for each in ledger["payments"]] == [(total, "card")]
        assert ledger["promises"][0]["state"] == "kept"
        assert ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["total"]["amount"] == 0
        assert sofia.case(case["id"])["outcome"] == "paid"
        shut(link, "já foi feito")
        press(checkout, "chargeback")
        ana.until(lambda frame: frame.get("name") == "payment.reversed" and frame["case"] == case["id"])
        again = books(ana, case)
        assert (again["payments"][0]["state"], again["promises"][0]["state"]) == ("reversed", "open")
        assert ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["total"] == total
        assert sofia.case(case["id"])["status"] != "resolved"


def linked(ana: Desk, case: dict[str, Any], **wish: Any) -> dict[str, Any]:
    """A link; asked for twice with one client_id, it is the same."""
    wish = {"client_id": str(uuid4()), **wish}
    first, again = (ana.post(f"/cases/{case['id']}/payment-links", **wish) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.text + again.text
    assert first.json() == again.json()
    made: dict[str, Any] = first.json()
    return made


def sent_and_opened(
    server: DemoServer, ana: Desk, case: dict[str, Any], link: dict[str, Any], channel: str, where: str
) -> str:
    """Where the link leads once it stands on the debtor's phone."""
    told = ana.reply(ana.case(case["id"]), link["text"], channel)
    assert told.status_code == 201, told.text
    ana.status_of(case["id"], told.json()["id"], "sent", "delivered", "read")
    assert any(link["url"] in each["text"] for each in server.outbox(where) if each["channel"] == channel)
    for _ in range(2):  # whatever looks at messages opens links too
        opened = httpx2.get(link["url"])
        assert opened.status_code == 303, opened.text
    assert opened.headers["location"].startswith(f"{server.url}/sandbox/mercadopago/checkout/")
    page = httpx2.get(opened.headers["location"])
    assert page.status_code == 200 and 'value="pix"' in page.text
    return str(opened.headers["location"])


def press(checkout: str, act: str) -> None:
    assert httpx2.post(checkout, data={"act": act}).status_code == 303


def shut(link: dict[str, Any], reason: str) -> None:
    answer = httpx2.get(link["url"])
    assert answer.status_code == 410 and reason in answer.text, answer.text


def forged_notices_are_refused(server: DemoServer, case: dict[str, Any], ana: Desk) -> None:
    """Unsigned, signed by another, signed for another payment, or for another portfolio's door: 403, nothing booked."""
    secret = json.loads((server.folder / "demo.json").read_text())["seller"]["webhook_secret"]
    book = case["portfolio"]["id"]
    tries = [("", "77", "77", book), ("another secret of the hook", "77", "77", book), (secret, "78", "77", book),
             (secret, "77", "77", uuid4().hex)]  # fmt: skip
    for key, signed, told, where in tries:
        digest = hmac.new(key.encode(), f"id:{signed};request-id:r1;ts:1;".encode(), hashlib.sha256).hexdigest()
        headers = {"x-request-id": "r1", "x-signature": f"ts=1,v1={digest}"} if key else {}
        answer = httpx2.post(
            f"{server.url}/webhooks/payments/mercadopago", params={"book": where, "data.id": told, "type": "payment"},
            json={"type": "payment", "data": {"id": told}}, headers=headers,
        )  # fmt: skip
        assert answer.status_code == 403, (key, signed, answer.text)
    assert books(ana, case)["payments"] == []


def books(ana: Desk, case: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ana.http.get(f"/api/v1/cases/{case['id']}/ledger").json()
    return found


def brl(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "BRL"}


def _day(ana: Desk, case: dict[str, Any], days: int) -> str:
    """Days on, by the debtor's own calendar."""
    today = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["as_of"]
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()


def _later(server: DemoServer) -> str:
    """Two hours on, by the demo's clock."""
    now = datetime.fromisoformat(server.sandbox("GET", "/clock")["now"])
    return (now + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
