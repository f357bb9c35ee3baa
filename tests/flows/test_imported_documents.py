"""A zip of a creditor's own documents: each beside its charge, once, and every wrong one named."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2

from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_imports import brought, debtor, ended

HEAD = "id_devedor;nome;id_cobranca;numero;vencimento;valor"
SOON = date.today() + timedelta(days=20)
PDF = b"%PDF-1.4 "


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def send(scene: Scene, client: httpx2.Client, data: bytes, **more: str) -> httpx2.Response:
    form = {"kind": "documents", "portfolio": scene.book.id, **more}
    return client.post("/api/v1/imports", data=form, files={"file": ("papers.zip", data, "application/zip")})


def done(scene: Scene, data: bytes, **more: str) -> dict[str, Any]:
    made = send(scene, scene.admin, data, **more)
    assert made.status_code == 201, made.text
    return ended(scene.admin, made.json())


def files(scene: Scene, key: str) -> dict[str, tuple[str, str]]:
    """(kind, why) by name."""
    opened = scene.sofia.post("/api/v1/cases", json={"client_id": new_id(), "debtor": debtor(scene, key),
                                                     "portfolio": scene.book.id})  # fmt: skip
    ledger = scene.sofia.get(f"/api/v1/cases/{opened.json()['id']}/ledger").json()
    return {each["name"]: (each["kind"], each["why"]) for each in ledger["files"]}


def lying(scene: Scene) -> set[Path]:
    return {path for path in scene.server.services.files.folder.rglob("*") if path.is_file()}


def test_each_lies_beside_its_charge_once_and_a_newer_one_takes_its_place(scene: Scene) -> None:
    brought(scene, HEAD, *(f"Z{n};Pessoa {n};C-{n}/{n};{n};{SOON};300,00" for n in range(12)))
    papers = {f"lote/C-{n}%2F{n}.boleto.pdf": PDF + str(n).encode() for n in range(12)}
    papers |= {"C-0%2F0.fatura.PDF": PDF + b"invoice", "__MACOSX/._x": b"x", "lote/.DS_Store": b"x"}
    before = lying(scene)
    dry = done(scene, zipped(papers), dry_run="true")
    assert (dry["created"], dry["rejected"]) == (13, 0) and lying(scene) == before
    made = done(scene, zipped(papers))
    assert (made["rows"], made["created"], made["rejected"], made["errors_url"]) == (13, 13, 0, None)
    assert files(scene, "Z0") == {"C-0%2F0.boleto.pdf": ("boleto", ""), "C-0%2F0.fatura.PDF": ("invoice", "")}
    assert len(lying(scene) - before) == 13, "the zip itself is gone"
    again = done(scene, zipped(papers))
    assert (again["created"], again["known"]) == (0, 13) and len(lying(scene) - before) == 13
    newer = done(scene, zipped({"C-1%2F1.boleto.pdf": PDF + b"newer"}))
    assert newer["created"] == 1
    assert len(lying(scene) - before) == 14, "what was replaced is kept, for messages that carried it"


def test_what_is_wrong_in_a_file_is_named_with_its_name(scene: Scene) -> None:
    brought(scene, HEAD, f"Y1;Pessoa;Y1-1;1;{SOON};300,00", f"Y2;Outra;Y2-1;1;{SOON};300,00")
    brought(scene, "debtor_id,charge_id,reason", "Y2,Y2-1,sold", kind="recalls")
    before = lying(scene)
    made = done(scene, zipped({
        "Y1-1.boleto.pdf": PDF, "a/Y1-1.boleto.pdf": PDF, "Y1-1.pdf": PDF, "Y1-1.carta.pdf": PDF,
        "Y1-1.invoice.pdf": b"MZ\x90\x00" + bytes(300), "Nobody.boleto.pdf": PDF, "Y2-1.boleto.pdf": PDF,
        "Y1-1.boleto.docx": PDF,
    }))  # fmt: skip
    assert (made["created"], made["rejected"], made["errors_url"]) == (1, 7, None)
    told = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert sorted((each["args"]["file"], each["code"]) for each in told) == [
        ("Nobody.boleto.pdf", "paper_charge"), ("Y1-1.boleto.docx", "paper_name"), ("Y1-1.boleto.pdf", "paper_twice"),
        ("Y1-1.carta.pdf", "paper_name"), ("Y1-1.invoice.pdf", "paper_type"), ("Y1-1.pdf", "paper_name"),
        ("Y2-1.boleto.pdf", "paper_taken_back"),
    ]  # fmt: skip
    assert all(each["args"]["file"] in each["says"] for each in told)
    assert len(lying(scene) - before) == 1
    assert scene.admin.get(f"/api/v1/imports/{made['id']}/errors").status_code == 404


def test_what_is_no_zip_or_a_damaged_one_says_so(scene: Scene) -> None:
    brought(scene, HEAD, f"X1;Pessoa;X1-1;1;{SOON};300,00")
    for data, code in ((b"%PDF-1.4", "no_archive"), (zipped({}), "empty"), (zipped({".x": b"1"}), "empty")):
        failed = done(scene, data)
        assert (failed["state"], failed["why_code"]) == ("failed", code), failed
    spoiled = bytearray(zipped({"X1-1.boleto.pdf": PDF + b"x" * 5_000}))
    spoiled[60:64] = b"\xff\xff\xff\xff"
    made = done(scene, bytes(spoiled))
    (told,) = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert (made["rejected"], told["code"]) == (1, "paper_unread")
    bomb = zipped({"X1-1.boleto.pdf": PDF + bytes(60 * 1024 * 1024)})
    assert len(bomb) < 1_000_000
    made = done(scene, bomb)
    (told,) = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert (made["rejected"], told["code"]) == (1, "paper_size")
    assert send(scene, scene.ana, bomb).status_code == 403
