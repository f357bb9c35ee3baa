"""The creditor's own invoice or boleto: kept beside its charge, given to a message while it is true, refused after."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fpdf import FPDF
from PIL import Image

from console.wire.ids import new_id
from tests.demo_server import DemoServer, Desk
from tests.flows.test_documents import document, known, owing


def pdf(text: str) -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("Helvetica", size=12)
    page.cell(text=text)
    return bytes(page.output())


def charge_of(desk: Desk, case: dict[str, Any]) -> str:
    charges = desk.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["charges"]
    return str(charges[0]["id"])


def given(
    desk: Desk, charge: str, content: bytes, kind: str = "boleto", name: str = "boleto.pdf", **form: str
) -> httpx2.Response:
    form = {"kind": kind, "client_id": new_id(), **form}
    return desk.http.post(f"/api/v1/charges/{charge}/documents", data=form, files={"file": (name, content)})


def files(desk: Desk, case: dict[str, Any]) -> dict[str, str]:
    """Why each may not leave, by name."""
    found = desk.http.get(f"/api/v1/cases/{case['id']}/ledger").json()["files"]
    return {each["name"]: each["why"] for each in found}


def reply(ana: Desk, case: dict[str, Any], file: dict[str, Any]) -> httpx2.Response:
    return ana.reply(ana.case(case["id"]), "Segue.", "whatsapp", attachments=[file["id"]])


def test_the_latest_leaves_and_an_older_or_a_paid_one_is_refused(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        charge = charge_of(ana, case)
        first = given(sofia, charge, pdf("first"), name="antigo.pdf")
        assert first.status_code == 201, first.text
        assert (first.json()["number"], first.json()["kind"], first.json()["why"]) == ("F-77", "boleto", "")
        ana.until(lambda frame: frame.get("name") == "charge_file.added" and frame["case"] == case["id"])
        picture = BytesIO()
        Image.new("RGB", (40, 20), "white").save(picture, "PNG")
        assert given(sofia, charge, picture.getvalue(), "invoice", "nota.png").status_code == 201

        known(ana, case)
        taken = document(ana, case, kind="boleto", charge=charge)
        assert (taken.status_code, taken.json()["name"]) == (201, "antigo.pdf"), taken.text
        assert ana.http.get(f"/api/v1/attachments/{taken.json()['id']}").content == pdf_of(first, sofia, demo_server)
        newer = given(sofia, charge, pdf("newer"), name="novo.pdf")
        assert newer.status_code == 201
        assert files(ana, case) == {"antigo.pdf": "replaced", "nota.png": "", "novo.pdf": ""}
        refused = reply(ana, case, taken.json())
        assert (refused.status_code, refused.json()["field"]) == (409, "attachments"), refused.text

        right = document(ana, case)
        assert (right.status_code, right.json()["name"]) == (201, "novo.pdf"), "the latest, without being named"
        sent = reply(ana, case, right.json())
        assert sent.status_code == 201, sent.text
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        assert any("novo.pdf" in str(each) for each in demo_server.outbox(case["phone"]))

        part = {"debtor": case["debtor"]["id"], "method": "pix", "portfolio": case["portfolio"]["id"],
                "paid_at": "2026-11-02T12:00:00.000Z"}  # fmt: skip
        some = {"amount": 1_000, "currency": "BRL"}
        assert sofia.post("/payments", client_id=str(uuid4()), amount=some, **part).status_code == 201
        assert files(ana, case) == {"antigo.pdf": "replaced", "nota.png": "", "novo.pdf": "superseded"}
        gone = document(ana, case, kind="boleto")
        assert (gone.status_code, gone.json()["reason"]) == (409, "superseded"), gone.text
        assert document(ana, case).json()["name"] == "nota.png"
        total = ana.http.get(f"/api/v1/debtors/{case['debtor']['id']}/balance").json()["total"]
        assert sofia.post("/payments", client_id=str(uuid4()), amount=total, **part).status_code == 201
        assert files(ana, case)["nota.png"] == "paid"
        late = document(ana, case, kind="invoice")
        assert (late.status_code, late.json()["reason"]) == (409, "paid"), late.text


def pdf_of(answer: httpx2.Response, desk: Desk, server: DemoServer) -> bytes:
    """The bytes as they lie on the disk."""
    file = str(answer.json()["id"])
    content: bytes = (server.folder / "files" / file[-2:] / file).read_bytes()
    return content


def test_the_same_again_is_one_and_what_is_wrong_is_named(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia:
        case = owing(demo_server, ana, sofia)
        charge, same, content = charge_of(ana, case), new_id(), pdf("same")
        first = given(sofia, charge, content, client_id=same)
        again, other_call = given(sofia, charge, content, client_id=same), given(sofia, charge, content)
        assert (first.status_code, again.status_code, other_call.status_code) == (201, 200, 200), again.text
        assert first.json() == again.json() == other_call.json() and len(files(ana, case)) == 1
        assert given(sofia, charge, pdf("another"), client_id=same).json()["code"] == "conflict"
        for wrong, field in (
            (given(sofia, charge, content, "carnet"), "kind"),
            (given(sofia, charge, content, client_id="1"), "client_id"),
            (given(sofia, charge, b""), "file"),
            (given(sofia, charge, b"MZ\x90\x00" + bytes(200), name="boleto.pdf"), "file"),
            (given(sofia, charge, b"<html><script>x</script></html>", name="boleto.pdf"), "file"),
            (given(sofia, charge, b"just words", name="boleto.txt"), "file"),
        ):
            assert (wrong.status_code, wrong.json()["field"]) == (422, field), wrong.text
        assert given(sofia, new_id(), content).status_code == 404
        assert given(ana, charge, content).status_code == 403
        missing = document(ana, case, kind="invoice")
        assert (missing.status_code, missing.json()["field"]) == (409, "kind")
        assert document(ana, case, kind="statement", charge=charge).json()["field"] == "charge"
        assert len(files(ana, case)) == 1


@pytest.mark.parametrize("kind", ["boleto", None])
def test_who_may_not_read_the_case_gets_none(demo_server: DemoServer, kind: str | None) -> None:
    with demo_server.desk("ana") as ana, demo_server.desk("sofia") as sofia, demo_server.desk("clara") as clara:
        case = owing(demo_server, ana, sofia)
        assert given(sofia, charge_of(ana, case), pdf("mine")).status_code == 201
        assert document(clara, case, **({} if kind is None else {"kind": kind})).status_code == 404
