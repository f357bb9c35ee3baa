"""Contacts made elsewhere, over HTTP: by a token, once, and never for somebody else's debtor."""

from __future__ import annotations

from console.wire.ids import new_id
from console.wire.moment import rfc3339
from tests.debtors.conftest import Office


def test_a_dialer_tells_of_its_calls_by_token(office: Office) -> None:
    known = office.debtor()["id"]
    at = rfc3339(office.server.services.clock.now())
    body = {"client_id": new_id(), "debtor": known, "channel": "call", "at": at, "by": "URA 7", "outcome": "no_answer"}
    made = office.erp.post("/api/v1/contacts", json=body)
    assert (made.status_code, made.json()["counts"], made.json()["portfolio"]) == (201, True, office.book.id)
    again = office.erp.post("/api/v1/contacts", json=body)
    assert (again.status_code, again.json()) == (200, made.json())
    assert office.erp.post("/api/v1/contacts", json=body | {"by": "URA 8"}).status_code == 409
    slot = {"client_id": new_id(), "debtor": known, "channel": "call"}
    refused = office.erp.post("/api/v1/gate/reserve", json=slot)
    assert refused.status_code == 422 and refused.json()["code"] in ("gate_deferred", "gate_blocked")
    foreign = office.erp.post(
        "/api/v1/debtors", json=office.body("Fulano", portfolio=office.foreign, external_id="F-1")
    ).json()["id"]
    for path, asked in (("contacts", body), ("gate/reserve", slot)):
        there = office.bound.post(f"/api/v1/{path}", json=asked | {"client_id": new_id(), "debtor": foreign})
        assert there.status_code == 404
        assert office.server.sign_in("admin").post(f"/api/v1/{path}", json=asked).status_code == 404
