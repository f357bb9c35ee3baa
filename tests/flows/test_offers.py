"""Commercial offers where they need a consent of their own (Colombia), through the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest

from channels.types import Template
from console.admin.templates import store_templates
from console.clock import SystemClock
from console.gate.approve import approve
from console.wire.ids import new_id
from console.wire.moment import from_aware
from tests.debtors.conftest import Office, offices

OFFER = Template(
    name="condicion", language="es", category="marketing", state="approved", provider_id="7",
    body="Loja Ipê, NIT 11.222.333/0001-81: hay una condición especial para usted. Responda PARAR para no recibir más.",
)  # fmt: skip


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """On a Tuesday at ten in Bogotá that is no holiday."""
    clock = SystemClock()
    clock.offset_ms = from_aware(datetime(2027, 2, 2, 15, tzinfo=UTC)) - clock.now()
    with offices(clock=clock) as made:
        made.server.write(approve, made.book.id, "CO", "Counsel", "Opinion 2")
        made.server.write(store_templates, made.book.whatsapp, [OFFER])
        yield made


class Talk:
    """Ana's case with a debtor in Colombia who consented to be written to."""

    def __init__(self, office: Office, phone: str, **point: Any) -> None:
        yes = {"state": "granted", "source": "contract", "at": "2026-01-02T00:00:00Z"}
        self.office, self.address = office, {"channel": "whatsapp", "address": phone, "consent": yes}
        self.key = phone
        self.debtor = self.enrolled(**point)
        assert office.owes(self.debtor["id"]).status_code == 201
        self.ana = office.server.sign_in("ana")
        body = {"client_id": new_id(), "debtor": self.debtor["id"], "portfolio": office.book.id}
        self.case = self.ana.post("/api/v1/cases", json=body).json()
        self.point = self.case["contact_points"][0]["id"]

    def enrolled(self, **point: Any) -> dict[str, Any]:
        return self.office.debtor(
            "Marta Rincón", language="es", jurisdiction="CO", external_id=self.key,
            contact_points=[self.address | point],
        )  # fmt: skip

    def says(self, state: str, **more: Any) -> httpx2.Response:
        body = {"state": state, "source": "phone call", "text_version": "o1", **more}
        return self.ana.post(f"/api/v1/contact-points/{self.point}/consent", json=body)

    def answer(self) -> tuple[str, str]:
        """The gate's, for the offer."""
        ask = {"channel": "whatsapp", "template": {"name": "condicion", "language": "es"}}
        (found,) = self.ana.post(f"/api/v1/cases/{self.case['id']}/gate", json=ask).json()["items"]
        return found["outcome"], found["code"]

    def stands(self) -> list[tuple[str, list[str]]]:
        items = self.ana.get(f"/api/v1/debtors/{self.debtor['id']}/consents").json()["items"]
        return [(each["act"], each["stands"]) for each in items if each["stands"]]

    def ledger(self) -> list[tuple[str, str, str]]:
        items = self.ana.get(f"/api/v1/debtors/{self.debtor['id']}/consents").json()["items"]
        return [(each["act"], each["purpose"], each["source"]) for each in items]


def test_an_offer_waits_for_a_consent_of_its_own_and_ends_with_it(office: Office) -> None:
    talk = Talk(office, "+573001112233")
    assert talk.answer() == ("block", "NO_OFFER_CONSENT")
    told = talk.says("granted", purpose="offers")
    assert told.status_code == 200 and told.json()["contact_points"][0]["consent"] == "granted"
    assert talk.answer() == ("allow", "ALLOW")
    talk.says("revoked", purpose="offers")
    assert talk.answer() == ("block", "NO_OFFER_CONSENT")
    case = talk.ana.get(f"/api/v1/cases/{talk.case['id']}").json()
    assert case["contact_points"][0]["consent"] == "granted", "to be written to at all is another question"
    assert talk.ledger() == [
        ("granted", "collection", "contract"),
        ("offers_granted", "offers", "phone call"),
        ("offers_revoked", "offers", "phone call"),
    ]
    items = talk.ana.get(f"/api/v1/cases/{talk.case['id']}/timeline").json()["items"]
    events = [each["name"] for each in items if each["kind"] == "event"]
    assert events[-2:] == ["consent.offers_granted", "consent.offers_revoked"]
    audited = office.server.sign_in("caio").get("/api/v1/audit", params={"action": "consent."}).json()["items"]
    assert [each["action"] for each in audited[:2]] == ["consent.offers_revoked", "consent.offers_granted"]


def test_it_stands_in_the_evidence(office: Office) -> None:
    talk = Talk(office, "+573001112234")
    talk.says("granted", purpose="offers")
    pack = office.server.sign_in("caio").get(f"/api/v1/cases/{talk.case['id']}/evidence").content
    lines = [json.loads(each) for each in ZipFile(BytesIO(pack)).read("records.jsonl").splitlines()]
    acts = {str(each) for each in lines}
    assert any("offers_granted" in each and "phone call" in each for each in acts)


def test_who_takes_every_consent_back_wants_no_offers_either(office: Office) -> None:
    talk = Talk(office, "+573001112235")
    talk.says("granted", purpose="offers")
    talk.says("revoked")
    talk.says("granted")
    assert talk.answer() == ("block", "NO_OFFER_CONSENT")
    talk.says("granted", purpose="offers")
    assert talk.answer() == ("allow", "ALLOW")
    assert talk.says("granted", purpose="everything").status_code == 422


def test_the_ledger_says_which_word_counts_and_for_what(office: Office) -> None:
    talk = Talk(office, "+573001112237")
    talk.says("granted", purpose="offers")
    assert talk.stands() == [("granted", ["collection"]), ("offers_granted", ["offers"])]
    talk.says("revoked")
    assert talk.stands() == [("revoked", ["collection", "offers"])], "who takes it all back wants no offers either"
    talk.says("granted")
    assert talk.stands() == [("revoked", ["offers"]), ("granted", ["collection"])]


def test_the_creditor_tells_of_it_and_its_nightly_copy_overrides_no_refusal(office: Office) -> None:
    yes = {"state": "granted", "source": "web form", "at": "2026-05-01T00:00:00Z", "text_version": "o1"}
    talk = Talk(office, "+573001112236", offers_consent=yes)
    assert talk.answer() == ("allow", "ALLOW")
    talk.says("revoked", purpose="offers", at="2026-06-01T00:00:00Z")
    for copy in (yes, yes | {"at": None}):
        talk.enrolled(offers_consent=copy)
        assert talk.answer() == ("block", "NO_OFFER_CONSENT")
    assert len(talk.ledger()) == 3, "the same once more says nothing new"
    talk.enrolled(offers_consent=yes | {"at": "2026-07-01T00:00:00Z"})
    assert talk.answer() == ("allow", "ALLOW")
    wrong = talk.address | {"offers_consent": yes | {"at": "yesterday"}}
    answer = office.erp.post("/api/v1/debtors", json=office.body("Marta", contact_points=[wrong]))
    assert answer.json()["field"] == "contact_points[0].offers_consent.at"
