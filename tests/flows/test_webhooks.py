"""The doors of the providers, through real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from console.store.statement import rows, value
from console.timeline.models import item
from tests.flows.book import VERIFY, Book, envelope, open_book
from tests.server import Server, running

HEAD = b"From: Maria <maria@example.com>\r\nTo: cobranca@ipe.example\r\nMessage-ID: <1@example.com>\r\nSubject: Oi"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(workers={}) as made:
        yield made


@pytest.fixture(scope="module")
def book(server: Server) -> Book:
    return open_book(server)


def texts(book: Book) -> list[str]:
    return book.server.read(rows, select(item.c.text).where(item.c.kind == "message"), value)


def said(provider_id: str, text: str) -> dict[str, Any]:
    message = {"from": "5511900000000", "id": provider_id, "timestamp": "1795000000", "type": "text"}
    return envelope({**message, "text": {"body": text}})


def test_a_signed_delivery_needs_no_session_and_is_stored_before_it_is_answered(book: Book) -> None:
    book.writes("Quero negociar")
    assert "Quero negociar" in texts(book)


def test_a_delivery_under_another_secret_stores_nothing(book: Book) -> None:
    body = {
        "from": "5511900000000",
        "id": "wamid.forged",
        "timestamp": "1795000000",
        "type": "text",
        "text": {"body": "forged"},
    }
    answer = book.meta(envelope(body), secret="another")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "forged" not in texts(book)


def test_the_same_delivery_twice_is_one_message(book: Book) -> None:
    body = {
        "from": "5511900000001",
        "id": "wamid.twice",
        "timestamp": "1795000000",
        "type": "text",
        "text": {"body": "twice"},
    }
    assert [book.meta(envelope(body)).status_code for _ in range(2)] == [200, 200]
    assert texts(book).count("twice") == 1


def test_metas_challenge_is_answered_for_our_token_only(book: Book) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    at = f"/webhooks/meta/{book.whatsapp}"
    client = book.server.client()
    right = client.get(at, params={**query, "hub.verify_token": VERIFY})
    assert (right.status_code, right.text) == (200, "1158201444")
    assert client.get(at, params={**query, "hub.verify_token": "guess"}).status_code == 403
    bare = client.get(at, params={"hub.mode": "subscribe", "hub.verify_token": VERIFY})
    assert bare.status_code == 400 and "hub.challenge" in bare.json()["detail"]


def test_a_mail_comes_through_the_pipe_beyond_the_limit_of_json(book: Book) -> None:
    long = HEAD + b"\r\n\r\nBom dia\r\n" + b"uma linha a mais\r\n" * 30_000
    assert book.mail(long).status_code == 200
    assert book.mail(long, secret="another").status_code == 403
    assert any(text.startswith("Bom dia") for text in texts(book))


@pytest.mark.parametrize("path", ["meta/none", "twilio/none", "twilio/none/status", "email/none"])
def test_a_door_of_no_inbox_does_not_exist(book: Book, path: str) -> None:
    assert book.server.client().post(f"/webhooks/{path}", content=b"x").status_code == 404


def test_an_inbox_answers_at_its_own_providers_door_only(book: Book) -> None:
    assert book.server.client().post(f"/webhooks/twilio/{book.whatsapp}", content=b"x").status_code == 404
