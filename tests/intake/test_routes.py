"""What came in, as operators see it: masked, replayed, and its bytes for compliance alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from console.audit.models import audit
from console.intake.masked import masked
from console.portfolios.set_up import NewInbox, add_inbox
from console.store.statement import rows, value
from console.wire.ids import new_id
from tests.flows.book import SECRET, VERIFY, Book, envelope
from tests.server import Server

NUMBER = "5511977770000"


def lines(server: Server, who: str = "admin", **query: Any) -> list[dict[str, Any]]:
    answer = server.sign_in(who).get("/api/v1/intake", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_delivery_is_listed_with_what_it_produced(server: Server, book: Book) -> None:
    book.writes("segredo de Maria", NUMBER)
    line = lines(server)[0]
    assert (line["state"], line["inbox"], line["door"]) == ("stored", book.whatsapp, "webhook")
    (made,) = line["produced"]
    assert made["kind"] == "message" and made["case"] and line["size"] > 100


def test_an_operator_sees_its_structure_and_none_of_its_words(server: Server, book: Book) -> None:
    book.writes("segredo de Maria", NUMBER)
    line = lines(server)[0]
    answer = server.sign_in("admin").get(f"/api/v1/intake/{line['id']}")
    assert "segredo" not in answer.text and NUMBER not in answer.text and "Maria" not in answer.text
    message = answer.json()["body"]["entry"][0]["changes"][0]["value"]["messages"][0]
    assert message["type"] == "text" and message["text"] == {"body": "••• (16)"}
    assert answer.json()["headers"]["x-hub-signature-256"] == "•••"


def test_the_bytes_are_for_compliance_alone_and_looking_is_audited(server: Server, book: Book) -> None:
    book.writes("segredo de Maria", NUMBER)
    path = f"/api/v1/intake/{lines(server)[0]['id']}/raw"
    for who in ("ana", "sofia", "admin"):
        assert server.sign_in(who).get(path).status_code == 403
    raw = server.sign_in("caio").get(path)
    assert b"segredo de Maria" in raw.content and raw.headers["content-type"] == "application/octet-stream"
    assert raw.headers["content-disposition"].startswith("attachment")
    seen = server.read(rows, select(audit.c.object).where(audit.c.action == "intake.read"), value)
    assert seen == [f"delivery:{path.split('/')[4]}"]


def test_deliveries_are_no_business_of_agents_and_supervisors(server: Server, book: Book) -> None:
    for who in ("ana", "sofia"):
        assert server.sign_in(who).get("/api/v1/intake").status_code == 403
    for path in ("/api/v1/intake/nothing", "/api/v1/intake/nothing/raw"):
        assert server.sign_in("caio").get(path).status_code == 404
    assert server.sign_in("admin").post("/api/v1/intake/nothing/replay").status_code == 404


def test_a_dead_letter_is_carried_out_once_what_was_wrong_is_mended(server: Server, book: Book) -> None:
    text = {
        "from": NUMBER,
        "id": f"wamid.{new_id()}",
        "timestamp": "1795000000",
        "type": "text",
        "text": {"body": "Oi"},
    }
    body = envelope(text)
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "777"
    assert book.meta(body).status_code == 200
    line = lines(server, state="dead")[0]
    assert line["reason"] == "number_of_another_app"
    admin = server.sign_in("admin")
    again = admin.post(f"/api/v1/intake/{line['id']}/replay")
    assert again.status_code == 200 and again.json()["state"] == "dead"
    other = server.write(add_inbox, server.services.vault, second_number(book))
    mended = admin.post(f"/api/v1/intake/{line['id']}/replay").json()
    assert mended["state"] == "stored" and mended["produced"][0]["case"] and mended["inbox"] != other
    assert admin.post(f"/api/v1/intake/{line['id']}/replay").json()["produced"] == mended["produced"]
    assert [each["id"] for each in lines(server) if each["id"] == line["id"]] == [line["id"]]


def test_what_was_stored_the_first_time_stays_so_in_the_verdict_of_a_replay(server: Server, book: Book) -> None:
    parts = [envelope({"from": NUMBER, "id": f"wamid.{new_id()}", "timestamp": "1795000000", "type": "text",
                       "text": {"body": "Oi"}}) for _ in range(2)]  # fmt: skip
    body, other = parts
    other["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "888"
    body["entry"] += other["entry"]
    book.meta(body)
    line = lines(server, state="dead")[0]
    assert [each["state"] for each in line["produced"]] == ["stored", "dead"]
    told = server.sign_in("admin").post(f"/api/v1/intake/{line['id']}/replay").json()
    assert told["produced"] == line["produced"]


def test_a_duplicate_has_nothing_to_replay(server: Server, book: Book) -> None:
    text = {
        "from": NUMBER,
        "id": f"wamid.{new_id()}",
        "timestamp": "1795000000",
        "type": "text",
        "text": {"body": "Oi"},
    }
    for _ in range(2):
        book.meta(envelope(text))
    line = lines(server, state="duplicate")[0]
    refused = server.sign_in("admin").post(f"/api/v1/intake/{line['id']}/replay")
    assert (refused.status_code, refused.json()["state"]) == (409, "duplicate")
    assert server.sign_in("caio").get(f"/api/v1/intake/{line['id']}/raw").status_code == 409


def test_lists_are_filtered_and_go_on_where_the_page_ended(server: Server, book: Book) -> None:
    for _ in range(3):
        book.writes("Oi", NUMBER)
    admin = server.sign_in("admin")
    everything = [each["id"] for each in lines(server, limit=200)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = admin.get("/api/v1/intake", params=query).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == everything
    assert lines(server, inbox=book.email) == []
    for query, field in (({"state": "odd"}, "state"), ({"limit": 0}, "limit"), ({"cursor": "x"}, "cursor")):
        assert admin.get("/api/v1/intake", params=query).json()["field"] == field


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b'{"from": "maria@example.com", "n": 5511977770000, "ok": true, "type": "text", "list": ["Maria"]}',
            "application/json",
        ),
        (b"From=%2B5511977770000&Body=Maria&SmsStatus=received", "application/x-www-form-urlencoded"),
        (b"From: Maria <maria@example.com>\r\nAuto-Submitted: no\r\n\r\nMaria", "message/rfc822"),
        (b"not json Maria", "application/json"),
        (b"Maria", "image/png"),
        (b"{" + b" " * 300_000 + b"}", "application/json"),
    ],
)
def test_nothing_of_anybody_is_left_in_a_masked_body(body: bytes, kind: str) -> None:
    shown = str(masked(body, kind))
    assert not any(word in shown for word in ("Maria", "maria", "7770000"))
    assert any(word in shown for word in ("text", "received", "no", "None"))


def second_number(book: Book) -> NewInbox:
    return NewInbox(
        portfolio=book.id, channel="whatsapp", provider="meta", address="+551140000077",
        config={"phone_number_id": "777", "waba_id": "4195"},
        secrets={"app_secret": SECRET, "verify_token": VERIFY, "access_token": "meta-token"},
    )  # fmt: skip
