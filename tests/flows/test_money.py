"""Money through the public contract: once, seen only by whom it concerns, from offer to paid in full."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from console.app import WORKERS
from console.evidence.verify import verify
from console.people import accounts, teams
from console.routes import API
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.server import _hash, email, running

ONE = {"amount": 1, "currency": "BRL"}


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    kept = {name: WORKERS[name] for name in WORKERS if name in ("jobs", "relay")}
    with running(workers=kept, prepare=[_outsider]) as server:
        yield Scene(server)


def _outsider(tx: Tx) -> None:
    other = teams.add_team(tx, "Outra equipe")
    new = accounts.NewUser(email=email("elena"), name="Elena", role="supervisor", password_hash=_hash())
    accounts.join_team(tx, accounts.add_user(tx, new), other)


def brl(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "BRL"}


@pytest.fixture(scope="module")
def debtor(scene: Scene) -> str:
    """Maria, known by the books, owing one invoice, her identity confirmed."""
    case = scene.ana.get(f"/api/v1/cases/{scene.case}").json()
    new = {"client_id": new_id(), "portfolio": scene.book.id, "name": "Maria Souza", "language": "pt-BR",
           "jurisdiction": "BR-SP", "contact_points": []}  # fmt: skip
    made = scene.sofia.post("/api/v1/debtors", json=new).json()
    scene.ana.post(f"/api/v1/cases/{scene.case}/identify", json={"debtor": made["id"]})
    debt = {"client_id": new_id(), "debtor": made["id"], "product": "Crediário",
            "charges": [{"number": "1", "due": "2026-01-10", "amount": brl(100_000)}]}  # fmt: skip
    assert scene.sofia.post("/api/v1/debts", json=debt).status_code == 201
    checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
    assert scene.ana.post(f"/api/v1/cases/{scene.case}/identity", json={"checks": checks}).status_code == 200
    assert case["id"] == scene.case
    return str(made["id"])


def twice(client: httpx2.Client, url: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same command twice does one thing; with another body it conflicts."""
    body = {"client_id": new_id(), **body}
    first, second = client.post(url, json=body), client.post(url, json=body)
    assert (first.status_code, second.status_code) == (201, 200), first.text + second.text
    assert first.json()["id"] == second.json()["id"]
    name = next(name for name in ("amount", "reason", "instalments", "item") if name in body)
    other = {"amount": ONE, "reason": "other", "instalments": 2, "item": "x"}[name]
    assert client.post(url, json={**body, name: other}).status_code == 409
    made: dict[str, Any] = first.json()
    return made


def test_from_an_offer_to_paid_in_full(scene: Scene, debtor: str) -> None:
    case = f"/api/v1/cases/{scene.case}"
    wish = {"down_payment": brl(20_000), "instalments": 3, "first_due": _in(20)}
    shown = scene.ana.post("/api/v1/plans/preview", json={"case": scene.case, **wish})
    assert shown.status_code == 200 and sum(each["amount"]["amount"] for each in shown.json()["schedule"]) == (
        shown.json()["total"]["amount"])  # fmt: skip
    plan = twice(scene.ana, f"{case}/plans", wish)
    offered = scene.ana.post(f"/api/v1/plans/{plan['id']}/offer", json={"channel": "whatsapp"})
    assert offered.status_code == 200 and offered.json()["state"] == "offered", offered.text
    scene.book.writes(type="interactive", interactive={
        "type": "button_reply", "button_reply": {"id": f"plan:{plan['id']}:accept", "title": "Aceito"}})  # fmt: skip
    _until(lambda: _ledger(scene)["plans"][0]["state"] == "accepted")
    promise = scene.ana.post(f"{case}/promises", json={"client_id": new_id(), "amount": brl(20_000), "due": _in(1)})
    assert promise.status_code == 201, promise.text
    scene.reply(text="Obrigada, Maria!")
    paid = {"debtor": debtor, "amount": brl(20_000), "paid_at": "2026-01-20T12:00:00.000Z", "method": "pix"}
    assert twice(scene.sofia, "/api/v1/payments", paid)["stopped"] is not None
    ledger = _ledger(scene)
    assert ledger["plans"][0]["state"] == "active" and ledger["limits"]["instalments"] == 12
    rest = scene.ana.get(f"/api/v1/debtors/{debtor}/balance").json()["total"]["amount"]
    last = scene.sofia.post("/api/v1/payments", json={**paid, "client_id": new_id(), "amount": brl(rest)}).json()
    assert (last["balance"]["amount"], last["stopped"]["plans"]) == (0, [plan["id"]])
    assert last["stopped"]["case"] == scene.case
    assert scene.sofia.get(f"{case}").json()["outcome"] == "paid"


