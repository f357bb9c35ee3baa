"""A mail in its frame: safe, silent, and its foreign pictures only when somebody asks."""

from __future__ import annotations

import base64
import os
import re
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import msgspec
import pytest

from console.audit.models import audit
from console.cases.claim import claim
from console.child import DEADLINE
from console.store.statement import rows, value
from console.timeline.dresser import Wish
from console.timeline.frame import Picture, sign
from console.wire.ids import new_id
from console.workers.kinds import run_jobs
from tests.flows.desk import Scene
from tests.server import running
from tests.timeline import samples

BIG = samples.png(8, 8) + b"\0" * 300 * 1024


class Pictures(BaseHTTPRequestHandler):
    """Somebody's web server: a pixel, a page that calls itself a picture, nothing."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path + " " + (self.headers.get("Cookie") or self.headers.get("Referer") or "-"))
        body = {"/pixel.gif": samples.gif(), "/page.png": samples.HTML}.get(self.path.split("?")[0])
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def pictures() -> Iterator[str]:
    Pictures.asked = []
    with HTTPServer(("127.0.0.1", 0), Pictures) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def scene(pictures: str) -> Iterator[Scene]:
    with running(origins=frozenset({pictures}), workers={"jobs": run_jobs}) as server:
        yield Scene(server)


@pytest.fixture(scope="module")
def mail(scene: Scene, pictures: str) -> dict[str, Any]:
    """A mail with everything in it, once its own files are here; Ana owns its case."""
    assert scene.book.mail(_mail(pictures)).status_code == 200
    for _ in range(300):
        cases = scene.sofia.get("/api/v1/cases?view=all").json()["items"]
        for case in cases:
            for item in scene.sofia.get(f"/api/v1/cases/{case['id']}/timeline").json()["items"]:
                if item.get("subject") == "Proposta" and _whole(scene, item["id"]):
                    scene.server.write(claim, scene.world.actor("ana"), case["id"])
                    found: dict[str, Any] = item
                    return found
    raise AssertionError("the mail did not arrive")


def _whole(scene: Scene, item_id: str) -> bool:
    from console.timeline.queries import files_of

    found = scene.server.read(files_of, item_id)
    return len(found) == 2 and all(row.state == "ready" for row in found)


def _mail(pictures: str) -> bytes:
    page = (
        f'<p onclick="x()">Veja a <a href="https://loja.example/x">proposta</a></p><script>alert(1)</script>'
        f'<img src="{pictures}/pixel.gif?id=1"><img src="{pictures}/page.png"><img src="cid:small"><img src="cid:big">'
        f'<form action="https://evil.example"><input></form>'
    )
    parts = [("text/html; charset=utf-8", "", page.encode())]
    for name, content in (("small", samples.png()), ("big", BIG)):
        parts.append(
            ("image/png", f"Content-ID: <{name}>\r\nContent-Disposition: inline; filename={name}.png\r\n", content)
        )
    body = b"".join(
        f"--b\r\nContent-Type: {kind}\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(content).replace(b"\n", b"\r\n")
        for kind, more, content in parts
    )
    head = (
        "From: Maria Souza <maria@example.com>\r\nTo: cobranca@ipe.example\r\nMessage-ID: <h1@example.com>\r\n"
        "Subject: Proposta\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    )
    return head.encode() + body + b"--b--\r\n"


def test_the_frame_holds_nothing_that_runs_and_asks_nobody_for_anything(
    scene: Scene, mail: dict[str, Any], pictures: str
) -> None:
    answer = scene.ana.get(mail["html"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data: {scene.server.url}; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    for word in ("<script", "onclick", "<form", "evil.example", pictures):
        assert word not in answer.text
    assert answer.headers["acordo-blocked-images"] == "2"
    assert 'rel="noopener noreferrer nofollow"' in answer.text
    assert Pictures.asked == []


def test_a_small_picture_of_the_mail_is_part_of_it_and_a_large_one_has_an_address(
    scene: Scene, mail: dict[str, Any]
) -> None:
    page = scene.ana.get(mail["html"]).text
    assert f"data:image/png;base64,{base64.b64encode(samples.png()).decode()}" in page
    (address,) = re.findall(r'src="(http[^"]+/part/[^"]+)"', page)
    nobody = httpx2.Client()  # the frame's origin is opaque: no cookie comes along
    answer = nobody.get(address.replace("&amp;", "&"))
    assert (answer.status_code, answer.content) == (200, BIG)
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert nobody.get(address.split("?")[0]).status_code == 404
    assert nobody.get(address + "x").status_code == 404
    nobody.close()


def test_what_is_kept_away_and_where_links_lead_is_told(scene: Scene, mail: dict[str, Any]) -> None:
    told = scene.ana.get(mail["html"].replace("/html", "/mail")).json()
    assert told == {"blocked_images": 2, "links": ["https://loja.example/x"], "truncated": False}


def test_foreign_pictures_come_through_us_when_asked_for_and_it_is_audited(
    scene: Scene, mail: dict[str, Any], pictures: str
) -> None:
    page = scene.ana.get(mail["html"] + "?images=1")
    assert page.headers["acordo-blocked-images"] == "0"
    assert pictures not in page.text
    addresses = [each.replace("&amp;", "&") for each in re.findall(r'src="(http[^"]+/image/[^"]+)"', page.text)]
    assert len(addresses) == 2 and Pictures.asked == []
    with httpx2.Client() as nobody:
        pixel, fake = (nobody.get(each) for each in addresses)
        assert (pixel.status_code, pixel.content, pixel.headers["content-type"]) == (200, samples.gif(), "image/gif")
        assert pixel.headers["cross-origin-resource-policy"] == "cross-origin"
        assert fake.status_code == 404  # a page, whatever it calls itself
        assert nobody.get(addresses[0].split("?")[0]).status_code == 404
    assert [each.split()[1] for each in Pictures.asked] == ["-", "-"], "a cookie or an address of ours went along"
    acts = scene.server.read(rows, audit.select().with_only_columns(audit.c.action), value)
    assert acts.count("mail.images_shown") == 1 and acts.count("mail.image_fetched") == 1


def test_no_address_but_a_signed_one_is_fetched(scene: Scene, mail: dict[str, Any]) -> None:
    services, base = scene.server.services, mail["html"].replace("/html", "/image/0")
    for url in ("http://127.0.0.1:9/x", "https://127.0.0.1/x", "https://[::1]/x", "file:///etc/passwd", ""):
        token = sign(services, Picture(mail["id"], scene.server.ids["ana"], url=url))
        assert scene.ana.get(base, params={"t": token}).status_code == 404
    other = sign(services, Picture(new_id(), scene.server.ids["ana"], url="https://example.com/x.png"))
    assert scene.ana.get(base, params={"t": other}).status_code == 404


def test_a_mail_that_takes_too_long_to_make_safe_is_shown_as_words(scene: Scene, mail: dict[str, Any]) -> None:
    """The process that was at it is ended; whoever reads has its words and is told, and the next mail is whole."""
    answer = _stuck(scene, mail["html"])
    told = _stuck(scene, mail["html"].replace("/html", "/mail")).json()
    assert answer.status_code == 200 and "<pre>Veja a proposta" in answer.text
    assert told == {"blocked_images": 0, "links": [], "truncated": True}
    assert "<img" not in answer.text and 'href="https://loja.example/x"' in scene.ana.get(mail["html"]).text


def _stuck(scene: Scene, path: str) -> httpx2.Response:
    """The answer while the process that makes mails safe stands still."""
    child = scene.server.services.frames
    assert scene.ana.get(path).status_code == 200
    os.kill(child.process.pid, signal.SIGSTOP)
    child.deadline = 0.5
    try:
        return scene.ana.get(path)
    finally:
        child.deadline = DEADLINE


def test_no_mail_can_say_where_a_picture_is_signed(scene: Scene, mail: dict[str, Any]) -> None:
    """The mark in whose place a signed address comes is made anew for each look: none of a look before holds."""
    asked: list[Wish] = []
    real = scene.server.services.frames.ask

    async def told(wish: bytes) -> bytes:
        asked.append(msgspec.msgpack.decode(wish, type=Wish))
        return bytes(await real(wish))

    scene.server.services.frames.ask = told
    try:
        for _ in range(2):
            assert scene.ana.get(mail["html"] + "?images=1").text.count("/image/") == 2
    finally:
        del scene.server.services.frames.ask
    assert asked[0].mark != asked[1].mark and asked[0].mark not in asked[1].html


@pytest.mark.parametrize("suffix", ["/html", "/html?images=1", "/mail"])
def test_a_mail_one_may_not_read_is_like_none(scene: Scene, mail: dict[str, Any], suffix: str) -> None:
    real, none = mail["html"].replace("/html", suffix), f"/api/v1/messages/{new_id()}{suffix}"
    for client in (scene.bruno, scene.admin):
        assert client.get(real).status_code == client.get(none).status_code == 404
        assert client.get(real).content == client.get(none).content
    assert scene.server.client().get(real).status_code == 401
    assert scene.caio.get(real).status_code == 200


def test_a_message_without_html_has_no_frame(scene: Scene) -> None:
    items = scene.ana.get(f"/api/v1/cases/{scene.case}/timeline").json()["items"]
    plain = next(item for item in items if item["kind"] == "message")
    assert scene.ana.get(f"/api/v1/messages/{plain['id']}/html").status_code == 404
