"""Prescribed debts through HTTP: told by the ledger's dates alone, refused where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.cases.models import case as cases
from console.clock import FixedClock
from console.debtors.models import contact_point
from console.store.statement import change
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import MINUTE, parse_rfc3339
from tests.flows.desk import Scene
from tests.server import running

NOON = parse_rfc3339("2026-11-19T15:00:00Z")  # a Thursday; noon in São Paulo
ASKING = "Olá, Maria. Vamos conversar sobre a sua fatura da Loja Ipê?"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Ana owns Maria's case, answered already; Maria is known and identified, and owes nothing yet."""
    clock = FixedClock(NOON)
    with running(workers={}, clock=clock) as server:
        made = Scene(server)
        new = {"client_id": new_id(), "portfolio": made.book.id, "name": "Maria Souza", "language": "pt-BR",
               "jurisdiction": "BR-SP", "contact_points": []}  # fmt: skip
        known = made.sofia.post("/api/v1/debtors", json=new).json()
        made.ana.post(f"/api/v1/cases/{made.case}/identify", json={"debtor": known["id"]})
        checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
        answer = made.ana.post(f"/api/v1/cases/{made.case}/identity", json={"checks": checks})
        assert answer.status_code == 200, answer.text
        server.write(answered, made.case)
        clock.advance(10 * MINUTE)  # no bubble of that answer any more
        yield made


def answered(tx: Tx, case_id: str) -> None:
    change(tx, cases, {"id": case_id}, waiting_since=None)
    change(tx, contact_point, {}, consent="granted")


def waits(tx: Tx, case_id: str) -> None:
    change(tx, cases, {"id": case_id}, waiting_since=tx.now, last_inbound_at=tx.now)


def owes(scene: Scene, *charges: tuple[str, str, int]) -> None:
    debtor = scene.ana.get(f"/api/v1/cases/{scene.case}").json()["debtor"]["id"]
    debt = {"client_id": new_id(), "debtor": debtor, "product": "Crediário",
            "charges": [{"number": number, "due": due, "amount": {"amount": amount, "currency": "BRL"}}
                        for number, due, amount in charges]}  # fmt: skip
    answer = scene.sofia.post("/api/v1/debts", json=debt)
    assert answer.status_code == 201, answer.text


def asked(scene: Scene, text: str = ASKING) -> dict[str, Any]:
    ask = {"channel": "whatsapp", "text": text, "purpose": "proactive"}
    answer = scene.ana.post(f"/api/v1/cases/{scene.case}/gate", json=ask)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def test_a_debt_of_2015_is_not_collected_and_a_question_is_answered(scene: Scene) -> None:
    owes(scene, ("F-1", "2015-01-10", 100_000))
    refused = scene.reply(text=ASKING, purpose="proactive")
    assert (refused.status_code, refused.json()["code"]) == (422, "gate_blocked"), refused.text
    assert (refused.json()["reason"], "STJ" in refused.json()["source"]) == ("TIME_BARRED", True)
    scene.server.write(waits, scene.case)
    sent = scene.reply(text="Bom dia, Maria! Vou verificar para você.")
    assert sent.status_code == 201, sent.text


@pytest.mark.parametrize(("due", "code"), [("2021-11-18", "TIME_BARRED"), ("2021-11-19", "ALLOW")])
def test_the_years_end_with_the_debtors_own_day(scene: Scene, due: str, code: str) -> None:
    owes(scene, ("F-1", due, 100_000))
    assert asked(scene)["code"] == code


def test_of_a_debt_in_part_only_the_part_in_force_is_asked_for(scene: Scene) -> None:
    owes(scene, ("F-1", "2015-01-10", 30_000), ("F-2", "2026-09-10", 45_000))
    allowed = asked(scene, "Maria, a fatura F-2 da Loja Ipê é de R$ 450,00.")
    assert (allowed["code"], allowed["warnings"]) == ("ALLOW", ["TIME_BARRED"])
    for figure in ("R$ 300,00", "R$ 750,00"):  # the old one; both together
        text = f"Maria, o valor da Loja Ipê é {figure}."
        refused = asked(scene, text)
        assert (refused["outcome"], refused["code"]) == ("block", "TIME_BARRED"), figure
        start, end = refused["spans"][0]
        assert figure[-6:] in text[start:end]
