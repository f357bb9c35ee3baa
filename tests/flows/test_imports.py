"""Files of creditors through the contract: answered at once, carried on by a job, each row whole or not at all."""

from __future__ import annotations

import csv
import time
from typing import Any

import httpx2
import pytest

from console.imports import carry
from console.imports.carry import KEPT, forget, outdated
from console.imports.models import import_run
from console.imports.run import Told
from console.store.statement import change
from console.wire.ids import new_id
from console.workers.imports import AT_ONCE
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.imports.workbooks import day, number, text, workbook

HEAD = "id_devedor;nome;cpf;celular;id_cobranca;numero;vencimento;valor"
GOOD = "A{0};Pessoa {0};;+55119{1};A{0}-1;{0};10/09/2026;100,00"
DEBTORS = "/api/v1/debtors?q="


def send(scene: Scene, client: httpx2.Client, data: bytes, kind: str = "debts", **more: str) -> httpx2.Response:
    form = {"kind": kind, "portfolio": scene.book.id, **more}
    return client.post("/api/v1/imports", data=form, files={"file": ("nightly.csv", data, "text/csv")})


def ended(client: httpx2.Client, made: dict[str, Any]) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = client.get(f"/api/v1/imports/{made['id']}").json()
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def brought(scene: Scene, *lines: str, kind: str = "debts", **more: str) -> dict[str, Any]:
    answer = send(scene, scene.admin, "\r\n".join(lines).encode(), kind, **more)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "waiting"
    return ended(scene.admin, answer.json())


def debtor(scene: Scene, key: str) -> str:
    (found,) = scene.sofia.get(f"{DEBTORS}{key}").json()["items"]
    return str(found["id"])


def owed(scene: Scene, key: str) -> Any:
    total = scene.sofia.get(f"/api/v1/debtors/{debtor(scene, key)}/balance").json()["total"]
    return total and total["amount"]


def test_rows_are_booked_wrong_ones_come_back_and_are_imported_corrected(scene: Scene) -> None:
    lines = [HEAD, *(GOOD.format(n, 10_000_000 + n) for n in range(100, 105))]
    lines[3] = lines[3].replace(";;+", ";111.111.111-12;+").replace("Pessoa 102", "=Pessoa 102")
    made = brought(scene, *lines)
    counts = {name: made[name] for name in ("state", "rows", "done", "created", "updated", "rejected", "dry_run")}
    assert counts == {"state": "done", "rows": 5, "done": 5, "created": 4, "updated": 0, "rejected": 1,
                      "dry_run": False}  # fmt: skip
    assert made["portfolio"]["id"] == scene.book.id and made["name"] == "nightly.csv" and made["by"]["name"]
    faults = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()
    told = {"line": 4, "column": "document", "says": "", "code": "refused", "args": {}}
    assert faults["next"] is None and faults["items"][0] | {"says": ""} == told
    assert "This is no cpf" in faults["items"][0]["says"]
    report = scene.admin.get(made["errors_url"])
    assert (
        report.headers["content-type"].startswith("text/csv") and "attachment" in report.headers["content-disposition"]
    )
    (row,) = csv.DictReader(report.content.decode("utf-8-sig").splitlines(), delimiter=";")
    assert row["nome"] == "'=Pessoa 102" and row["error"].startswith("document: ")
    mended = report.content.decode("utf-8-sig").replace("111.111.111-12", "")
    again = brought(scene, *mended.splitlines())
    assert (again["created"], again["rejected"], again["errors_url"]) == (1, 0, None)
    assert owed(scene, "A102") == owed(scene, "A101")
    whole = brought(scene, *lines)
    assert (whole["created"], whole["updated"], whole["rejected"]) == (0, 4, 1)


