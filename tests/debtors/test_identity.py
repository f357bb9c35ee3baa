"""Checking who somebody is, and what they say of their addresses."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from console.debtors.models import contact_point
from console.log.models import event
from console.store.base import load
from console.store.statement import change, rows
from console.store.transaction import Reader
from console.wire.ids import new_id
from console.wire.moment import DAY
from tests.debtors.conftest import Office

PASSED = [{"kind": "document_digits", "passed": True}, {"kind": "birth_date", "passed": True}]


def failed(kind: str) -> dict[str, Any]:
    return {"kind": kind, "passed": False}


@pytest.fixture(scope="module")
def ana(office: Office) -> httpx2.Client:
    return office.server.sign_in("ana")


def opened(office: Office, client: httpx2.Client, name: str, **more: Any) -> dict[str, Any]:
    made = office.debtor(name, **more)
    body = {"client_id": new_id(), "debtor": made["id"], "portfolio": office.book.id}
    found: dict[str, Any] = client.post("/api/v1/cases", json=body).json()
    return found


def names(client: httpx2.Client, case: str) -> list[str]:
    items = client.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    return [each["name"] for each in items if each["kind"] == "event"]


def test_two_checks_passed_open_the_full_detail(office: Office, ana: httpx2.Client) -> None:
    case = opened(office, ana, "Sílvia Um")
    answer = ana.post(f"/api/v1/cases/{case['id']}/identity", json={"checks": PASSED})
    assert answer.status_code == 200 and answer.json()["disclosure"] == 2
    assert names(ana, case["id"])[-1] == "identity.verified"


def test_one_check_is_not_enough(office: Office, ana: httpx2.Client) -> None:
    case = opened(office, ana, "Sílvia Dois")
    answer = ana.post(f"/api/v1/cases/{case['id']}/identity", json={"checks": PASSED[:1]})
    assert answer.status_code == 200 and answer.json()["disclosure"] == 0


def test_three_failures_in_a_day_lock_it_and_what_was_open_is_shut(office: Office, ana: httpx2.Client) -> None:
    case = opened(office, ana, "Sílvia Três")
    path = f"/api/v1/cases/{case['id']}/identity"
    ana.post(path, json={"checks": PASSED})
    ana.post(path, json={"checks": [failed("last_payment"), failed("portal")]})
    locked = ana.post(path, json={"checks": [failed("last_payment"), *PASSED]})
    assert locked.status_code == 200 and locked.json()["disclosure"] == 0
    assert names(ana, case["id"])[-1] == "identity.locked"
    refused = ana.post(path, json={"checks": PASSED})
    assert refused.status_code == 409 and refused.json()["until"].endswith("Z")


def test_wrong_checks_are_refused(office: Office, ana: httpx2.Client) -> None:
    case = opened(office, ana, "Sílvia Quatro")
    path = f"/api/v1/cases/{case['id']}/identity"
    for checks in ([], [PASSED[0], PASSED[0]], [{"kind": "smile", "passed": True}]):
        assert ana.post(path, json={"checks": checks}).status_code == 422
    assert ana.post(path, json={"checks": PASSED, "epoch": case["epoch"] + 1}).json()["code"] == "stale_epoch"
    assert office.server.sign_in("bruno").post(path, json={"checks": PASSED}).json()["code"] == "not_owner"
    assert office.server.sign_in("admin").post(path, json={"checks": PASSED}).status_code == 404
    assert office.server.sign_in("caio").post(path, json={"checks": PASSED}).status_code == 403
    ana.post(f"/api/v1/cases/{case['id']}/resolve", json={"outcome": "paid"})
    assert ana.post(path, json={"checks": PASSED}).status_code == 409


def test_a_consent_is_given_and_taken_back_with_its_source(office: Office, ana: httpx2.Client) -> None:
    case = opened(office, ana, "Vera Um", contact_points=[{"channel": "sms", "address": "+5511944440001"}])
    point = case["contact_points"][0]["id"]
    given = {"state": "granted", "source": "phone call", "at": "2026-01-02T03:04:05Z", "text_version": "v3"}
    answer = ana.post(f"/api/v1/contact-points/{point}/consent", json=given)
    assert answer.status_code == 200 and answer.json()["contact_points"][0]["consent"] == "granted"
    ana.post(f"/api/v1/contact-points/{point}/consent", json={"state": "revoked", "source": "phone call"})
    case = ana.get(f"/api/v1/cases/{case['id']}").json()
    assert case["contact_points"][0]["consent"] == "revoked"
    assert names(ana, case["id"])[-2:] == ["consent.granted", "consent.revoked"]


def test_a_wrong_number_is_not_written_to_any_more(office: Office, ana: httpx2.Client) -> None:
    case = opened(office, ana, "Vera Dois", contact_points=[{"channel": "whatsapp", "address": "+5511944440002"}])
    point = case["contact_points"][0]["id"]
    assert ana.post(f"/api/v1/contact-points/{point}/wrong").json()["contact_points"][0]["state"] == "wrong_number"
    (decision,) = ana.post(f"/api/v1/cases/{case['id']}/gate", json={"channel": "whatsapp"}).json()["items"]
    assert (decision["outcome"], decision["code"]) == ("block", "WRONG_NUMBER")


def test_an_address_that_nobody_confirmed_for_180_days_hears_nothing_of_a_debt(
    office: Office, ana: httpx2.Client
) -> None:
    case = opened(office, ana, "Vera Quatro", contact_points=[{"channel": "whatsapp", "address": "+5511944440004"}])
    point = case["contact_points"][0]["id"]
    assert office.owes(case["debtor"]["id"]).status_code == 201

    def told(text: str) -> str:
        body = {"channel": "whatsapp", "text": text}
        (decision,) = ana.post(f"/api/v1/cases/{case['id']}/gate", json=body).json()["items"]
        return str(decision["code"])

    at = f"/api/v1/contact-points/{point}/consent"
    assert (
        ana.post(at, json={"state": "granted", "source": "contract", "at": "2020-01-02T00:00:00Z"}).status_code == 200
    )
    fresh = told("Sua fatura venceu.")
    long_ago = office.server.services.clock.now() - 181 * DAY
    office.server.write(lambda tx: change(tx, contact_point, {"id": point}, created_at=long_ago))
    assert (fresh, told("Sua fatura venceu.")) == ("WA_WINDOW_CLOSED", "POINT_REVERIFY")
    assert told("Olá, Vera.") == "WA_WINDOW_CLOSED", "a neutral word is a matter of the window alone"
    assert ana.post(at, json={"state": "granted", "source": "phone call"}).status_code == 200
    assert told("Sua fatura venceu.") == "WA_WINDOW_CLOSED"


def test_a_contact_point_is_spoken_of_by_whom_it_concerns(office: Office, ana: httpx2.Client) -> None:
    made = office.debtor("Vera Três", contact_points=[{"channel": "sms", "address": "+5511944440003"}])
    path = f"/api/v1/contact-points/{made['contact_points'][0]['id']}/consent"
    given = {"state": "granted", "source": "contract"}
    assert ana.post(path, json=given).status_code == 404
    assert office.server.sign_in("admin").post(path, json=given).status_code == 404
    assert office.server.sign_in("caio").post(path, json=given).status_code == 403
    assert ana.post("/api/v1/contact-points/nothing/wrong").status_code == 404
    for client in (office.server.sign_in("sofia"), office.erp):
        assert client.post(path, json=given).status_code == 200
    assert office.erp.post(path, json=given | {"source": " "}).json()["field"] == "source"
    assert office.erp.post(path, json=given | {"at": "2999-01-01T00:00:00Z"}).json()["field"] == "at"
    assert office.erp.post(path, json=given | {"state": "maybe"}).status_code == 422


def test_a_stranger_is_identified_over_http_and_stays_reachable(office: Office, ana: httpx2.Client) -> None:
    known = office.debtor("Bento Conhecido")
    office.book.writes("Oi", "5511933332222")
    (row,) = [each for each in ana.get("/api/v1/cases", params={"view": "queue"}).json()["items"]]
    ana.post(f"/api/v1/cases/{row['id']}/claim", json={})
    answer = ana.post(f"/api/v1/cases/{row['id']}/identify", json={"debtor": known["id"]})
    assert answer.status_code == 200 and answer.json()["debtor"]["name"] == "Bento Conhecido"
    assert answer.headers["Acordo-Cursor"]
    undone = ana.delete(f"/api/v1/cases/{row['id']}/identify")
    assert undone.status_code == 200 and undone.json()["debtor"]["provisional"]
    assert ana.delete(f"/api/v1/cases/{row['id']}/identify").status_code == 409
    assert ana.post(f"/api/v1/cases/{row['id']}/identify", json={"debtor": "nobody"}).json()["field"] == "debtor"


def test_two_debtors_are_merged_over_http_and_parted(office: Office) -> None:
    sofia = office.server.sign_in("sofia")
    one, two = office.debtor("Inês Um")["id"], office.debtor("Inês Dois")["id"]
    assert sofia.post(f"/api/v1/debtors/{two}/merge", json={"into": one}).json()["id"] == one
    assert sofia.get(f"/api/v1/debtors/{two}").status_code == 404
    assert sofia.delete(f"/api/v1/debtors/{two}/merge").json()["id"] == two
    assert sofia.delete(f"/api/v1/debtors/{two}/merge").status_code == 409
    assert office.server.sign_in("ana").post(f"/api/v1/debtors/{two}/merge", json={"into": one}).status_code == 403
    assert office.server.sign_in("admin").delete(f"/api/v1/debtors/{two}/merge").status_code == 404


def test_a_case_that_gave_way_names_the_one_that_goes_on_until_they_are_parted(office: Office) -> None:
    sofia = office.server.sign_in("sofia")
    older = opened(office, sofia, "Iara Um")
    younger = opened(office, sofia, "Iara Dois")
    assert sofia.get(f"/api/v1/cases/{younger['id']}").json()["merged_into"] is None
    merge = f"/api/v1/debtors/{younger['debtor']['id']}/merge"
    assert sofia.post(merge, json={"into": older["debtor"]["id"]}).status_code == 200
    gone = sofia.get(f"/api/v1/cases/{younger['id']}").json()
    assert (gone["status"], gone["outcome"], gone["merged_into"]) == ("resolved", "merged", older["id"])
    assert sofia.get(f"/api/v1/cases/{older['id']}").json()["merged_into"] is None
    items = sofia.get(f"/api/v1/cases/{younger['id']}/timeline").json()["items"]
    (line,) = [each for each in items if each["kind"] == "event" and each["name"] == "case.resolved"]
    assert line["data"] == {"outcome": "merged", "merged_into": older["id"]}
    assert older["id"] in office.server.read(_told, younger["id"]), "who only listens learns it too"
    assert sofia.delete(merge).status_code == 200
    back = sofia.get(f"/api/v1/cases/{younger['id']}").json()
    assert (back["status"] != "resolved", back["merged_into"]) == (True, None)
    sofia.post(f"/api/v1/cases/{younger['id']}/resolve", json={"outcome": "paid"})
    items = sofia.get(f"/api/v1/cases/{younger['id']}/timeline").json()["items"]
    last = [each for each in items if each["kind"] == "event" and each["name"] == "case.resolved"][-1]
    assert last["data"] == {"outcome": "paid"}


def _told(reader: Reader, case_id: str) -> list[str | None]:
    """Where the case went, by the events that said that it was resolved: to those who read it, and to its team."""
    clause = select(event.c.data).where(event.c.case_id == case_id, event.c.name == "case.resolved")
    return [load(data).get("merged_into") for data in rows(reader, clause, str)]


def test_a_wrong_number_stays_one_when_a_merge_is_undone(office: Office) -> None:
    """It was said of the address while the two were one, and it goes back with it."""
    sofia = office.server.sign_in("sofia")
    points = [{"channel": "whatsapp", "address": "+5511944440009"}]
    one, two = office.debtor("Lia Um")["id"], office.debtor("Lia Dois", contact_points=points)
    point = two["contact_points"][0]["id"]
    assert sofia.post(f"/api/v1/debtors/{two['id']}/merge", json={"into": one}).status_code == 200
    assert sofia.post(f"/api/v1/contact-points/{point}/wrong").status_code == 200
    assert sofia.delete(f"/api/v1/debtors/{two['id']}/merge").status_code == 200
    (back,) = sofia.get(f"/api/v1/debtors/{two['id']}").json()["contact_points"]
    assert (back["id"], back["state"]) == (point, "wrong_number")
