"""When the writer has more to do than it can: who is turned away, in which order, and who never."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from channels.types import Delivery
from console.store.lanes import (
    CHEAP,
    FIRST,
    LONGEST,
    MAIL_WAITS,
    OUTREACH_WAITS,
    PATIENCE_S,
    REST,
    SEARCH_WAITS,
    SIGNALS_WAIT,
    STATUS,
    WALL_WAITS,
)  # fmt: skip
from console.workers.mailboxes import _Accept
from tests.flows.book import PHONE_ID, Book, envelope, open_book
from tests.server import running
from tests.web.sockets import names, opened


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    with running(workers={}) as server:
        yield open_book(server)


@pytest.fixture(autouse=True)
def calm(book: Book) -> Iterator[None]:
    yield
    book.server.services.store.load.waiting[:] = [0, 0, 0]


def busy(book: Book, *lanes: int) -> None:
    """As if so many stood in these lanes already."""
    for where in lanes:
        book.server.services.store.load.waiting[where] = LONGEST + 1


def message(text: str, name: str) -> dict[str, Any]:
    return envelope({"from": "5511987654321", "id": f"wamid.{name}", "timestamp": "1795000000", "type": "text",
                     "text": {"body": text}})  # fmt: skip


def receipt(name: str) -> dict[str, Any]:
    told = {"id": f"wamid.{name}", "status": "delivered", "timestamp": "1795000000", "recipient_id": "5511987654321"}
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": PHONE_ID}, "statuses": [told]}
    return {"object": "whatsapp_business_account",
            "entry": [{"id": "4195", "changes": [{"field": "messages", "value": value}]}]}  # fmt: skip


def turned_away(answer: httpx2.Response) -> bool:
    if answer.status_code != 503:
        return False
    assert 1 <= int(answer.headers["retry-after"]) <= 5 and answer.json()["code"] == "unavailable"
    return True


def test_a_change_that_can_wait_is_turned_away_first_and_statuses_before_messages(book: Book) -> None:
    ana = book.server.sign_in("ana")
    presence = {"status": "online"}
    busy(book, REST)
    assert turned_away(ana.put("/api/v1/me/presence", json=presence))
    assert book.meta(receipt("s1")).status_code == 200 and book.meta(message("oi", "m1")).status_code == 200
    busy(book, STATUS)
    assert turned_away(book.meta(receipt("s2"))) and book.meta(message("oi", "m2")).status_code == 200
    busy(book, FIRST)
    assert turned_away(book.meta(message("oi", "m3")))
    assert ana.get("/api/v1/cases?view=queue").status_code == 200, "reading goes on"


def test_signing_in_is_turned_away_with_the_statuses(book: Book) -> None:
    body = {"email": "ana@demo.acordo.example", "password": "acordo-demo"}
    busy(book, REST)
    assert book.server.client().post("/api/v1/session", json=body).status_code == 200
    busy(book, STATUS)
    assert turned_away(book.server.client().post("/api/v1/session", json=body))


def test_whoever_asks_for_silence_is_heard_however_busy_we_are(book: Book) -> None:
    busy(book, FIRST, STATUS, REST)
    assert turned_away(book.meta(message("oi", "m4")))
    assert book.meta(message("Não quero mais receber mensagens", "m5")).status_code == 200


def test_a_take_over_is_never_turned_away(book: Book) -> None:
    assert book.meta(message("oi", "m6")).status_code == 200
    ana, sofia = book.server.sign_in("ana"), book.server.sign_in("sofia")
    (case,) = ana.get("/api/v1/cases?view=queue").json()["items"]
    assert ana.post(f"/api/v1/cases/{case['id']}/claim", json={}).status_code == 200
    busy(book, FIRST, STATUS, REST)
    assert turned_away(ana.post(f"/api/v1/cases/{case['id']}/release", json={}))
    assert sofia.post(f"/api/v1/cases/{case['id']}/takeover", json={}).status_code == 200


def strained(book: Book, patch: pytest.MonkeyPatch, strain: float) -> None:
    """As if so much of a lane's patience were used up (1: people are turned away)."""
    patch.setattr(book.server.services.store.load, "strain", lambda: strain)


def test_what_is_done_without_goes_in_its_order_before_anybody_is_turned_away() -> None:
    assert 0 < SIGNALS_WAIT < WALL_WAITS < SEARCH_WAITS < OUTREACH_WAITS < MAIL_WAITS < 1


def test_signs_of_typing_are_the_first_to_go(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    assert book.meta(message("oi", "m7")).status_code == 200
    ana, sofia = book.server.sign_in("ana"), book.server.sign_in("sofia")
    case = sofia.get("/api/v1/cases?view=all").json()["items"][0]["id"]
    ana.post(f"/api/v1/cases/{case}/claim", json={})
    with opened(book.server, ana) as she, opened(book.server, sofia) as watches:
        she.hello(topics=[f"case:{case}"])
        watches.hello(topics=[f"case:{case}"])
        strained(book, monkeypatch, SIGNALS_WAIT + 0.01)
        she.say("typing", case=case)
        she.pending()
        assert "typing" not in names(watches.pending())
        strained(book, monkeypatch, SIGNALS_WAIT - 0.01)
        she.say("typing", case=case)
        assert names(watches.until("typing"))[-1] == "typing"


def test_reports_and_exports_wait_as_searches_do(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    caio = book.server.sign_in("caio")
    path = f"/api/v1/exports/debts?portfolio={book.id}"
    strained(book, monkeypatch, SEARCH_WAITS + 0.01)
    refused = caio.get(path)
    assert refused.status_code == 429 and 1 <= int(refused.headers["retry-after"]) <= 5
    strained(book, monkeypatch, SEARCH_WAITS - 0.01)
    assert caio.get(path).status_code == 200


def test_mail_lies_in_its_mailbox_while_what_is_sent_to_us_is_taken(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = book.server.services
    strained(book, monkeypatch, MAIL_WAITS + 0.01)
    polled, sent = (Delivery(body=b"From: maria@example.com\r\n\r\n" + text) for text in (b"um", b"dois"))
    waits = asyncio.run_coroutine_threadsafe(_Accept(services, "imap")(book.email, polled), book.server.loop)
    book.server.call(_Accept(services, "smtp")(book.email, sent))
    assert not waits.done()
    strained(book, monkeypatch, MAIL_WAITS - 0.01)
    waits.result(20)


def test_searching_is_done_without_before_anybody_is_turned_away(book: Book) -> None:
    sofia = book.server.sign_in("sofia")
    load = book.server.services.store.load
    assert sofia.get("/api/v1/search?q=oi").status_code == 200
    load.took(0.01 * CHEAP, CHEAP)
    load.waiting[REST] = 1
    load.waiting[REST] = int(0.8 * PATIENCE_S[REST] / load.wait_s(REST))
    refused = sofia.get("/api/v1/search?q=oi")
    assert refused.status_code == 429 and refused.json()["code"] == "rate_limited"
    assert sofia.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