def test_a_row_of_a_country_without_rules_comes_back_with_its_column(scene: Scene) -> None:
    made = brought(scene, f"{HEAD};pais", f"{GOOD.format(90, 10_000_090)};ZZ", f"{GOOD.format(91, 10_000_091)};BR-MG")
    assert (made["created"], made["rejected"]) == (1, 1)
    (fault,) = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert (fault["line"], fault["column"]) == (2, "jurisdiction") and "AR, BR, CL, CO" in fault["says"]


def test_a_column_of_states_tells_states_and_never_a_country(scene: Scene) -> None:
    rows = [f"{GOOD.format(f'5{n}', f'1000050{n}')};{uf}" for n, uf in enumerate(("PE", "ES", "SP", "BR-SP", "Sampa"))]
    made = brought(scene, f"{HEAD};UF", *rows)
    assert (made["created"], made["rejected"]) == (4, 1)
    places = [scene.sofia.get(f"{DEBTORS}A5{n}").json()["items"][0]["id"] for n in range(4)]
    told = [scene.sofia.get(f"/api/v1/debtors/{each}").json()["jurisdiction"] for each in places]
    assert told == ["BR-PE", "BR-ES", "BR-SP", "BR-SP"]
    (fault,) = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert (fault["line"], fault["column"]) == (6, "state") and "such as BR or BR-SP" in fault["says"]


def test_a_dry_run_counts_and_changes_nothing(scene: Scene) -> None:
    made = brought(scene, HEAD, GOOD.format(200, 20_000_000), GOOD.format(201, 1), dry_run="true")
    assert (made["dry_run"], made["created"], made["rejected"]) == (True, 1, 1)
    assert scene.sofia.get(f"{DEBTORS}A200").json()["items"] == []


def test_a_dry_run_knows_whom_earlier_rows_of_its_file_would_bring(scene: Scene) -> None:
    first = "D1;Pessoa Um;39053344705;+5511933000001;D1-1;1;10/09/2026;100,00"
    left_out = "D4;Pessoa Quatro;;+12;D4-1;1;10/09/2026;50,00"  # its number is none, so it brings nobody
    second = "D4;Pessoa Quatro;;;D4-2;2;10/09/2026;50,00"
    between = [GOOD.format(f"X{n}", f"{33_000_000 + n}") for n in range(2 * AT_ONCE)]
    later = (
        "D1;;;;D1-2;2;10/09/2026;50,00",  # the name is that of the first
        "D2;Pessoa Dois;390.533.447-05;;D2-1;1;10/09/2026;50,00",  # the first's document: one person, two keys
        "D3;;;;D3-1;1;10/09/2026;50,00",  # nobody's
        "D2;;;;D2-2;2;amanhã;50,00",
        "D4;;;;D4-3;3;10/09/2026;50,00",
    )
    file = (HEAD, first, left_out, second, *between, *later)
    dry = brought(scene, *file, dry_run="true")
    assert scene.sofia.get(f"{DEBTORS}D1").json()["items"] == []
    wet = brought(scene, *file)
    counts = ("rows", "created", "updated", "suspended", "known", "rejected")
    assert {name: dry[name] for name in counts} == {name: wet[name] for name in counts}
    faults = [scene.admin.get(f"/api/v1/imports/{each['id']}/faults").json()["items"] for each in (dry, wet)]
    assert faults[0] == faults[1] and [each["line"] for each in faults[0]] == [3, 2 * AT_ONCE + 7, 2 * AT_ONCE + 8]
    assert [each["code"] for each in faults[0]] == ["refused", "refused", "no_date"]


def test_the_same_client_id_is_one_import_and_another_file_a_conflict(scene: Scene) -> None:
    key, data = new_id(), "\n".join([HEAD, GOOD.format(210, 21_000_000)]).encode()
    first = send(scene, scene.sofia, data, client_id=key)
    again = send(scene, scene.sofia, data, client_id=key)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    assert send(scene, scene.sofia, data + b"\n", client_id=key).json()["code"] == "conflict"
    ended(scene.sofia, first.json())


