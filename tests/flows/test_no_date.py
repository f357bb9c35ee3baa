"""A date that stands for none, as business systems write it: refused at both doors, harmless where it stands already,
and a stop is a stop whatever breaks after it.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from console.cases import automatic
from console.debtors.models import address
from console.ledger.models import charge
from console.store.statement import change, rows, value
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_imports import HEAD, brought

NOBODY = "9999-12-31"


def whose(scene: Scene, phone: str) -> str:
    """A debtor who may be written to; their id."""
    point = {"channel": "whatsapp", "address": phone}
    new = {"client_id": new_id(), "portfolio": scene.book.id, "name": "Rui Alves", "language": "pt-BR",
           "jurisdiction": "BR-SP", "contact_points": [point]}  # fmt: skip
    answer = scene.sofia.post("/api/v1/debtors", json=new)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def owe(scene: Scene, debtor: str, due: str) -> Any:
    one = {"number": "F-1", "due": due, "amount": {"amount": 10_000, "currency": "BRL"}}
    body = {"client_id": new_id(), "debtor": debtor, "product": "x", "charges": [one]}
    return scene.sofia.post("/api/v1/debts", json=body)


def without_date(tx: Tx, debtor: str) -> None:
    change(tx, charge, {"debtor_id": debtor}, due=NOBODY)


def stopped(reader: Reader, phone: str) -> list[int | None]:
    return rows(reader, select(address.c.opted_out_at).where(address.c.phone == phone), value)


@pytest.mark.parametrize("due", [NOBODY, "0001-01-01", "1949-12-31", "2190-01-01"])
def test_a_charge_without_a_real_day_is_refused(scene: Scene, due: str) -> None:
    refused = owe(scene, whose(scene, f"+55119810{int(due[:4]):05}"), due)
    assert (refused.status_code, refused.json().get("field")) == (422, "charges[0].due"), refused.text
    assert "its real day" in refused.json()["detail"]


def test_a_row_without_a_real_day_is_left_out(scene: Scene) -> None:
    line = "N{0};Rui;;+551198200000{0};N{0}-1;{0};31/12/{1};100,00"
    made = brought(scene, HEAD, line.format(1, 9999), line.format(2, 2030))
    assert (made["created"], made["rejected"]) == (1, 1)
    first = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"][0]
    assert (first["line"], first["column"], "its real day" in first["says"]) == (2, "due", True)


def test_a_stored_charge_without_a_day_stands_in_nobodys_way(scene: Scene) -> None:
    phone = "+5511983000001"
    debtor = whose(scene, phone)
    assert owe(scene, debtor, "2026-09-10").status_code == 201
    scene.server.write(without_date, debtor)
    opened = {"client_id": new_id(), "debtor": debtor, "portfolio": scene.book.id}
    case = scene.sofia.post("/api/v1/cases", json=opened).json()["id"]
    ask = {"channel": "whatsapp", "text": "Olá, Rui. Vamos conversar?", "purpose": "proactive"}
    judged = scene.sofia.post(f"/api/v1/cases/{case}/gate", json=ask)
    assert judged.status_code == 200, judged.text
    scene.book.writes("PARAR", sender=phone.lstrip("+"))
    (at,) = scene.server.read(stopped, phone)
    assert at is not None


def test_a_stop_stands_when_its_confirmation_breaks(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = "+5511984000001"
    debtor = whose(scene, phone)

    def breaks(*given: Any) -> None:
        raise ArithmeticError("no such judgement")

    with monkeypatch.context() as patched:
        patched.setattr(automatic, "judge", breaks)
        scene.book.writes("PARAR", sender=phone.lstrip("+"))
    (at,) = scene.server.read(stopped, phone)
    assert at is not None
    (case,) = (each for each in scene.sofia.get("/api/v1/cases?view=all&limit=200").json()["items"]
               if each["debtor"]["id"] == debtor)  # fmt: skip
    thread = scene.sofia.get(f"/api/v1/cases/{case['id']}/timeline").json()["items"]
    assert [each["text"] for each in thread if each["kind"] == "message"] == ["PARAR"]
    assert "consent.opted_out" in str(thread)
    scene.book.writes("VOLTAR", sender=phone.lstrip("+"))  # and the case goes on
    assert scene.server.read(stopped, phone) == [None]
    scene.book.writes("PARAR", sender=phone.lstrip("+"))
    thread = scene.sofia.get(f"/api/v1/cases/{case['id']}/timeline").json()["items"]
    assert [each["direction"] for each in thread if each["kind"] == "message"][-2:] == ["in", "out"]
    assert [each["position"] for each in thread] == sorted({each["position"] for each in thread})
