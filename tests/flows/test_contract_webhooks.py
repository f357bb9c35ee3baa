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

from channels.types import Accepted, Receipt
from console.cases.early import keep_early
from console.cases.models import early_status
from console.cases.send import finish, start
from console.intake.prune import prune
from console.portfolios.models import inbox as inbox_table
from console.portfolios.models import portfolio_team
from console.portfolios.queries import find_inbox
from console.portfolios.set_up import NewInbox, add_inbox, serve_portfolio
from console.store.statement import change, remove
from console.store.vault import Vault
from console.web.limits import RATES, Rate
from console.wire.moment import DAY
from tests.flows.book import Book, envelope, open_book
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


def test_a_portfolio_without_a_team_keeps_what_comes_and_takes_it_once_it_has_one(doors: Doors) -> None:
    server, book, team = doors.server, doors.book.id, doors.server.team
    server.write(lambda tx: remove(tx, portfolio_team, portfolio_id=book))
    try:
        doors.book.writes("tem alguém?", sender="5511966660001")
        came = doors.newest(doors.book.whatsapp)
        assert came["state"] == "dead" and "team" in came["reason"], came
    finally:
        server.write(serve_portfolio, book, team)
    again = doors.admin.post(f"/api/v1/intake/{came['id']}/replay").json()
    assert (again["state"], again["produced"][0]["kind"]) == ("stored", "message")


def test_a_status_that_overtakes_our_own_answer_is_kept_for_its_message(doors: Doors) -> None:
    """The provider calls back before it has answered, and without our reference: only its id will tell."""
    doors.book.writes("oi", sender="5511966660002")
    case = doors.newest(doors.book.whatsapp)["produced"][0]["case"]
    sofia, sent = doors.server.sign_in("sofia"), f"wamid.{uuid4().hex}"
    epoch = sofia.post(f"/api/v1/cases/{case}/takeover", json={}).json()["epoch"]
    wish = {"client_id": str(uuid4()), "epoch": epoch, "channel": "whatsapp", "text": "Bom dia!"}
    made = sofia.post(f"/api/v1/cases/{case}/messages", json=wish).json()
    assert doors.server.write(start, made["id"], "w") is not None

    for status in ("delivered", "delivered", "sent"):
        assert doors.book.meta(status_envelope(sent, status, doors.server.services.clock.now())).status_code == 200
    early = doors.newest(doors.book.whatsapp)
    assert (early["state"], early["reason"]) == ("ignored", "message_not_known_yet")
    assert status_of(sofia, case, made["id"]) == "sending"

    doors.server.write(finish, made["id"], Accepted(provider_id=sent), "w")
    assert status_of(sofia, case, made["id"]) == "delivered"
    assert doors.book.meta(status_envelope(sent, "read", doors.server.services.clock.now())).status_code == 200
    assert status_of(sofia, case, made["id"]) == "read"


def test_a_status_kept_in_the_very_moment_of_the_answer_is_found_by_the_next_round(doors: Doors) -> None:
    doors.book.writes("oi", sender="5511966660003")
    case = doors.newest(doors.book.whatsapp)["produced"][0]["case"]
    sofia, sent = doors.server.sign_in("sofia"), f"wamid.{uuid4().hex}"
    epoch = sofia.post(f"/api/v1/cases/{case}/takeover", json={}).json()["epoch"]
    wish = {"client_id": str(uuid4()), "epoch": epoch, "channel": "whatsapp", "text": "Bom dia!"}
    made = sofia.post(f"/api/v1/cases/{case}/messages", json=wish).json()
    doors.server.write(start, made["id"], "w")
    doors.server.write(finish, made["id"], Accepted(provider_id=sent), "w")
    inbox = doors.server.read(find_inbox, doors.book.whatsapp)
    assert inbox is not None
    assert doors.server.write(keep_early, inbox, Receipt(provider_id=sent, status="delivered", at=1))
    doors.server.write(prune)
    assert status_of(sofia, case, made["id"]) == "delivered"


def test_what_no_message_of_ours_claims_within_a_day_is_forgotten(doors: Doors) -> None:
    inbox = doors.server.read(find_inbox, doors.book.whatsapp)
    assert inbox is not None
    stray = Receipt(provider_id="wamid.stray", status="sent", at=1)
    assert doors.server.write(keep_early, inbox, stray) and not doors.server.write(keep_early, inbox, stray)
    doors.server.write(lambda tx: change(tx, early_status, {"provider_id": "wamid.stray"}, at=tx.now - 2 * DAY))
    doors.server.write(prune)
    assert doors.server.write(keep_early, inbox, stray), "it was not kept any more"


@pytest.mark.parametrize(("word", "phrase"), [("AJUDA", "SAIR"), ("ayuda", "SAIR"), ("Info", "SAIR")])
def test_help_is_answered_with_who_we_are_and_how_to_stop_once_in_a_row(doors: Doors, word: str, phrase: str) -> None:
    sender = f"+55119555500{len(word)}{ord(word[0]) % 10}"
    for _ in range(2):
        assert doors.text(sender, word).status_code == 200
    case = doors.newest(doors.sms)["produced"][0]["case"]
    said = spoken(doors.server.sign_in("sofia"), case)
    assert len(said) == 1 and phrase in said[0] and "Loja Ipê" in said[0] and "0800" in said[0], said


