"""The providers' doors as an integrator tries them: two channels of one telephone, odd senders, refusals."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest

from console.portfolios.set_up import NewInbox, add_inbox
from tests.flows.book import Book, open_book
from tests.server import Server, running

ACCOUNT, TOKEN, OURS = "AC" + "0" * 32, "twilio-token", "+551140000001"


class Doors:
    """A book with a second inbox for SMS, and the admin who looks at what came."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.book: Book = open_book(server)
        new = NewInbox(
            portfolio=self.book.id, channel="sms", provider="twilio", address=OURS, config={"account_sid": ACCOUNT},
            secrets={"auth_token": TOKEN},
        )  # fmt: skip
        self.sms = server.write(add_inbox, server.services.vault, new)
        self.admin = server.sign_in("admin")

    def text(self, sender: str, text: str = "oi", **more: str) -> httpx2.Response:
        """An SMS as Twilio posts it; `more` replaces fields."""
        form = {"MessageSid": f"SM{uuid4().hex}", "AccountSid": ACCOUNT, "From": sender, "To": OURS, "Body": text}
        form = {**form, "NumMedia": "0", **more}
        url = f"{self.server.url}/webhooks/twilio/{self.sms}"
        signed = url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        headers = {
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.server.client().post(url, content=urlencode(form).encode(), headers=headers)

    def newest(self, inbox: str) -> dict[str, Any]:
        """The newest delivery of an inbox, as admins see it."""
        page = self.admin.get("/api/v1/intake", params={"inbox": inbox, "limit": 1}).json()
        found: dict[str, Any] = page["items"][0]
        return found


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with running(workers={}) as server:
        yield Doors(server)


@pytest.mark.parametrize(
    ("first", "then"),
    [("5511988112233", "+551188112233"), ("5491155667788", "+541155667788"), ("5215512345678", "+525512345678")],
)
def test_one_telephone_is_one_person_on_whatsapp_and_sms_in_any_form(doors: Doors, first: str, then: str) -> None:
    doors.book.writes("pelo WhatsApp", sender=first)
    case = doors.newest(doors.book.whatsapp)["produced"][0]["case"]
    assert doors.text(then).status_code == 200
    assert doors.newest(doors.sms)["produced"][0]["case"] == case
    found = doors.server.sign_in("sofia").get(f"/api/v1/cases/{case}").json()
    assert sorted(each["channel"] for each in found["contact_points"]) == ["sms", "whatsapp"]
    assert [each["disclosure"] for each in found["contact_points"] if each["channel"] == "sms"] == [0]


@pytest.mark.parametrize("sender", ["LOJA", "12345"])
def test_an_sms_from_a_name_or_a_short_code_is_kept_as_a_message(doors: Doors, sender: str) -> None:
    assert doors.text(sender, "Seu código").status_code == 200
    came = doors.newest(doors.sms)
    assert (came["state"], came["produced"][0]["kind"]) == ("stored", "message"), came


def test_a_stranger_in_the_queue_shows_no_address_to_the_team(doors: Doors) -> None:
    """Named by nothing but their number or mailbox, both are masked in what the team may see."""
    assert doors.text("+5511977771234", "quem são vocês?").status_code == 200
    doors.book.mail(b"From: joana.prado@sample.example\r\nMessage-ID: <q1@sample.example>\r\nSubject: Oi\r\n\r\nOi")
    doors.book.writes("oi", sender="5511977774321")
    bruno = doors.server.sign_in("bruno")
    for inbox in (doors.sms, doors.book.email, doors.book.whatsapp):
        case = doors.newest(inbox)["produced"][0]["case"]
        listed = bruno.get("/api/v1/cases", params={"view": "queue", "limit": 200}).json()["items"]
        name = next(each for each in listed if each["id"] == case)["debtor"]["name"]
        assert "77771234" not in name and "joana" not in name and "7774321" not in name, name