def test_the_body_may_be_the_file_itself_and_a_workbook(scene: Scene) -> None:
    head = ("debtor_id", "name", "charge_id", "due", "amount")
    cells = [text(f"{at}1", each) for at, each in zip("ABCDE", head, strict=True)]
    row = [text("A2", "W1"), text("B2", "Livro Um"), number("C2", "77"), day("D2", 46_266), number("E2", "250.5")]
    content = workbook(["".join(cells), "".join(row)])
    url = f"/api/v1/imports?kind=debts&portfolio={scene.book.id}&name=livro.xlsx"
    answer = scene.admin.post(url, content=content, headers={"content-type": "application/octet-stream"})
    made = ended(scene.admin, answer.json())
    assert (made["name"], made["created"], made["rejected"]) == ("livro.xlsx", 1, 0)
    charges = scene.sofia.get(f"/api/v1/debtors/{debtor(scene, 'W1')}/balance").json()["charges"]
    assert [(each["due"], each["principal"]["amount"]) for each in charges] == [("2026-09-01", 25_050)]


def test_a_file_in_which_no_row_can_be_read_fails_with_its_reason(scene: Scene) -> None:
    made = brought(scene, "a,b", "1,2")
    assert (made["state"], made["rows"], made["errors_url"]) == ("failed", 0, None)
    assert "the header line lacks debtor_id" in made["why"]
    assert made["why_code"] == "lacks" and made["why_args"] == {"columns": "debtor_id, name, due, amount"}


def test_what_stands_for_no_document_ties_nobody_together_and_is_told(scene: Scene) -> None:
    """Real files write NINGUNO, S/N or 0 where there is no document: everybody who had one became one debtor."""
    fillers = ("NINGUNO", "S/N", "0", "000000000", "dni:12345678", "111.111.111-11", "NINGUNO")
    rows = [GOOD.format(n, 27_000_000 + n).replace(";;+", f";{each};+") for n, each in enumerate(fillers, 270)]
    made = brought(scene, HEAD, *rows)
    counts = (made["created"], made["rejected"], made["warned"], made["errors_url"])
    assert counts == (len(fillers), 0, len(fillers), None)
    sql = "SELECT DISTINCT debtor_id FROM account WHERE external_id LIKE 'A27_'"
    assert len(scene.server.read(lambda reader: reader.run(sql, None).fetchall())) == len(fillers)
    told = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert {(each["code"], each["column"]) for each in told} == {("filler_document", "document")}
    assert [each["args"]["value"] for each in told] == list(fillers)


def test_payments_wait_in_suspense_until_they_are_matched(scene: Scene) -> None:
    brought(scene, HEAD, GOOD.format(220, 22_000_000))
    head = "debtor_id,amount,paid_at,method,payment_id"
    made = brought(scene, head, "A220,40.00,2026-10-20,pix,Q1", "nobody,9.00,2026-10-20,pix,Q2", kind="payments")
    assert (made["created"], made["suspended"], made["rejected"]) == (1, 1, 0)
    waiting = scene.sofia.get(f"/api/v1/payments?state=suspense&portfolio={scene.book.id}").json()["items"]
    url = f"/api/v1/payments?portfolio={scene.book.id}&limit="
    assert scene.sofia.get(f"{url}0").json()["field"] == "limit"
    everything, first = scene.sofia.get(f"{url}200").json()["items"], scene.sofia.get(f"{url}1").json()
    second = scene.sofia.get(f"{url}1&cursor={first['next']}").json()
    assert [*first["items"], *second["items"]] == everything[:2]
    (stray,) = [each for each in waiting if each["reference"] == "nobody"]
    before = owed(scene, "A220")
    answer = scene.sofia.post(
        f"/api/v1/payments/{stray['payment']['id']}/match", json={"debtor": debtor(scene, "A220")}
    )
    assert answer.status_code == 200 and owed(scene, "A220") == before - 900
    assert brought(scene, head, "A220,40.00,2026-10-20,pix,Q1", kind="payments")["known"] == 1


