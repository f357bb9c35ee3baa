"""Recalls that come before their debt, through the contract: kept, carried out as it comes, settled by hand."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_imports import GOOD, HEAD, brought, debtor, owed, send

RECALLS = "id_devedor;id_cobranca;motivo"


def kept(scene: Scene, key: str, client: httpx2.Client | None = None, **query: str) -> list[dict[str, Any]]:
    answer = (client or scene.sofia).get("/api/v1/recalls", params={"portfolio": scene.book.id, **query})
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json()["items"] if each["debtor_key"] == key]


def acts(scene: Scene, recall: str) -> list[str]:
    items = scene.caio.get("/api/v1/audit?action=recall.&limit=200").json()["items"]
    return sorted(each["action"] for each in items if each["object"] == f"recall:{recall}")


def post_debt(scene: Scene, who: str, *charges: tuple[str, str], **more: Any) -> httpx2.Response:
    made = [{"external_id": each, "number": number, "due": "2026-09-10", "amount": {"amount": 9_000, "currency": "BRL"}}
            for each, number in charges]  # fmt: skip
    body = {"client_id": new_id(), "debtor": who, "product": "x", "charges": made, **more}
    return scene.sofia.post("/api/v1/debts", json=body)


def test_a_recall_is_kept_and_its_debt_comes_recalled(scene: Scene) -> None:
    made = brought(scene, RECALLS, "AR1;AR1-1;cessão", kind="recalls")
    assert (made["suspended"], made["rejected"]) == (1, 0)
    (one,) = kept(scene, "AR1", state="waiting")
    assert (one["charge_key"], one["debt_key"], one["reason"], one["why"]) == ("AR1-1", "", "sold", "unknown_debtor")
    assert (one["file"], one["by"]["name"], one["portfolio"]["id"]) == ("nightly.csv", "Admin", scene.book.id)
    again = brought(scene, RECALLS, "AR1;AR1-1;cessão", kind="recalls")
    assert (again["known"], again["suspended"]) == (1, 0) and len(kept(scene, "AR1")) == 1

    line = GOOD.format("R1", 31_000_000)
    came = brought(scene, HEAD, line, line.replace("AR1-1;R1", "AR1-2;R1b"))
    assert (came["created"], came["rejected"], came["warned"]) == (2, 0, 1)
    (told,) = scene.admin.get(f"/api/v1/imports/{came['id']}/faults").json()["items"]
    assert (told["line"], told["column"], told["code"]) == (2, "charge_id", "recalled_early")
    balance = scene.sofia.get(f"/api/v1/debtors/{debtor(scene, 'AR1')}/balance").json()
    assert [each["number"] for each in balance["charges"]] == ["R1b"]
    (one,) = kept(scene, "AR1", state="applied")
    assert (one["debtor"], one["settled_by"]) == (debtor(scene, "AR1"), None) and one["settled_at"]
    assert acts(scene, one["id"]) == ["recall.applied", "recall.kept"]
    assert brought(scene, RECALLS, "AR1;AR1-1;cessão", kind="recalls")["known"] == 1


def test_a_dry_run_keeps_nothing(scene: Scene) -> None:
    made = brought(scene, RECALLS, "R2;R2-1;", kind="recalls", dry_run="true")
    assert made["suspended"] == 1 and not kept(scene, "R2")


def test_a_recall_of_all_takes_back_what_comes_until_it_is_dismissed(scene: Scene) -> None:
    """The file of debts has its rows in several transactions, and what is posted comes later still."""
    brought(scene, "id_devedor", "AR3", kind="recalls")
    lines = [GOOD.format("R3", 33_000_000).replace("R3-1;R3", f"R3-{n};R3/{n}") for n in range(101)]
    assert brought(scene, HEAD, *lines)["warned"] == 101
    who = debtor(scene, "AR3")
    late = post_debt(scene, who, ("AR3-P", "P 1"))
    assert late.status_code == 201 and (late.json()["recalled"], late.json()["total"]["amount"]) == (["P 1"], 0)
    opened = {"client_id": new_id(), "debtor": who, "portfolio": scene.book.id}
    case = scene.sofia.post("/api/v1/cases", json=opened).json()
    assert post_debt(scene, who, ("AR3-Q", "Q 1")).json()["recalled"] == ["Q 1"]
    assert not scene.sofia.get(f"/api/v1/cases/{case['id']}").json()["balance"]
    (one,) = kept(scene, "AR3")
    url = f"/api/v1/recalls/{one['id']}/dismiss"
    assert scene.sofia.post(url, json={"reason": " "}).json()["field"] == "reason"
    ended = scene.sofia.post(url, json={"reason": "owes anew"}).json()
    assert (ended["state"], ended["note"], ended["settled_by"]["name"]) == ("dismissed", "owes anew", "Sofia Lima")
    assert scene.sofia.post(url, json={"reason": "x"}).status_code == 409
    anew = post_debt(scene, who, ("AR3-R", "R 1")).json()
    assert anew["recalled"] == [] and [each["number"] for each in anew["charges"]] == ["R 1"]
    assert brought(scene, "id_devedor", "AR3", kind="recalls")["updated"] == 1


def test_a_recall_of_a_debt_takes_its_charges_and_no_others(scene: Scene) -> None:
    brought(scene, HEAD, GOOD.format("R4", 34_000_000))
    who = debtor(scene, "AR4")
    made = brought(scene, "id_devedor;contrato;numero;motivo", "AR4;K9;;prescrita", "AR4;K7;3;", kind="recalls")
    assert made["suspended"] == 2
    whys = {(each["debt_key"], each["charge_key"]): each["why"] for each in kept(scene, "AR4")}
    assert whys == {("K9", ""): "unknown_charge", ("", "K7/3"): "unknown_charge"}
    told = post_debt(scene, who, ("K9/1", "1"), ("K9/2", "2"), ("K90/1", "3"), ("K7/3", "4")).json()
    assert told["recalled"] == ["1", "2", "4"] and [each["number"] for each in told["charges"]] == ["3", "R4"]
    body = {"client_id": new_id()}
    first, second = (post_debt(scene, who, ("K9/5", "5"), **body).json()["recalled"] for _ in range(2))
    assert first == second == ["5"]
    (done,) = [each for each in kept(scene, "AR4") if each["charge_key"]]
    gone = scene.sofia.post(f"/api/v1/recalls/{done['id']}/dismiss", json={"reason": "x"})
    assert gone.status_code == 409 and "stays so" in gone.json()["detail"]


NAMED = "id_devedor;nome;id_cobranca;contrato;numero;vencimento;valor;celular"


def named(key: str, charge: str, debt: str, number: str) -> str:
    return f"{key};Ana Souza;{charge};{debt};{number};10/09/2026;90,00;+55 11 9 3{key[2:].zfill(3)} 0001"


@pytest.mark.parametrize("first", ["debts", "recalls"])
def test_a_recall_of_a_debt_takes_charges_that_have_keys_of_their_own(scene: Scene, first: str) -> None:
    who = {"debts": "AR20", "recalls": "AR21"}[first]
    charges = [named(who, f"{who}-{n}", debt, str(n)) for n, debt in ((1, "K20"), (2, "K20"), (3, "K21"), (4, "K21"))]

    def bring(kind: str) -> None:
        if kind == "debts":
            assert brought(scene, NAMED, *charges)["rejected"] == 0
        else:
            brought(scene, "id_devedor;contrato;numero", f"{who};K20;", f"{who};K21;4", kind="recalls")

    bring(first)
    bring({"debts": "recalls", "recalls": "debts"}[first])
    balance = scene.sofia.get(f"/api/v1/debtors/{debtor(scene, who)}/balance").json()
    assert [each["number"] for each in balance["charges"]] == ["3"]
    late = post_debt(scene, debtor(scene, who), (f"{who}-5", "5"), external_id="K20")
    assert late.json()["recalled"] == (["5"] if first == "recalls" else [])
    assert post_debt(scene, debtor(scene, who), ("z", "6"), external_id=" ").json()["field"] == "external_id"


def test_the_next_file_tells_the_debt_of_charges_that_are_here(scene: Scene) -> None:
    brought(scene, NAMED, named("AR22", "AR22-1", "", "1"))
    assert brought(scene, "id_devedor;contrato", "AR22;K22", kind="recalls")["suspended"] == 1
    assert brought(scene, NAMED, named("AR22", "AR22-1", "K22", "1"))["updated"] == 1
    assert owed(scene, "AR22") > 0
    assert brought(scene, "id_devedor;contrato", "AR22;K22", kind="recalls")["updated"] == 1
    assert not owed(scene, "AR22")


def test_a_recall_under_a_wrong_key_is_tied_by_hand(scene: Scene) -> None:
    brought(scene, HEAD, GOOD.format("R5", 35_000_000))
    brought(scene, RECALLS, "R5x;R5-1;indevida", kind="recalls")
    (one,) = kept(scene, "R5x")
    who, url = debtor(scene, "AR5"), f"/api/v1/recalls/{one['id']}/match"
    (charge,) = scene.sofia.get(f"/api/v1/debtors/{who}/balance").json()["charges"]
    for charges in ([], [charge["id"], new_id()]):
        refused = scene.sofia.post(url, json={"debtor": who, "charges": charges})
        assert (refused.status_code, refused.json()["field"]) == (422, "charges")
    assert scene.sofia.post(url, json={"debtor": new_id(), "charges": [charge["id"]]}).status_code == 404
    tied = scene.sofia.post(url, json={"debtor": who, "charges": [charge["id"]]})
    assert tied.status_code == 200 and (tied.json()["state"], tied.json()["debtor"]) == ("tied", who)
    assert not owed(scene, "AR5") and acts(scene, one["id"]) == ["recall.kept", "recall.tied"]
    assert scene.sofia.post(url, json={"debtor": who, "charges": [charge["id"]]}).status_code == 409


def test_a_dismissed_recall_stays_so_when_the_file_comes_again(scene: Scene) -> None:
    brought(scene, RECALLS, "AR6;AR6-1;", kind="recalls")
    (one,) = kept(scene, "AR6")
    assert scene.sofia.post(f"/api/v1/recalls/{one['id']}/dismiss", json={"reason": "a slip"}).status_code == 200
    assert brought(scene, RECALLS, "AR6;AR6-1;", kind="recalls")["known"] == 1
    assert brought(scene, HEAD, GOOD.format("R6", 36_000_000))["warned"] == 0 and owed(scene, "AR6") > 0


def test_who_may_see_and_settle_them(scene: Scene) -> None:
    brought(scene, RECALLS, "R7;;", kind="recalls")
    (one,) = kept(scene, "R7", scene.caio)
    assert kept(scene, "R7", scene.admin) == [one]
    assert scene.ana.get("/api/v1/recalls").status_code == 403
    for client in (scene.ana, scene.caio):
        assert client.post(f"/api/v1/recalls/{one['id']}/dismiss", json={"reason": "x"}).status_code == 403
        body = {"debtor": new_id(), "charges": ["x"]}
        assert client.post(f"/api/v1/recalls/{one['id']}/match", json=body).status_code == 403
    assert scene.sofia.get("/api/v1/recalls?state=x").json()["field"] == "state"
    assert scene.sofia.post(f"/api/v1/recalls/{new_id()}/dismiss", json={"reason": "x"}).status_code == 404
    page = scene.sofia.get("/api/v1/recalls?limit=1").json()
    assert len(page["items"]) == 1 and page["next"]
    assert send(scene, scene.ana, b"id_devedor\nR8", "recalls").status_code == 403 and not kept(scene, "R8")


def test_who_owes_nothing_but_what_was_taken_back_is_not_to_be_contacted(scene: Scene) -> None:
    """Neither one whose recall came first, nor one whose debt did."""
    brought(scene, "id_devedor", "AR9", kind="recalls")
    brought(scene, HEAD, *(GOOD.format(f"R{n}", 30_000_000 + n) for n in (9, 10, 11)))
    brought(scene, "id_devedor", "AR10", kind="recalls")
    found = scene.sofia.get("/api/v1/to-contact?limit=100&reach=any").json()["items"]
    listed = {each["debtor"]["id"] for each in found}
    assert [debtor(scene, f"AR{n}") in listed for n in (9, 10, 11)] == [False, False, True]
