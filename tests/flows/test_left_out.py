"""What a repeated key leaves out stays as it is, through the contract."""

from __future__ import annotations

from typing import Any

from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_imports import brought


def debtor(scene: Scene, **more: Any) -> dict[str, Any]:
    body = {"client_id": new_id(), "portfolio": scene.book.id, "external_id": "LO1", "name": "Padaria Sol",
            "language": "pt-BR", "jurisdiction": "BR-SP", **more}  # fmt: skip
    answer = scene.sofia.post("/api/v1/debtors", json=body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_fees_stay_unless_they_are_told_anew(scene: Scene) -> None:
    who = debtor(scene)["id"]
    charge = {
        "external_id": "LO1-1",
        "number": "1",
        "due": "2026-12-30",
        "amount": {"amount": 9_000, "currency": "BRL"},
    }

    def fees(**more: Any) -> int:
        body = {"client_id": new_id(), "debtor": who, "product": "x", "charges": [charge | more]}
        (found,) = scene.sofia.post("/api/v1/debts", json=body).json()["charges"]
        return int(found["fees"]["amount"])

    def some(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": "BRL"}

    assert fees(fees=some(500)) == 500
    assert fees() == 500
    line = "LO1;Padaria Sol;LO1-1;1;30/12/2026;95,00"
    assert brought(scene, "id_devedor;nome;id_cobranca;numero;vencimento;valor", line)["updated"] == 1
    assert fees() == 500 and fees(fees=some(0)) == 0


def test_the_kind_of_a_debtor_stays_unless_it_is_told_anew(scene: Scene) -> None:
    made = {debtor(scene, **more)["id"] for more in ({"kind": "company", "timezone": "America/Manaus"}, {})}
    (who,) = made

    def kind() -> Any:
        sql = f"SELECT kind, timezone FROM debtor WHERE id = '{who}'"
        return tuple(scene.server.read(lambda reader: reader.run(sql, None).fetchone()))

    assert kind() == ("company", "America/Manaus")
    debtor(scene, kind="person")
    assert kind() == ("person", "America/Manaus")


def test_the_number_of_a_charge_stays_when_a_file_has_no_such_column(scene: Scene) -> None:
    head, line = "id_devedor;nome;id_cobranca;vencimento;valor", "LO2;Bar Lua;LO2-{0};30/12/2026;{1},00"
    assert brought(scene, f"{head};numero", f"{line.format(1, 50)};2299/1")["created"] == 1
    assert brought(scene, head, line.format(1, 50), line.format(2, 70))["rejected"] == 0
    assert brought(scene, head, line.format(1, 55))["updated"] == 1
    assert brought(scene, f"{head};numero", f"{line.format(1, 55)};")["updated"] == 1
    (who,) = scene.sofia.get("/api/v1/debtors?q=LO2").json()["items"]
    owed = scene.sofia.get(f"/api/v1/debtors/{who['id']}/balance").json()["charges"]
    assert {each["number"]: each["principal"]["amount"] for each in owed} == {"2299/1": 5_500, "LO2-2": 7_000}
