"""The back office by keys: a file tried, imported and mended; money given to its owner; a channel off in a second."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, sign_in

pytestmark = pytest.mark.browser

HEAD = "debtor_id;name;document;whatsapp;charge_id;number;due;amount"
GOOD = "OF{0};Cliente Oficina {0};;+55119700000{0};OF{0}-1;{0};10/09/2026;100,00"


@contextmanager
def client(demo: Demo, name: str) -> Iterator[httpx2.Client]:
    """Somebody of the demo, by API."""
    with httpx2.Client(base_url=demo.url, timeout=20) as made:
        who = {"email": f"{name}@demo.acordo.example", "password": "acordo-demo"}
        made.headers["X-CSRF-Token"] = made.post("/api/v1/session", json=who).raise_for_status().json()["csrf"]
        yield made


def office(context: BrowserContext, demo: Demo, name: str, part: str) -> Page:
    """A part of somebody's back office."""
    page = sign_in(context, demo, name, "/office")
    page.locator(".parts").get_by_role("link", name=part).click()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    return page


def brought(demo: Demo, kind: str, *lines: str) -> dict[str, Any]:
    """A file imported behind the screen; ended."""
    with client(demo, "admin") as admin:
        book = next(each for each in admin.get("/api/v1/portfolios").json()["items"] if each["currency"] == "BRL")
        form = {"kind": kind, "portfolio": book["id"]}
        files = {"file": ("behind.csv", "\n".join(lines).encode(), "text/csv")}
        made = admin.post("/api/v1/imports", data=form, files=files).raise_for_status().json()
        for _ in range(200):
            found: dict[str, Any] = admin.get(f"/api/v1/imports/{made['id']}").json()
            if found["state"] == "done":
                return found | {"book": book}
            time.sleep(0.1)  # else a slow machine is asked more often than one person may
        raise AssertionError(found)


def choose(page: Page, text: str, name: str = "oficina.csv") -> None:
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})


def to_book(page: Page, brl: str) -> None:
    page.locator("#book").select_option(brl)


def test_a_file_is_tried_imported_and_its_wrong_rows_are_mended(context: BrowserContext, demo: Demo) -> None:
    with client(demo, "admin") as admin:
        book = next(each for each in admin.get("/api/v1/portfolios").json()["items"] if each["currency"] == "BRL")["id"]
    page = office(context, demo, "admin", "Arquivos")
    page.get_by_role("button", name="Testar").wait_for()
    to_book(page, book)
    lines = [HEAD, GOOD.format(1), GOOD.format(2).replace(";;+", ";111.111.111-12;+"), GOOD.format(3)]
    choose(page, "\n".join(lines))
    page.get_by_role("button", name="Testar").focus()
    page.keyboard.press("Enter")
    shown = page.get_by_role("region", name="oficina.csv")
    expect(shown.get_by_text("2 novas")).to_be_visible()
    expect(shown.get_by_text("1 recusada")).to_be_visible()
    row = shown.get_by_role("row").filter(has_text="document")
    expect(row).to_contain_text("Confira o documento")
    expect(row).to_contain_text("3")
    page.get_by_label("Só testar").uncheck()
    choose(page, "\n".join(lines))
    page.get_by_role("button", name="Importar", exact=True).click()
    expect(shown.get_by_text("teste")).to_have_count(0)
    expect(shown.get_by_text("2 novas")).to_be_visible()
    with page.expect_download() as told:
        shown.get_by_role("link", name="Baixar as linhas recusadas").click()
    report = told.value.path().read_text("utf-8-sig")
    (left,) = csv.DictReader(report.splitlines(), delimiter=";")
    assert left["debtor_id"] == "OF2" and left["error"].startswith("document: ")
    choose(page, report.replace("111.111.111-12", ""), "oficina-2.csv")
    page.keyboard.press("Escape")
    page.route("**/api/v1/imports/*", lambda asked: asked.abort())  # what is told by the socket is enough
    page.get_by_role("button", name="Importar", exact=True).click()
    again = page.get_by_role("region", name="oficina-2.csv")
    expect(again.get_by_text("1 nova")).to_be_visible()
    page.keyboard.press("Escape")
    expect(again).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator(".lines tbody tr").first).to_be_focused()


