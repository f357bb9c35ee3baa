"""Files of ours, through a real server: sent up, attached, handed out, taken back, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from console.cases.claim import transfer
from console.store.transaction import Tx
from console.timeline.attach import MIB
from console.timeline.models import attachment
from console.timeline.upload import ORPHAN_MS
from console.wire.ids import new_id
from console.workers.orphans import sweep
from tests.flows.desk import Scene
from tests.server import running
from tests.timeline import samples

FORM = "multipart/form-data; boundary=b"


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        yield Scene(server)


@pytest.fixture(autouse=True)
def _unhurried(scene: Scene) -> None:
    """Thirty uploads a minute are for people."""
    scene.server.services.limits._buckets.clear()


def up(
    client: httpx2.Client, content: bytes = samples.PDF, name: str = "boleto.pdf", kind: str = "application/pdf"
) -> httpx2.Response:
    return client.post("/api/v1/uploads", files={"file": (name, content, kind)})


def made(client: httpx2.Client, *args: Any) -> dict[str, Any]:
    answer = up(client, *args)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def test_an_upload_is_named_typed_and_measured_by_us(scene: Scene) -> None:
    file = made(scene.ana, samples.png(4, 3), "../..\\a\u202efoto\u200b.png", "text/html")
    assert (file["name"], file["type"], file["width"], file["height"]) == ("afoto.png", "image/png", 4, 3)
    assert (file["state"], file["size"], file["inline"]) == ("ready", len(samples.png(4, 3)), True)
    assert file["url"] == f"/api/v1/attachments/{file['id']}"


def test_several_files_come_in_one_form(scene: Scene) -> None:
    parts = [("file", ("a.txt", b"um", "text/plain")), ("file", ("b.csv", b"a;b", "text/csv"))]
    answer = scene.ana.post("/api/v1/uploads", files=parts)
    assert [(each["name"], each["type"]) for each in answer.json()["items"]] == [
        ("a.txt", "text/plain"), ("b.csv", "text/csv")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.exe", samples.EXE, "program"),
        ("foto.png", samples.EXE, "program"),
        ("boleto.pdf.exe", samples.PDF, "program"),
        ("x.html", samples.HTML, "markup"),
        ("foto.png", samples.SVG, "markup"),
        ("x.sh", b"#!/bin/sh\n", "script"),
        ("x.js", b"alert(1)", "script"),
        ("foto.png", samples.png(60_000, 60_000), "picture_too_large"),
        ("vazio.txt", b"", "empty"),
    ],
)
def test_what_would_harm_its_reader_is_refused_with_the_reason(
    scene: Scene, name: str, content: bytes, reason: str
) -> None:
    answer = up(scene.ana, content, name)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["field"], answer.json()["reason"]) == ("invalid", "file", reason)


def test_in_a_form_of_several_the_refused_one_is_named_and_none_is_kept(scene: Scene) -> None:
    before = rows(scene)
    parts = [("file", ("a.txt", b"um", "text/plain")), ("file", ("b.exe", samples.EXE, "text/plain"))]
    answer = scene.ana.post("/api/v1/uploads", files=parts)
    assert (answer.status_code, answer.json()["field"]) == (422, "file[1]")
    assert rows(scene) == before


def rows(scene: Scene) -> list[str]:
    from console.store.statement import rows as read
    from console.store.statement import value

    return sorted(scene.server.read(read, attachment.select().with_only_columns(attachment.c.id), value))


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"x", "multipart/form-data", 422),
        (b"no boundary here", FORM, 422),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            422,
        ),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\n\r\n--b--\r\n", FORM, 422),
    ],
)
def test_a_form_that_is_none_is_refused(scene: Scene, body: bytes, kind: str, status: int) -> None:
    answer = scene.ana.post("/api/v1/uploads", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid"), answer.text


def test_too_many_parts_too_long_a_name_and_too_many_bytes_are_refused(scene: Scene) -> None:
    many = [("file", (f"{n}.txt", b"x", "text/plain")) for n in range(21)]
    assert scene.ana.post("/api/v1/uploads", files=many).status_code == 422
    long = up(scene.ana, name="é" * 130 + ".pdf")
    assert (long.status_code, long.json()["field"]) == (422, "file")
    big = up(scene.ana, samples.PDF + b"\0" * (25 * MIB))
    assert (big.status_code, big.json()["code"], big.json()["field"]) == (413, "payload_too_large", "file")
    huge = up(scene.ana, samples.PDF + b"\0" * (27 * MIB))
    assert (huge.status_code, huge.json()["code"]) == (413, "payload_too_large")


def test_an_upload_needs_the_csrf_token_and_a_role_that_writes(scene: Scene) -> None:
    bare = scene.server.client(cookies=scene.ana.cookies)
    assert up(bare).status_code == 403
    assert up(scene.caio).status_code == 403
    assert up(scene.server.client()).status_code == 401


def test_an_upload_is_its_uploaders_own_until_it_is_attached(scene: Scene) -> None:
    file = made(scene.ana)
    assert scene.ana.get(file["url"]).content == samples.PDF
    for other in (scene.bruno, scene.sofia, scene.caio, scene.admin):
        assert other.get(file["url"]).status_code == 404
    stolen = {"client_id": new_id(), "epoch": scene.epoch(), "channel": "whatsapp", "attachments": [file["id"]]}
    scene.server.write(lambda tx: None)
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/messages", json=stolen).status_code in (409, 422)


def test_an_attached_file_is_seen_by_whoever_reads_the_case_and_audited(scene: Scene) -> None:
    file = made(scene.ana)
    sent = scene.reply(attachments=[file["id"]])
    assert sent.status_code == 201, sent.text
    assert [each["id"] for each in sent.json()["attachments"]] == [file["id"]]
    for reader in (scene.ana, scene.sofia, scene.caio):
        assert reader.get(file["url"]).status_code == 200
    for other in (scene.bruno, scene.admin):
        nothing = other.get(f"/api/v1/attachments/{new_id()}")
        hidden = other.get(file["url"])
        assert (hidden.status_code, hidden.content) == (nothing.status_code, nothing.content)
        assert hidden.status_code == 404
    assert scene.server.client().get(file["url"]).status_code == 401
    again = scene.reply(attachments=[file["id"]])
    assert (again.status_code, again.json()["field"]) == (422, "attachments[0]")
    assert scene.ana.delete(file["url"]).status_code == 409


def test_one_takes_back_ones_own_upload_only(scene: Scene) -> None:
    file = made(scene.ana)
    assert scene.bruno.delete(file["url"]).status_code == 404
    assert scene.ana.delete(file["url"]).status_code == 204
    assert scene.ana.get(file["url"]).status_code == 404
    assert scene.ana.delete(file["url"]).status_code == 404
    assert not scene.server.services.files.path(file["id"]).exists()


def test_a_file_is_a_download_under_its_own_name_and_runs_nothing(scene: Scene) -> None:
    file = made(scene.ana, samples.PDF, 'segunda "via" é;.pdf')
    answer = scene.ana.get(file["url"])
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"segunda _via_ __.pdf\"; filename*=UTF-8''segunda%20%22via%22%20%C3%A9%3B.pdf"
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_only_pictures_sound_and_video_are_shown_inline(scene: Scene) -> None:
    shown = {"foto.png": samples.png(), "voz.ogg": samples.OGG, "v.mp4": samples.mp4()}
    for name, content in shown.items():
        file = made(scene.ana, content, name)
        assert scene.ana.get(file["url"]).headers["content-disposition"].startswith("inline;")
        assert scene.ana.get(file["url"] + "?inline=0").headers["content-disposition"].startswith("attachment;")
    for name, content in {"a.txt": b"texto", "b.pdf": samples.PDF}.items():
        file = made(scene.ana, content, name)
        assert scene.ana.get(file["url"] + "?inline=1").headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("asked", "status", "content", "span"),
    [
        ("bytes=0-3", 206, samples.PDF[:4], "bytes 0-3/{n}"),
        ("bytes=5-", 206, samples.PDF[5:], "bytes 5-{last}/{n}"),
        ("bytes=-6", 206, samples.PDF[-6:], "bytes {six}-{last}/{n}"),
        ("bytes=5-999999", 206, samples.PDF[5:], "bytes 5-{last}/{n}"),
        ("bytes=-999999", 206, samples.PDF, "bytes 0-{last}/{n}"),
        ("bytes=999999-", 416, b"", "bytes */{n}"),
        ("bytes=-0", 416, b"", "bytes */{n}"),
        ("bytes=3-1", 416, b"", "bytes */{n}"),
        ("bytes=0-1,3-4", 200, samples.PDF, ""),
        ("bytes=-", 200, samples.PDF, ""),
        ("lines=1-2", 200, samples.PDF, ""),
    ],
)
def test_one_range_is_served(scene: Scene, asked: str, status: int, content: bytes, span: str) -> None:
    file = made(scene.ana)
    answer = scene.ana.get(file["url"], headers={"Range": asked})
    n = len(samples.PDF)
    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("content-range", "") == span.format(n=n, last=n - 1, six=n - 6)


def test_a_range_of_another_version_is_the_whole(scene: Scene) -> None:
    file = made(scene.ana)
    tag = scene.ana.get(file["url"]).headers["etag"]
    same = scene.ana.get(file["url"], headers={"Range": "bytes=0-3", "If-Range": tag})
    other = scene.ana.get(file["url"], headers={"Range": "bytes=0-3", "If-Range": '"x"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_an_upload_that_no_message_took_is_forgotten_after_a_day(scene: Scene) -> None:
    server, services = scene.server, scene.server.services
    old, young, attached = made(scene.ana), made(scene.ana), made(scene.ana)
    assert scene.reply(attachments=[attached["id"]]).status_code == 201

    def age(tx: Tx) -> None:
        from console.store.statement import change

        for file in (old, attached):
            change(tx, attachment, {"id": file["id"]}, created_at=tx.now - ORPHAN_MS - 1)

    server.write(age)
    server.call(sweep(services, {}))
    assert [scene.ana.get(each["url"]).status_code for each in (old, young, attached)] == [404, 200, 200]
    assert not services.files.path(old["id"]).exists()


def test_bytes_that_no_row_names_are_swept_when_they_are_old(scene: Scene) -> None:
    import os

    services = scene.server.services
    left, fresh, kept = new_id(), new_id(), made(scene.ana)["id"]
    for name in (left, fresh):
        services.files.write(name, b"x")
    for name in (left, kept):
        then = (services.clock.real() - ORPHAN_MS) / 1000 - 60
        os.utime(services.files.path(name), (then, then))
    scene.server.call(sweep(services, {}))
    assert [services.files.path(name).exists() for name in (left, fresh, kept)] == [False, True, True]


def test_a_transfer_takes_the_file_out_of_sight_too(scene: Scene) -> None:
    file = made(scene.ana)
    assert scene.reply(attachments=[file["id"]]).status_code == 201
    ana = scene.world.actor("ana")
    give: dict[str, Any] = {"team_id": None, "note": "segue", "epoch": None}
    scene.server.write(transfer, ana, scene.case, user_id=scene.server.ids["bruno"], **give)
    assert (scene.ana.get(file["url"]).status_code, scene.bruno.get(file["url"]).status_code) == (404, 200)
    scene.server.write(transfer, scene.world.actor("bruno"), scene.case, user_id=scene.server.ids["ana"], **give)