def test_the_evidence_of_a_case_holds_its_agreement_promise_and_payments(
    scene: Scene, debtor: str, tmp_path: Path
) -> None:
    answer = scene.caio.get(f"/api/v1/cases/{scene.case}/evidence")
    assert answer.status_code == 200, answer.text
    bundle = tmp_path / "evidence.zip"
    bundle.write_bytes(answer.content)
    assert verify(str(bundle))["case"] == scene.case
    with zipfile.ZipFile(bundle) as held:
        records = [json.loads(line) for line in held.read("records.jsonl").splitlines()]
    bodies = {each["key"].partition(":")[0]: each["body"] for each in records}
    assert {"plan", "promise", "payment", "instalment", "message"} <= set(bodies)
    (owed,) = scene.ana.get(f"/api/v1/debtors/{debtor}/balance").json()["charges"]
    assert bodies["plan"]["charges"] == [owed["id"]], "a list is a list"
    assert isinstance(bodies["plan"]["detail"], str), "a word is a word"


def test_another_team_s_money_does_not_exist(scene: Scene, debtor: str) -> None:
    elena = scene.server.sign_in("elena")
    ledger = _ledger(scene)
    known = {"payments": ledger["payments"][0]["id"], "plans": ledger["plans"][0]["id"],
             "promises": ledger["promises"][0]["id"]}  # fmt: skip
    bodies = {"reverse": {"reason": "x"}, "match": {"debtor": debtor}, "cancel": {"reason": "x"}, "approve": {},
              "refuse": {"reason": "x"}, "offer": {"channel": "whatsapp"}, "accept": {"evidence": {"text": "sim"}},
              "counter": {"client_id": new_id(), "down_payment": ONE, "instalments": 0}}  # fmt: skip
    tried = 0
    for each in API:
        kind, _, act = each.path.removeprefix("/api/v1/").partition("/{id}/")
        if kind in known and act in bodies:
            real = elena.post(each.path.replace("{id}", known[kind]), json=bodies[act])
            none = elena.post(each.path.replace("{id}", new_id()), json=bodies[act])
            assert real.status_code == none.status_code == 404 and real.content == none.content, each.path
            tried += 1
    assert tried >= 9
    body = {"client_id": new_id(), "debtor": debtor, "amount": ONE, "paid_at": "2026-01-20T12:00:00Z", "method": "pix"}
    stranger = elena.post("/api/v1/payments", json=body)
    assert stranger.status_code == 404
    assert elena.get("/api/v1/payments").json()["items"] == []
    assert len(scene.sofia.get("/api/v1/payments").json()["items"]) == 2


def test_roles_are_kept(scene: Scene, debtor: str) -> None:
    body = {"client_id": new_id(), "debtor": debtor, "amount": ONE, "paid_at": "2026-01-20T12:00:00.000Z",
            "method": "pix"}  # fmt: skip
    assert scene.ana.post("/api/v1/payments", json=body).status_code == 403
    assert scene.ana.get("/api/v1/payments").status_code == 403


def _ledger(scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = scene.ana.get(f"/api/v1/cases/{scene.case}/ledger").json()
    return found


def _in(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


def _until(holds: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