def test_a_recall_ends_what_is_owed_and_everything_planned_and_is_not_opened_again(scene: Scene) -> None:
    brought(scene, HEAD, GOOD.format(230, 23_000_000), GOOD.format(230, 23_000_000).replace("A230-1;230", "A230-2;231"))
    who = debtor(scene, "A230")
    opened = {"client_id": new_id(), "debtor": who, "portfolio": scene.book.id}
    case = scene.sofia.post("/api/v1/cases", json=opened).json()["id"]
    assert scene.sofia.post(f"/api/v1/cases/{case}/claim", json={}).status_code == 200
    plan = {"client_id": new_id(), "down_payment": {"amount": 0, "currency": "BRL"}, "instalments": 2,
            "first_due": "2027-01-11"}  # fmt: skip
    made_plan = scene.sofia.post(f"/api/v1/cases/{case}/plans", json=plan)
    before = owed(scene, "A230")
    one = brought(scene, "id_devedor;id_cobranca;motivo", "A230;A230-1;cessão", kind="recalls")
    assert (one["updated"], one["rejected"]) == (1, 0)
    assert 0 < owed(scene, "A230") < before
    assert made_plan.status_code == 201, made_plan.text
    ledger = scene.sofia.get(f"/api/v1/cases/{case}/ledger").json()
    assert [each["state"] for each in ledger["plans"]] == ["cancelled"]
    rest = brought(scene, "debtor_id", "A230", "A999", kind="recalls")
    assert (rest["updated"], rest["suspended"]) == (1, 1) and not owed(scene, "A230")
    assert scene.sofia.get(f"/api/v1/cases/{case}").json()["status"] == "resolved"
    items = scene.sofia.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    told = [each["data"] for each in items if each["kind"] == "event" and each["name"] == "debt.recalled"]
    assert [(each["count"], each["reason"]) for each in told] == [(1, "sold"), (1, "recalled")]
    assert brought(scene, "debtor_id", "A230", kind="recalls")["known"] == 1
    back = brought(scene, HEAD, GOOD.format(230, 23_000_000))
    faults = scene.admin.get(f"/api/v1/imports/{back['id']}/faults").json()["items"]
    assert back["rejected"] == 1 and "you took this charge back" in faults[0]["says"] and not owed(scene, "A230")
    charge = {"external_id": "A230-1", "number": "1", "due": "2026-09-10", "amount": {"amount": 1, "currency": "BRL"}}
    again = {"client_id": new_id(), "debtor": who, "product": "x", "charges": [charge]}
    assert scene.sofia.post("/api/v1/debts", json=again).json()["code"] == "conflict"


def test_contacts_made_elsewhere_count_once(scene: Scene) -> None:
    brought(scene, HEAD, GOOD.format(240, 24_000_000))
    lines = (
        "id_devedor;id_contato;canal;data_hora;operador;resultado",
        "A240;L1;ligação;20/10/2026 14:03;URA;não atendida",
        "A240;L2;fax;20/10/2026;URA;atendida",
        "A999;L3;carta;20/10/2026;URA;entregue",
    )
    made = brought(scene, *lines, kind="contacts")
    faults = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert (made["created"], made["rejected"]) == (1, 2), faults
    assert [(each["line"], each["column"]) for each in faults] == [(3, "channel"), (4, "debtor_id")]
    assert brought(scene, *lines, kind="contacts")["updated"] == 1