def test_a_zip_of_documents_comes_in_and_its_wrong_files_are_named(context: BrowserContext, demo: Demo) -> None:
    book = brought(demo, "debts", HEAD, GOOD.format(81).replace("0000081", "000081"))["book"]["id"]
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name in ("OF81-1.boleto.pdf", "ninguem.boleto.pdf", "leia-me.txt"):
            archive.writestr(name, b"%PDF-1.4 x")
    page = office(context, demo, "admin", "Arquivos")
    page.locator("#kind").select_option("documents")
    expect(page.get_by_text("KEY.boleto.pdf")).to_be_visible()
    to_book(page, book)
    page.locator("#file").set_input_files(
        {"name": "papeis.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_label("Só testar").uncheck()
    page.get_by_role("button", name="Importar", exact=True).click()
    shown = page.get_by_role("region", name="papeis.zip")
    expect(shown.get_by_text("1 nova")).to_be_visible()
    expect(shown.get_by_role("row").filter(has_text="ninguem.boleto.pdf")).to_contain_text("nenhuma cobrança")
    expect(shown.get_by_role("row").filter(has_text="leia-me.txt")).to_contain_text("CHAVE.boleto.pdf")
    expect(shown.get_by_role("link")).to_have_count(0)


def test_money_without_an_owner_is_given_to_one(context: BrowserContext, demo: Demo) -> None:
    brought(demo, "debts", HEAD, GOOD.format(4))
    brought(demo, "payments", "debtor_id,amount,paid_at,method,payment_id", "ninguem-4,41.00,2026-10-20,pix,OFP4")
    page = office(context, demo, "sofia", "Sem dono")
    row = page.get_by_role("row").filter(has_text="ninguem-4")
    row.get_by_role("button", name="Dar dono").click()
    page.keyboard.type("Oficina 4")
    page.get_by_label("Cliente Oficina 4").check()
    page.get_by_role("button", name="Dar R$ 41,00 a Cliente Oficina 4").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("R$ 41,00: de Cliente Oficina 4")).to_be_visible()
    with client(demo, "sofia") as sofia:
        (who,) = sofia.get("/api/v1/debtors?q=OF4").json()["items"]
        assert sofia.get(f"/api/v1/debtors/{who['id']}/balance").json()["charges"][0]["paid"]["amount"] == 4_100


def test_a_recall_without_its_debt_waits_there_and_is_matched_or_dismissed(context: BrowserContext, demo: Demo) -> None:
    brought(demo, "debts", HEAD, GOOD.format(5))
    brought(demo, "recalls", "debtor_id,charge_id,reason", "engano-5,OF5-1,sold", "engano-6,OF6-1,")
    page = office(context, demo, "sofia", "Sem dono")
    row = page.get_by_role("row").filter(has_text="engano-5")
    expect(row).to_contain_text("vendida")
    expect(row).to_contain_text("behind.csv")
    row.get_by_role("button", name="Ligar").click()
    page.keyboard.type("Oficina 5")
    page.get_by_label("Cliente Oficina 5").check()
    page.get_by_role("dialog").get_by_role("checkbox").check()
    page.get_by_role("button", name="Retirar 1 cobrança de Cliente Oficina 5").click()
    expect(row).to_have_count(0)
    other = page.get_by_role("row").filter(has_text="engano-6")
    other.get_by_role("button", name="Dispensar").click()
    page.keyboard.type("chave trocada")
    page.keyboard.press("Enter")
    expect(other).to_have_count(0)
    page.get_by_label("Quais").select_option("dismissed")
    expect(other).to_contain_text("chave trocada")
    with client(demo, "sofia") as sofia:
        (who,) = sofia.get("/api/v1/debtors?q=OF5").json()["items"]
        assert sofia.get(f"/api/v1/debtors/{who['id']}/balance").json()["charges"] == []


def test_a_channel_is_off_in_a_second_and_on_again(context: BrowserContext, demo: Demo) -> None:
    page = office(context, demo, "caio", "Interruptores")
    line = page.locator(".switches li").filter(has_text="SMS")
    line.get_by_role("button", name="Desligar").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Diga por quê")
    page.get_by_label("Por quê").fill("Reclamações no teste da oficina")
    page.keyboard.press("Enter")
    expect(line.get_by_text("desligado")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Reclamações no teste da oficina")).to_contain_text("Caio")
    with client(demo, "caio") as caio:
        assert [each["scope"] for each in caio.get("/api/v1/gate/stops").json()["items"]] == ["channel:sms"]
        line.get_by_role("button", name="Ligar de novo").click()
        expect(line.get_by_text("ligado", exact=True)).to_be_visible()
        assert caio.get("/api/v1/gate/stops").json()["items"] == []
        acts = caio.get("/api/v1/audit?action=gate.").json()["items"]
    page.locator(".parts").get_by_role("link", name="Auditoria").click()
    page.get_by_label("Ato").select_option("gate.")
    expect(page.get_by_role("row").filter(has_text=acts[0]["action"]).first).to_be_visible()


def test_the_evidence_of_a_case_holds_until_a_word_of_it_is_changed(
    context: BrowserContext, demo: Demo, tmp_path: Path
) -> None:
    with client(demo, "caio") as caio:
        case = caio.get("/api/v1/cases?view=all&limit=1").json()["items"][0]["id"]
        caio.get(f"/api/v1/cases/{case}/evidence").raise_for_status()
    page = office(context, demo, "caio", "Auditoria")
    page.get_by_label("Caso", exact=True).fill(case)
    row = page.get_by_role("row").filter(has_text="evidence.").first
    with page.expect_download() as told:
        row.get_by_role("link", name="Prova").click()
    whole = tmp_path / "whole.zip"
    whole.write_bytes(told.value.path().read_bytes())
    sound = _verified(whole)
    assert sound.returncode == 0 and f"of case {case}" in sound.stdout, sound.stderr
    refused = _verified(_altered(whole, 2))
    assert refused.returncode == 1 and "REFUSED: record 2 (" in refused.stderr and "was altered" in refused.stderr


def test_who_has_nothing_to_do_there_is_told_so(context: BrowserContext, demo: Demo) -> None:
    page = sign_in(context, demo, "ana", "/office")
    expect(page.get_by_text("Seu papel não tem nada a fazer aqui.")).to_be_visible()
    assert page.locator(".parts a").count() == 0


def _verified(bundle: Path) -> subprocess.CompletedProcess[str]:
    """What the verifier that lies in the bundle says, run alone as whoever holds it would."""
    with ZipFile(bundle) as held:
        script = Path(held.extract("verify.py", bundle.parent))
    return subprocess.run([sys.executable, "-I", str(script), str(bundle)], capture_output=True, text=True, timeout=60)


def _altered(bundle: Path, number: int) -> Path:
    """The same with a word of one record changed."""
    made = bundle.with_name("altered.zip")
    with ZipFile(bundle) as whole, ZipFile(made, "w") as out:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "records.jsonl":
                lines = content.decode().splitlines()
                record = json.loads(lines[number - 1])
                record["body"] = {**record["body"], "added": "later"}
                lines[number - 1] = json.dumps(record)
                content = "".join(f"{line}\n" for line in lines).encode()
            out.writestr(name, content)
    return made
