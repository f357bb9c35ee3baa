"""A debtor's file: the message at once, the file when it has been fetched and judged."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from console.timeline.attach import MIB
from tests.flows.carriers import Carriers, carried
from tests.timeline import samples


@pytest.fixture(scope="module")
def carriers() -> Iterator[Carriers]:
    with carried() as made:
        yield made


@pytest.fixture(scope="module")
def sofia(carriers: Carriers) -> httpx2.Client:
    return carriers.book.server.sign_in("sofia")


def thread(client: httpx2.Client, name: str = "Maria") -> list[dict[str, Any]]:
    cases = client.get("/api/v1/cases?view=all").json()["items"]
    case = next(each for each in cases if each["debtor"]["name"].startswith(name))
    found: list[dict[str, Any]] = client.get(f"/api/v1/cases/{case['id']}/timeline").json()["items"]
    return found


def settled(client: httpx2.Client, provider_id: str) -> dict[str, Any]:
    """The message, once nothing of it is pending any more."""
    for _ in range(200):
        for item in _of(client, provider_id):
            if item["attachments"] and all(each["state"] != "pending" for each in item["attachments"]):
                return item
        time.sleep(0.05)
    raise AssertionError(f"still pending: {_of(client, provider_id)}")


def _of(client: httpx2.Client, provider_id: str) -> list[dict[str, Any]]:
    cases = client.get("/api/v1/cases?view=all").json()["items"]
    items = [item for case in cases for item in client.get(f"/api/v1/cases/{case['id']}/timeline").json()["items"]]
    return [item for item in items if item.get("provider_id") == provider_id]


def test_a_picture_arrives_with_its_size_and_can_be_opened(carriers: Carriers, sofia: httpx2.Client) -> None:
    made = carriers.writes("segue a foto", files={"foto.png": ("image/png", samples.png(40, 30))})
    item = settled(sofia, made)
    (file,) = item["attachments"]
    assert (file["state"], file["type"], file["width"], file["height"]) == ("ready", "image/png", 40, 30)
    assert file["size"] == len(samples.png(40, 30))
    assert file["inline"] is True


def test_a_document_is_ready_and_downloaded(carriers: Carriers, sofia: httpx2.Client) -> None:
    made = carriers.writes(files={"recibo.pdf": ("application/pdf", samples.PDF)})
    (file,) = settled(sofia, made)["attachments"]
    assert (file["state"], file["type"], file["name"], file["inline"]) == (
        "ready",
        "application/pdf",
        "recibo.pdf",
        False,
    )


def test_a_script_that_was_sent_as_a_picture_is_only_bytes(carriers: Carriers, sofia: httpx2.Client) -> None:
    made = carriers.writes(files={"foto.jpg": ("image/jpeg", samples.SVG)})
    (file,) = settled(sofia, made)["attachments"]
    assert (file["state"], file["type"], file["inline"]) == ("ready", "application/octet-stream", False)


def test_a_picture_made_to_explode_is_refused_with_its_reason(carriers: Carriers, sofia: httpx2.Client) -> None:
    made = carriers.writes(files={"foto.png": ("image/png", samples.png(60_000, 60_000))})
    (file,) = settled(sofia, made)["attachments"]
    assert (file["state"], file["reason"]) == ("refused", "picture_too_large")


def test_a_file_beyond_the_limit_is_refused(carriers: Carriers, sofia: httpx2.Client) -> None:
    made = carriers.writes(files={"enorme.pdf": ("application/pdf", samples.PDF + b"\0" * 16 * MIB)})
    (file,) = settled(sofia, made)["attachments"]
    assert (file["state"], file["reason"]) == ("refused", "too_big")


def test_a_file_that_the_provider_no_longer_has_is_gone(carriers: Carriers, sofia: httpx2.Client) -> None:
    body: dict[str, Any] = {
        "type": "image",
        "image": {"id": "404404404404", "mime_type": "image/jpeg", "sha256": "AAAA"},
    }
    made = carriers.book.writes(**body)
    (file,) = settled(sofia, made)["attachments"]
    assert (file["state"], file["reason"]) == ("gone", "gone")


def test_screens_see_the_message_first_and_the_file_arrive(carriers: Carriers, sofia: httpx2.Client) -> None:
    server = carriers.book.server
    carriers.writes("oi", sender="joao")
    while not (cases := [each for each in sofia.get("/api/v1/cases?view=all").json()["items"]
                         if each["debtor"]["name"].startswith("João")]):  # fmt: skip
        time.sleep(0.05)
    with connect(server.ws_url, additional_headers=server.socket_headers(sofia)) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None, "topics": [f"case:{cases[0]['id']}"]}))
        assert json.loads(socket.recv(timeout=20))["type"] == "ready"
        carriers.writes("e a foto", sender="joao", files={"foto.png": ("image/png", samples.png())})
        states: list[str] = []
        while states[-1:] != ["ready"]:
            frame = json.loads(socket.recv(timeout=20))
            if frame.get("name") in ("message.created", "message.updated"):
                states += [each["state"] for each in frame["data"]["attachments"]]
    assert states == ["pending", "ready"]


MAIL = (
    b"From: Maria Souza <maria@example.com>\r\nTo: cobranca@ipe.example\r\nMessage-ID: <f1@example.com>\r\n"
    b"Subject: Comprovante\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nSegue.\r\n"
    b"--b\r\nContent-Type: application/pdf; name=recibo.pdf\r\nContent-Disposition: attachment\r\n\r\n"
    + samples.PDF.replace(b"\n", b"\r\n")
    + b"\r\n--b--\r\n"
)


def test_a_file_that_came_along_with_a_mail_is_ready_too(carriers: Carriers, sofia: httpx2.Client) -> None:
    assert carriers.book.mail(MAIL).status_code == 200
    for _ in range(200):
        cases = sofia.get("/api/v1/cases?view=all").json()["items"]
        items = [i for c in cases for i in sofia.get(f"/api/v1/cases/{c['id']}/timeline").json()["items"]]
        found = [i for i in items if i.get("subject") == "Comprovante" and i["attachments"][0]["state"] != "pending"]
        if found:
            break
        time.sleep(0.05)
    (file,) = found[0]["attachments"]
    assert (file["state"], file["type"], file["name"]) == ("ready", "application/pdf", "recibo.pdf")