def test_one_that_breaks_off_goes_on_where_it_was(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_on, begun = carry.carry_on, []

    def breaks(*args: Any) -> Told | None:
        begun.append(args[-1])
        if len(begun) == 2:
            raise RuntimeError("the process dies")
        return carry_on(*args)

    monkeypatch.setattr(carry, "carry_on", breaks)
    lines = [f"B{n};Pessoa {n};;;B{n}-1;{n};10/09/2026;100,00" for n in range(250)]
    made = brought(scene, HEAD, *lines, lines[0])
    assert begun == [0, 100, 100, 200]  # the first hundred stood, with their count, and were not looked at again
    assert (made["rows"], made["done"], made["created"], made["updated"], made["rejected"]) == (251, 251, 250, 0, 1)


def test_who_may_bring_files_and_see_them(scene: Scene) -> None:
    data = "\n".join([HEAD, GOOD.format(250, 25_000_000), GOOD.format(251, 1)]).encode()
    assert send(scene, scene.ana, data).status_code == send(scene, scene.caio, data).status_code == 403
    made = ended(scene.admin, send(scene, scene.admin, data).json())
    url = f"/api/v1/imports/{made['id']}"
    assert scene.caio.get(url).status_code == 200 and scene.ana.get(url).status_code == 403
    assert scene.caio.get(f"{url}/errors").status_code == 403
    first = scene.caio.get("/api/v1/imports?limit=1").json()
    assert first["items"][0]["id"] == made["id"] and first["next"]
    second = scene.caio.get(f"/api/v1/imports?limit=1&cursor={first['next']}").json()
    assert second["items"][0]["id"] != made["id"]
    for query, field in (("limit=0", "limit"), ("kind=x", "kind"), ("cursor=x", "cursor")):
        assert scene.caio.get(f"/api/v1/imports?{query}").json()["field"] == field


@pytest.mark.parametrize("path", ["imports", "payments", "audit"])
@pytest.mark.parametrize("cursor", ["²", "².x", "1.", "9" * 5_000 + ".x", "9" * 20 + ".x", "-1.x", "1"])
def test_a_cursor_that_is_not_ours_is_named(scene: Scene, path: str, cursor: str) -> None:
    told = scene.caio.get(f"/api/v1/{path}", params={"cursor": cursor})
    assert (told.status_code, told.json()["field"]) == (422, "cursor"), told.text


@pytest.mark.parametrize("cursor", ["²", "9" * 19, "-1", "1.x"])
def test_a_place_among_the_faults_that_is_none_is_named(scene: Scene, cursor: str) -> None:
    made = brought(scene, HEAD, GOOD.format(252, 1))
    told = scene.admin.get(f"/api/v1/imports/{made['id']}/faults", params={"cursor": cursor})
    assert (told.status_code, told.json()["field"]) == (422, "cursor"), told.text


@pytest.mark.parametrize(
    ("change_of", "field"),
    [({"kind": "people"}, "kind"), ({"portfolio": "none"}, "portfolio"), ({"dry_run": "maybe"}, "dry_run"),
     ({"client_id": "1"}, "client_id")],
)  # fmt: skip
def test_what_is_wrong_with_the_call_is_named(scene: Scene, change_of: dict[str, str], field: str) -> None:
    form = {"kind": "debts", "portfolio": scene.book.id, **change_of}
    answer = scene.admin.post("/api/v1/imports", data=form, files={"file": ("a.csv", b"x", "text/csv")})
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert scene.admin.post("/api/v1/imports", data=form).status_code == 415


def test_a_file_lies_here_for_a_week_and_no_longer_than_it_is_needed(scene: Scene) -> None:
    good = brought(scene, HEAD, GOOD.format(260, 26_000_000))
    bad = brought(scene, HEAD, GOOD.format(261, 1))
    files = scene.server.services.files
    assert not files.path(good["id"]).exists() and files.path(bad["id"]).exists()
    assert bad["id"] not in scene.server.read(outdated)

    def age(tx: Any) -> None:
        change(tx, import_run, {"id": bad["id"]}, ended_at=tx.now - KEPT - 1)

    scene.server.write(age)
    assert bad["id"] in scene.server.read(outdated)
    scene.server.write(forget, bad["id"])
    assert scene.admin.get(f"/api/v1/imports/{bad['id']}/errors").status_code == 404
    assert scene.admin.get(f"/api/v1/imports/{bad['id']}").json()["rejected"] == 1
