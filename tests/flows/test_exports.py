"""The books as CSV: by the creditor's own keys, harmless in a spreadsheet, for those whose business they are."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from console.app import WORKERS
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.test_imports import brought
from tests.server import running


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={"jobs": WORKERS["jobs"]}) as server:
        made = Scene(server)
        head = "debtor_id;name;charge_id;number;product;due;amount"
        lines = [f"E{n};Pessoa {n};E{n}-1;{n};=cmd;2026-09-10;100,00" for n in range(1, 451)]
        assert brought(made, head, *lines)["created"] == 450
        paid = ("debtor_id,amount,paid_at,method,payment_id", "E1,100.00,2026-09-10,pix,P1", "?,1.00,2026-09-11,pix,P2")
        assert brought(made, *paid, kind="payments")["created"] == 1
        brought(made, "debtor_id", "E2", kind="recalls")
        call = ("debtor_id,contact_id,channel,at,by,outcome", "E3,L1,call,2026-10-20 14:00,URA,answered")
        assert brought(made, *call, kind="contacts")["created"] == 1
        yield made


def read(scene: Scene, kind: str, **more: str) -> list[dict[str, str]]:
    scene.server.services.limits.forget()
    params = {"portfolio": scene.book.id, **more}
    answer = scene.sofia.get(f"/api/v1/exports/{kind}", params=params)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"], answer.text
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


def test_debts_come_whole_with_what_is_owed_and_what_was_taken_back(scene: Scene) -> None:
    by_key = {each["charge_id"]: each for each in read(scene, "debts") if each["charge_id"]}
    assert len(by_key) == 450 and by_key["E9-1"]["debtor_id"] == "E9"
    assert by_key["E9-1"]["amount"] == "100.00" and float(by_key["E9-1"]["total"]) >= 100
    assert by_key["E1-1"]["paid"] == "100.00" and float(by_key["E1-1"]["total"]) == 0
    assert (by_key["E2-1"]["closed"], by_key["E2-1"]["total"]) == ("recalled", "")
    assert {each["product"] for each in by_key.values()} == {"'=cmd"}
    assert not any("Pessoa" in text for each in by_key.values() for text in each.values())


def test_payments_and_contacts_within_their_time(scene: Scene) -> None:
    found = {each["payment_id"]: each for each in read(scene, "payments")}
    assert (found["P1"]["debtor_id"], found["P1"]["state"]) == ("E1", "confirmed")
    assert (found["P2"]["debtor_id"], found["P2"]["state"], found["P2"]["reference"]) == ("", "suspense", "?")
    late = read(scene, "payments", since="2026-09-11T00:00:00Z", until="2026-09-12T00:00:00Z")
    assert [each["payment_id"] for each in late] == ["P2"]
    (call,) = [each for each in read(scene, "contacts") if each["contact_id"] == "L1"]
    assert (call["debtor_id"], call["channel"], call["outcome"], call["counts"]) == ("E3", "call", "answered", "yes")


def test_agreements_and_promises_are_told_by_instalment(scene: Scene) -> None:
    (who,) = scene.sofia.get("/api/v1/debtors?q=E5").json()["items"][:1]
    opened = {"client_id": new_id(), "debtor": who["id"], "portfolio": scene.book.id}
    case = scene.sofia.post("/api/v1/cases", json=opened).json()["id"]
    scene.sofia.post(f"/api/v1/cases/{case}/claim", json={})
    money = {"amount": 0, "currency": "BRL"}
    plan = {"client_id": new_id(), "down_payment": money, "instalments": 2, "first_due": "2027-01-11"}
    made = scene.sofia.post(f"/api/v1/cases/{case}/plans", json=plan)
    assert made.status_code == 201, made.text
    lines = read(scene, "agreements")
    assert [(each["agreement"], each["instalment"]) for each in lines] == [(made.json()["id"], n) for n in ("1", "2")]
    assert read(scene, "promises") == []


def test_who_may_take_them_and_what_is_written_down(scene: Scene) -> None:
    scene.server.services.limits.forget()
    url = f"/api/v1/exports/debts?portfolio={scene.book.id}"
    assert scene.ana.get(url).status_code == scene.admin.get(url).status_code == 403
    assert scene.caio.get(url).status_code == 200
    lines = scene.caio.get("/api/v1/audit?action=export.taken").json()["items"]
    assert lines[0]["object"] == f"portfolio:{scene.book.id}" and lines[0]["detail"]["kind"] == "debts"


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [("people?portfolio={0}", 422, "kind"), ("debts?portfolio=none", 404, None),
     ("debts?portfolio={0}&since=x", 422, "since"),
     ("debts?portfolio={0}&since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", 422, "until")],
)  # fmt: skip
def test_what_cannot_be_exported_is_named(scene: Scene, path: str, status: int, field: str | None) -> None:
    scene.server.services.limits.forget()
    answer = scene.caio.get("/api/v1/exports/" + path.format(scene.book.id))
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
