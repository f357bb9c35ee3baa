"""A debt collected for another in the United States, through the contract: the validation notice leaves, or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from console.gate.approve import approve
from console.wire.ids import new_id
from console.wire.moment import DAY, HOUR, rfc3339
from tests.days import TUESDAY, next_day
from tests.flows.carriers import Carriers, carried
from tests.flows.test_to_contact import owes

STOP = " Reply STOP to opt out."
COLLECTOR = {"name": "Pine Receivables LLC", "address": "PO Box 100, Austin TX", "contact": "1-800-555-0199"}


@pytest.fixture(scope="module")
def carriers() -> Iterator[Carriers]:
    with carried(clock=next_day(TUESDAY, 16)) as found:  # ten in the morning in Chicago in winter
        server = found.book.server
        server.write(approve, found.book.id, "US", "Counsel", "Opinion 2")
        conduct = {"billing": "third_party", "whatsapp_attestation": {"name": "Counsel", "document": "Opinion 3"},
                   "collector": COLLECTOR}  # fmt: skip
        put = server.sign_in("admin").put(f"/api/v1/portfolios/{found.book.id}/conduct", json=conduct)
        assert put.status_code == 200 and put.json()["collector"] == COLLECTOR, put.text
        pass_days(found, 0)
        yield found


class Talk:
    """Ana's case with a debtor in Texas who wrote and is known."""

    def __init__(self, carriers: Carriers, phone: str, **more: Any) -> None:
        self.carriers, self.phone = carriers, phone
        server = carriers.book.server
        self.sofia = server.sign_in("sofia")
        here = {"language": "en", "jurisdiction": "US-TX", "timezone": "America/Chicago", "name": "Mary Sample", **more}
        self.debtor = owes(self.sofia, carriers.book.id, phone, 90_000, "2026-09-10", **here)
        later = [{"number": "N-2", "due": "2026-10-10", "amount": {"amount": 10_000, "currency": "BRL"}}]
        debt = {"client_id": new_id(), "debtor": self.debtor, "product": "Card", "charges": later,
                "terms": {"fine_bp": 200, "interest_bp_30d": 300}}  # fmt: skip
        assert self.sofia.post("/api/v1/debts", json=debt).status_code == 201
        self.case = ""
        self.hears("hello, what is this about?")

    def hears(self, text: str) -> None:
        self.carriers.writes(text, sender=self.phone)
        self.ana = self.carriers.book.server.sign_in("ana")
        until = time.monotonic() + 20
        while not self.case and time.monotonic() < until:
            listed = self.carriers.book.server.sign_in("sofia").get("/api/v1/cases", params={"view": "all"}).json()
            self.case = next((each["id"] for each in listed["items"] if each["debtor"]["id"] == self.debtor), "")
        at = f"/api/v1/cases/{self.case}"
        if self.ana.get(at).json().get("owner") is None:
            assert self.ana.post(f"{at}/claim", json={}).status_code == 200
        checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
        assert self.ana.post(f"{at}/identity", json={"checks": checks}).status_code == 200

    def asks(self, text: str, **more: Any) -> dict[str, Any]:
        answer = self.ana.post(f"/api/v1/cases/{self.case}/gate", json={"channel": "whatsapp", "text": text, **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["items"][0]
        return found

    def says(self, text: str, **more: Any) -> httpx2.Response:
        epoch = self.ana.get(f"/api/v1/cases/{self.case}").json()["epoch"]
        body = {"client_id": new_id(), "epoch": epoch, "channel": "whatsapp", "text": text, **more}
        return self.ana.post(f"/api/v1/cases/{self.case}/messages", json=body)

    def left(self, answer: httpx2.Response) -> None:
        """The carrier has it."""
        assert answer.status_code == 201, answer.text
        until = time.monotonic() + 20
        while time.monotonic() < until:
            items = self.ana.get(f"/api/v1/cases/{self.case}/timeline").json()["items"]
            status = next(each["status"] for each in items if each["id"] == answer.json()["id"])
            if status in ("sent", "delivered", "read"):
                return
            assert status in ("queued", "sending"), items
        raise AssertionError(status)

    def document(self) -> httpx2.Response:
        body = {"client_id": new_id(), "kind": "validation_notice"}
        return self.ana.post(f"/api/v1/cases/{self.case}/documents", json=body)

    def pages(self, made: dict[str, Any]) -> str:
        content = self.ana.get(f"/api/v1/attachments/{made['id']}").content
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def pass_days(carriers: Carriers, days: int) -> None:
    clock = carriers.book.server.services.clock
    clock.offset_ms += days * DAY  # type: ignore[attr-defined]
    now = {"now": rfc3339(clock.now())}  # the carrier's window of 24 hours goes by its own
    carriers.http.put(f"{carriers.origin}/api/clock", json=now).raise_for_status()


def test_after_five_days_nothing_leaves_but_the_notice_and_then_everything_does(carriers: Carriers) -> None:
    talk = Talk(carriers, "+12145550101")
    first = talk.asks("Hello Mary, how can we help?" + STOP)
    assert first["outcome"] == "allow" and first["mend"] is None  # nothing was said yet
    talk.left(talk.says("Hello Mary, how can we help?" + STOP))
    due = talk.asks("One more thing." + STOP)
    assert (due["outcome"], due["warnings"], due["mend"]["document"]) == ("allow", ["NOTICE_DUE"], "validation_notice")
    pass_days(carriers, 6)
    talk.hears("are you there?")
    shown = talk.asks("Yes, Mary." + STOP)
    assert (shown["outcome"], shown["code"]) == ("block", "MISSING_ELEMENT:validation_notice"), shown
    assert shown["source"].startswith("12 CFR 1006.34(a)(1)") and shown["mend"]["document"] == "validation_notice"
    refused = talk.says("Yes, Mary." + STOP)
    assert refused.status_code == 422 and refused.json()["reason"] == shown["code"]
    assert refused.json()["mend"] == shown["mend"] and "/documents" in refused.json()["detail"]

    made = talk.document()
    assert made.status_code == 201 and made.json()["name"].startswith("validation-notice-"), made.text
    said = talk.pages(made.json())
    for words in ("Pine Receivables LLC is a debt collector", "PO Box 100, Austin TX", "Loja Ipê", "To: Mary Sample",
                  "As of October 10, 2026, you owed", "interest", "Total amount of the debt now", "R$ ",
                  "dispute all or part of it", "original creditor"):  # fmt: skip
        assert words in said, said
    cover = shown["mend"]["text"]
    assert "Pine Receivables LLC, a debt collector" in cover and cover.rsplit("until ", 1)[1].split(".")[0] in said
    assert talk.asks(cover)["code"] == "MISSING_ELEMENT:validation_notice"  # words alone are none
    assert talk.asks(cover, attachments=[made.json()["id"]])["outcome"] == "allow"
    talk.left(talk.says(cover, attachments=[made.json()["id"]]))
    after = talk.asks("Yes, Mary." + STOP)
    assert (after["outcome"], after["warnings"], after["mend"]) == ("allow", [], None)
    talk.left(talk.says("Yes, Mary." + STOP))


def test_a_letter_that_carried_it_is_told_and_counts(carriers: Carriers) -> None:
    talk = Talk(carriers, "+12145550102", name="Joe Sample", language="es")
    talk.left(talk.says("Hola, Joe." + STOP))
    pass_days(carriers, 6)
    talk.hears("¿hola?")
    assert talk.asks("Sí." + STOP)["code"] == "MISSING_ELEMENT:validation_notice"
    at = rfc3339(carriers.book.server.services.clock.now() - HOUR)
    letter = {"client_id": new_id(), "debtor": talk.debtor, "channel": "call", "at": at, "by": "mail room",
              "outcome": "delivered", "notice": "validation_notice"}  # fmt: skip
    talk.sofia = carriers.book.server.sign_in("sofia")
    refused = talk.sofia.post("/api/v1/contacts", json=letter)
    assert (refused.status_code, refused.json()["field"]) == (422, "notice")
    told = talk.sofia.post("/api/v1/contacts", json={**letter, "client_id": new_id(), "channel": "letter"})
    assert told.status_code == 201, told.text
    assert talk.asks("Sí." + STOP)["outcome"] == "allow"


def test_a_notice_is_made_only_where_one_is_owed_and_somebody_is_named(carriers: Carriers) -> None:
    talk = Talk(carriers, "+12145550103", name="Ann Sample")
    at = f"/api/v1/portfolios/{carriers.book.id}/conduct"
    admin = carriers.book.server.sign_in("admin")
    half = admin.put(at, json={"collector": {**COLLECTOR, "address": " "}})
    assert (half.status_code, half.json()["field"]) == (422, "collector")
    assert admin.put(at, json={"collector": None}).status_code == 200
    unnamed = talk.document()
    assert (unnamed.status_code, unnamed.json()["field"]) == (409, "collector"), unnamed.text
    assert admin.put(at, json={"collector": COLLECTOR, "billing": "first_party"}).status_code == 200
    own = talk.document()
    assert (own.status_code, own.json()["field"]) == (409, "kind")
    assert admin.put(at, json={"billing": "third_party"}).status_code == 200
    made = talk.document()
    assert made.status_code == 201
    part = {"client_id": new_id(), "debtor": talk.debtor, "portfolio": carriers.book.id, "method": "transfer",
            "amount": {"amount": 5_000, "currency": "BRL"}, "paid_at": "2026-11-02T12:00:00.000Z"}  # fmt: skip
    assert talk.sofia.post("/api/v1/payments", json=part).status_code == 201
    old = talk.says("The notice." + STOP, attachments=[made.json()["id"]])
    assert (old.status_code, old.json()["field"]) == (409, "attachments"), old.text
    assert "you paid or were credited" in talk.pages(talk.document().json())