def test_a_provider_that_answers_help_itself_is_not_joined(doors: Doors) -> None:
    assert doors.text("+5511955551234", "HELP", OptOutType="HELP").status_code == 200
    case = doors.newest(doors.sms)["produced"][0]["case"]
    assert spoken(doors.server.sign_in("sofia"), case) == []


def test_whoever_may_have_asked_to_be_left_alone_is_brought_before_a_person(doors: Doors) -> None:
    doors.book.writes("por favor, não me mandem mais essas coisas", sender="5511966660004")
    case = doors.newest(doors.book.whatsapp)["produced"][0]["case"]
    sofia = doors.server.sign_in("sofia")
    lines = sofia.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    assert "consent.possible_opt_out" in [each.get("name") for each in lines]
    asked = sofia.get("/api/v1/requests").json()["items"]
    assert all(0 <= each["age_s"] < 600 for each in asked)
    assert ("alarm", "possible_opt_out") in [(each["kind"], each["reason"]) for each in asked if each["case"] == case]


def test_voltar_takes_back_the_stop_as_our_confirmation_says(doors: Doors) -> None:
    sender = "+5511955559876"
    for word in ("SAIR", "VOLTAR"):
        assert doors.text(sender, word).status_code == 200
    case = doors.newest(doors.sms)["produced"][0]["case"]
    lines = doors.server.sign_in("sofia").get(f"/api/v1/cases/{case}/timeline").json()["items"]
    names = [each.get("name") for each in lines]
    assert names.index("consent.opted_out") < names.index("consent.opted_in")


def test_one_inbox_whose_secrets_cannot_be_opened_does_not_cost_the_others(doors: Doors) -> None:
    server = doors.server
    new = NewInbox(portfolio=doors.book.id, channel="sms", provider="twilio", address="+551140000009",
                   config={"account_sid": ACCOUNT}, secrets={"auth_token": TOKEN})  # fmt: skip
    lost = server.write(add_inbox, Vault("a key that was lost"), new)
    try:
        doors.book.writes("os outros seguem", sender="5511966660005")
        assert doors.newest(doors.book.whatsapp)["state"] == "stored"
        answer = server.client().post(f"/webhooks/twilio/{lost}", content=b"")
        assert answer.status_code == 503 and "ACORDO_SECRET_KEY" in answer.json()["detail"]
    finally:
        server.write(lambda tx: change(tx, inbox_table, {"id": lost}, state="disabled", secrets=b""))


def test_an_inbox_takes_so_many_deliveries_a_second_and_its_neighbour_goes_on(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.server.services.limits.forget()
    monkeypatch.setitem(RATES, "webhook", Rate(0.01, 2))
    codes = [doors.text("+5511955550000", "oi").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert doors.text("+5511955550000", "oi").headers["retry-after"] == "1"
    doors.book.writes("eu passo", sender="5511966660006")
    doors.server.services.limits.forget()


def test_a_door_answers_with_the_headers_of_every_answer_and_whatever_is_no_delivery_is_refused_as_elsewhere(
    doors: Doors,
) -> None:
    one, other = doors.text("+5511955550007", "oi"), doors.text("+5511955550007", "oi de novo")
    assert one.status_code == 200 and one.text.endswith("<Response/>")
    assert one.headers["content-type"].startswith("text/xml")
    assert one.headers["x-content-type-options"] == "nosniff" and one.headers["cache-control"] == "no-store"
    assert len({one.headers["x-request-id"], other.headers["x-request-id"]}) == 2
    client = doors.server.client()
    refused = client.put(f"/webhooks/twilio/{doors.sms}", content=b"x")
    assert refused.status_code == 405 and refused.headers["allow"] == "POST"
    for path in (f"twilio/{doors.sms}/more", "twilio/", f"pigeon/{doors.sms}", ""):
        assert client.post(f"/webhooks/{path}", content=b"x").status_code == 404


def status_envelope(provider_id: str, status: str, at: int) -> dict[str, Any]:
    """One status as Meta posts it, without our reference."""
    told = {"id": provider_id, "status": status, "timestamp": str(at // 1000), "recipient_id": "5511966660002"}
    body = envelope({"from": "5511966660002", "id": "x", "type": "text", "timestamp": "1", "text": {"body": ""}})
    value = body["entry"][0]["changes"][0]["value"]
    del value["messages"], value["contacts"]
    value["statuses"] = [told]
    return body


def status_of(who: httpx2.Client, case: str, message: str) -> str:
    items = who.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    return str(next(each for each in items if each["id"] == message)["status"])


def spoken(who: httpx2.Client, case: str) -> list[str]:
    """What the house said by itself."""
    items = who.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    return [each["text"] for each in items if each["kind"] == "message" and each["direction"] == "out"]
