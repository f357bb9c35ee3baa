"""A creditor's boleto lines, Pix codes and links: columns of the debts, fields of the API, each wrong one named."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from console.ledger.pix import Payee, build
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_imports import brought, debtor
from tests.ledger.boletos import bank_line, written

HEAD = "id_devedor;nome;id_cobranca;numero;vencimento;valor;linha_digitavel;pix_copia_e_cola;link_boleto"
KEY = Payee("fin@loja.example", "LOJA IPE", "SAO PAULO")
SOON = date.today() + timedelta(days=20)


def row(key: str, *, amount: str = "300,00", line: str = "", pix: str = "", url: str = "") -> str:
    return f"{key};Pessoa {key};{key}-1;{key};{SOON.isoformat()};{amount};{line};{pix};{url}"


def codes(scene: Scene, key: str) -> dict[str, tuple[str, str]]:
    """(value, why) by kind, as who opens a case reads them."""
    opened = scene.sofia.post("/api/v1/cases", json={"client_id": new_id(), "debtor": debtor(scene, key),
                                                     "portfolio": scene.book.id})  # fmt: skip
    assert opened.status_code in (200, 201), opened.text
    ledger = scene.sofia.get(f"/api/v1/cases/{opened.json()['id']}/ledger").json()
    return {each["kind"]: (each["value"], each["why"]) for each in ledger["codes"]}


def faults(scene: Scene, made: dict[str, Any]) -> list[tuple[str, str]]:
    found = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    return [(each["column"], each["code"]) for each in found]


def test_columns_come_in_stay_when_empty_and_give_way_to_newer_ones(scene: Scene) -> None:
    line, pix, url = bank_line(30_000, SOON), build(KEY, amount=30_000, txid="C1"), "https://ipe.example/b/c1.pdf"
    first = brought(scene, HEAD, row("C1", line=written(line), pix=pix, url=url), row("C2"))
    assert (first["created"], first["rejected"]) == (2, 0), faults(scene, first)
    kept = {"boleto": (line, ""), "pix": (pix, ""), "link": (url, "")}
    assert codes(scene, "C1") == kept and codes(scene, "C2") == {}
    for again in (row("C1", line=line, pix=pix, url=url), row("C1")):
        made = brought(scene, HEAD, again)
        assert (made["updated"], made["rejected"]) == (1, 0)
        assert codes(scene, "C1") == kept
    later = bank_line(30_000, SOON + timedelta(days=3), free="1790001043510049102015001")
    brought(scene, HEAD, row("C1", line=later), row("C2", pix=build(KEY, txid="C2")))
    assert codes(scene, "C1") == kept | {"boleto": (later, "")}
    assert codes(scene, "C2")["pix"][1] == "", "a code that leaves the sum to the payer"
    dry = brought(scene, HEAD, row("C3", line=line), dry_run="true")
    assert (dry["created"], dry["rejected"]) == (1, 0)


def test_what_is_wrong_in_a_code_is_told_of_its_cell(scene: Scene) -> None:
    line, pix = bank_line(30_000, SOON), build(KEY, amount=30_000)
    slipped = f"{line[:9]}{(int(line[9]) + 1) % 10}{line[10:]}"
    whole = f"{line[:32]}{(int(line[32]) + 1) % 10}{line[33:]}"
    utility = "836200000005667800481000180975657313001589636080"
    wrong = [
        (row("W1", line=slipped), ("boleto", "boleto_block")),
        (row("W2", line=whole), ("boleto", "boleto_whole")),
        (row("W3", line=utility), ("boleto", "boleto_block")),
        (row("W4", line="3,41917900010104E+46"), ("boleto", "boleto_digits")),
        (row("W5", line=bank_line(29_999, SOON)), ("boleto", "boleto_amount")),
        (row("W6", pix=pix[:-4] + "0000"), ("pix", "pix_check")),
        (row("W7", pix="fin@loja.example"), ("pix", "pix_unread")),
        (row("W8", pix=build(KEY, amount=1)), ("pix", "pix_amount")),
        (row("W9", url="http://ipe.example/b"), ("document_url", "url_form")),
    ]
    made = brought(scene, HEAD, *(each for each, _ in wrong))
    assert (made["created"], made["rejected"]) == (0, len(wrong))
    assert faults(scene, made) == [each for _, each in wrong]
    says = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert says[4]["args"] == {"says": "BRL 299.99", "owed": "BRL 300.00"}
    assert says[0]["args"] == {"block": "1", "stands": slipped[9], "right": line[9]}
    assert scene.sofia.get("/api/v1/debtors?q=W5").json()["items"] == [], "the row is left out whole"


def test_a_boleto_whose_day_is_over_and_a_foreign_link_come_in_and_are_warned_of(scene: Scene) -> None:
    old = bank_line(30_000, date.today() - timedelta(days=30))
    made = brought(scene, HEAD, row("E1", line=old, url="https://elsewhere.example/b"))
    assert (made["created"], made["rejected"], made["warned"]) == (1, 0, 1)
    assert faults(scene, made) == [("boleto", "boleto_expired"), ("document_url", "url_domain")]
    assert codes(scene, "E1")["boleto"] == (old, "expired")


def test_the_api_takes_the_same_and_an_empty_text_takes_one_back(scene: Scene) -> None:
    brought(scene, HEAD, row("P1"))
    line, whose = bank_line(30_000, SOON), debtor(scene, "P1")

    def told(**given: Any) -> Any:
        charge = {"number": "P1", "external_id": "P1-1", "due": SOON.isoformat(),
                  "amount": {"amount": 30_000, "currency": "BRL"}, **given}  # fmt: skip
        body = {"client_id": new_id(), "debtor": whose, "product": "", "charges": [charge]}
        return scene.admin.post("/api/v1/debts", json=body | {"portfolio": scene.book.id})

    assert told(boleto=written(line), document_url="https://ipe.example/x").status_code == 201
    assert codes(scene, "P1") == {"boleto": (line, ""), "link": ("https://ipe.example/x", "")}
    assert told().status_code == 201 and set(codes(scene, "P1")) == {"boleto", "link"}
    wrong = ({"boleto": line[:-1] + "1"}, {"pix": "x"}, {"document_url": "x"}, {"boleto": bank_line(1, SOON)})
    for given in wrong:
        (field,) = given
        refused = told(**given)
        assert (refused.status_code, refused.json()["field"]) == (422, f"charges[0].{field}"), refused.text
    assert told(boleto="").status_code == 201 and set(codes(scene, "P1")) == {"link"}
