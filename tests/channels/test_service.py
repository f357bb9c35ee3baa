"""The calls that carry nothing to a debtor: files, read marks, templates, look-ups, tests of an inbox."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from channels import service
from channels.connector import Connector
from channels.errors import ServiceFailed
from channels.types import Accepted, File, Inbox, MediaRef, Refused, Secrets, To, Unknown
from tests.channels.samples import ACCOUNT, NOW, PHONE_NUMBER_ID, left_in, meta_inbox, twilio_inbox
from tests.channels.servers import Reply, Request, http, serving

PHOTO = b"\xff\xd8\xff\xe0 a photo"
DIGEST = hashlib.sha256(PHOTO).hexdigest()


def _json(value: object, status: int = 200) -> Reply:
    return Reply(status=status, headers={"content-type": "application/json"}, body=json.dumps(value).encode())


def _at(inbox: Inbox, port: int) -> tuple[Connector, Inbox]:
    origin = f"http://127.0.0.1:{port}"
    return Connector(frozenset({origin})), replace(inbox, origin=f"{origin}/api")


def _graph(port: list[int], *, sha256: str = DIGEST, status: int = 200) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        if request.target.startswith("/api/v23.0/99?"):
            url = f"http://127.0.0.1:{port[0]}/files/99"
            return _json({"url": url, "mime_type": "image/jpeg", "sha256": sha256, "file_size": 10, "id": "99"})
        return Reply(status=status, body=PHOTO)

    return answer


# --- files down -------------------------------------------------------------------------------------------------------


async def test_a_file_at_meta_takes_two_steps_with_the_same_token(tmp_path: Path) -> None:
    ports: list[int] = []
    async with http(_graph(ports)) as (port, received):
        ports.append(port)
        connector, inbox = _at(meta_inbox(), port)
        ref = MediaRef(provider_id="99", sha256=DIGEST)
        saved = await service.fetch_media(connector, inbox, ref, tmp_path / "f", cap=1000)
    assert (saved.size, saved.sha256) == (len(PHOTO), DIGEST)
    assert (tmp_path / "f").read_bytes() == PHOTO
    assert [request.headers["authorization"] for request in received] == ["Bearer token-of-the-number"] * 2
    assert received[0].target.endswith(f"?phone_number_id={PHONE_NUMBER_ID}")


@pytest.mark.parametrize(
    ("told", "answered"), [("0" * 64, DIGEST), ("", base64.b64encode(bytes(32)).decode())], ids=["webhook", "answer"]
)
async def test_a_file_with_another_digest_is_thrown_away(tmp_path: Path, told: str, answered: str) -> None:
    ports: list[int] = []
    async with http(_graph(ports, sha256=answered)) as (port, _):
        ports.append(port)
        connector, inbox = _at(meta_inbox(), port)
        with pytest.raises(ServiceFailed, match="digest"):
            await service.fetch_media(
                connector, inbox, MediaRef(provider_id="99", sha256=told), tmp_path / "f", cap=1000
            )
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (403, True), (429, False), (500, False)])
async def test_a_file_that_is_gone_is_not_asked_for_again(tmp_path: Path, status: int, permanent: bool) -> None:
    ports: list[int] = []
    async with http(_graph(ports, status=status)) as (port, _):
        ports.append(port)
        connector, inbox = _at(meta_inbox(), port)
        with pytest.raises(ServiceFailed) as failed:
            await service.fetch_media(connector, inbox, MediaRef(provider_id="99"), tmp_path / "f", cap=1000)
    assert (failed.value.permanent, failed.value.status) == (permanent, status)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("media_id", ["", "../messages", "99/../1", "99?x=1", "9" * 201])
async def test_a_malformed_file_id_asks_for_nothing(tmp_path: Path, media_id: str) -> None:
    with pytest.raises(ServiceFailed) as failed:
        await service.fetch_media(Connector(), meta_inbox(), MediaRef(provider_id=media_id), tmp_path / "f", cap=1)
    assert failed.value.permanent


async def test_the_token_goes_to_no_other_host(tmp_path: Path) -> None:
    def lead_astray(request: Request) -> Reply:
        return _json({"url": "https://files.evil.example/99"})

    async def public(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else ["8.8.8.8"]

    async with http(lead_astray) as (port, _):
        _, inbox = _at(meta_inbox(), port)
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}), resolve=public)
        with pytest.raises(ServiceFailed, match="not one of the provider's"):
            await service.fetch_media(connector, inbox, MediaRef(provider_id="99"), tmp_path / "f", cap=1000)


async def test_a_file_at_twilio_leads_to_a_cdn_that_gets_no_credentials(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.target.startswith("/api/"):
            return Reply(status=307, headers={"location": "/cdn/1"})
        return Reply(body=PHOTO)

    async with http(answer) as (port, received):
        connector, inbox = _at(twilio_inbox(), port)
        url = f"{inbox.origin}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
        saved = await service.fetch_media(connector, inbox, MediaRef(url=url), tmp_path / "f", cap=1000)
    assert saved.sha256 == DIGEST
    assert [bool(request.headers.get("authorization")) for request in received] == [True, False]


async def test_a_refused_file_is_not_fetched(tmp_path: Path) -> None:
    ref = MediaRef(refused="the address of the file is not Twilio's")
    with pytest.raises(ServiceFailed, match="not Twilio's"):
        await service.fetch_media(Connector(), twilio_inbox(), ref, tmp_path / "f", cap=1000)


# --- files up, read marks ---------------------------------------------------------------------------------------------


async def test_a_file_is_uploaded_as_a_form(tmp_path: Path) -> None:
    async with http(lambda _: _json({"id": "77"})) as (port, received):
        connector, inbox = _at(meta_inbox(), port)
        file = File(id="f", name='a"\r\nX: y.pdf', type="application/pdf", size=4, content=b"%PDF")
        assert await service.upload_media(connector, inbox, file) == "77"
    (request,) = received
    assert request.target == f"/api/v23.0/{PHONE_NUMBER_ID}/media"
    assert b'name="messaging_product"\r\n\r\nwhatsapp\r\n' in request.body
    assert b'name="file"; filename="a___X_ y.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n' in request.body


@pytest.mark.parametrize("typing", [False, True])
async def test_a_message_is_marked_read_with_or_without_three_dots(typing: bool) -> None:
    act = service.show_typing if typing else service.mark_read
    async with http(lambda _: _json({"success": True})) as (port, received):
        connector, inbox = _at(meta_inbox(), port)
        async with aclosing(connector):
            assert await act(connector, inbox, "wamid.1")
    body = json.loads(received[0].body)
    assert (body["status"], body["message_id"], "typing_indicator" in body) == ("read", "wamid.1", typing)


async def test_where_there_is_no_such_sign_nothing_is_called() -> None:
    assert not await service.mark_read(Connector(), twilio_inbox(), "SM1")


# --- templates --------------------------------------------------------------------------------------------------------


def _meta_template(name: str) -> dict[str, Any]:
    header = {"type": "HEADER", "format": "TEXT", "text": "Aviso de {{1}}"}
    body = {"type": "BODY", "text": "Olá {{1}}, vence {{2}}.", "example": {"body_text": [["Maria", "30/11"]]}}
    buttons = [{"type": "QUICK_REPLY", "text": "Sou eu"}, {"type": "URL", "text": "Pagar", "url": "https://p/{{1}}"}]
    footer = {"type": "FOOTER", "text": "Responda SAIR"}
    components = [header, body, footer, {"type": "BUTTONS", "buttons": buttons}]
    facts = {"language": "pt_BR", "status": "APPROVED", "category": "UTILITY", "id": "5"}
    return {"name": name, "components": components, **facts}


async def test_the_templates_of_meta_come_page_by_page() -> None:
    def answer(request: Request) -> Reply:
        if "after=" in request.target:
            return _json(
                {"data": [{**_meta_template("dois"), "status": "PAUSED"}], "paging": {"cursors": {"after": "b"}}}
            )
        paging = {"cursors": {"after": "a"}, "next": "https://elsewhere.example/?access_token=x"}
        return _json({"data": [_meta_template("um")], "paging": paging})

    async with http(answer) as (port, received):
        connector, inbox = _at(meta_inbox(), port)
        first, second = await service.sync_templates(connector, inbox)
    assert len(received) == 2
    assert first.body == "Aviso de {{header.1}}\nOlá {{1}}, vence {{2}}."
    assert first.variables == ("header.1", "1", "2", "button.1")
    assert (first.state, second.state, first.category, first.footer) == (
        "approved",
        "paused",
        "utility",
        "Responda SAIR",
    )
    assert (first.buttons, first.examples) == (("Sou eu", "Pagar"), {"1": "Maria", "2": "30/11"})


async def test_a_template_with_named_parameters_and_a_document_above() -> None:
    example = {"body_text_named_params": [{"param_name": "nome", "example": "Maria"}]}
    raw = _meta_template("boleto") | {
        "components": [
            {"type": "HEADER", "format": "DOCUMENT"},
            {"type": "BODY", "text": "Olá {{nome}}", "example": example},
        ]
    }
    async with http(lambda _: _json({"data": [raw]})) as (port, _):
        connector, inbox = _at(meta_inbox(), port)
        (found,) = await service.sync_templates(connector, inbox)
    assert (found.header, found.body, found.variables) == ("document", "Olá {{nome}}", ("nome",))
    assert found.examples == {"nome": "Maria"}


async def test_the_contents_of_twilio_come_page_by_page() -> None:
    def answer(request: Request) -> Reply:
        content = {
            "sid": "HX" + "a" * 32,
            "friendly_name": "lembrete",
            "language": "pt_BR",
            "variables": {"1": "Maria"},
            "types": {"twilio/quick-reply": {"body": "Olá {{1}}", "actions": [{"title": "Sou eu", "id": "1"}]}},
            "approval_requests": {"name": "lembrete", "category": "UTILITY", "status": "approved"},
        }
        more = None if "PageToken" in request.target else "https://content.twilio.com/v1/x?PageSize=100&PageToken=2"
        return _json({"contents": [content], "meta": {"next_page_url": more}})

    async with http(answer) as (port, received):
        connector, inbox = _at(twilio_inbox("whatsapp"), port)
        first, _ = await service.sync_templates(connector, inbox)
    assert [request.target.partition("?")[0] for request in received] == ["/api/v1/ContentAndApprovals"] * 2
    assert (first.name, first.state, first.body, first.variables) == ("lembrete", "approved", "Olá {{1}}", ("1",))
    assert (first.buttons, first.provider_id) == (("Sou eu",), "HX" + "a" * 32)


# --- looking up -------------------------------------------------------------------------------------------------------

LOST = service.Lost(to=To(phone="+5511900000001"), text="Olá", since=NOW, until=NOW + 15_000)


def _record(**changes: object) -> dict[str, object]:
    made = format_datetime(datetime.fromtimestamp(NOW / 1000, UTC))
    facts = {"sid": "SM" + "1" * 32, "body": "Olá", "status": "delivered", "direction": "outbound-api"}
    return {**facts, "date_created": made, **changes}


async def _looked_up(records: list[dict[str, object]]) -> Any:
    async with http(lambda _: _json({"messages": records})) as (port, received):
        connector, inbox = _at(twilio_inbox(), port)
        outcome = await service.look_up(connector, inbox, LOST)
    assert "To=%2B5511900000001" in received[0].target
    assert "DateSent%3E=2026-11-18" in received[0].target
    return outcome


async def test_the_one_message_that_fits_settles_it() -> None:
    others = [
        _record(body="other"),
        _record(direction="inbound"),
        _record(date_created="Mon, 01 Jan 2024 00:00:00 +0000"),
    ]
    outcome = await _looked_up([*others, _record()])
    assert outcome == Accepted(provider_id="SM" + "1" * 32, status="delivered", detail={"status": "delivered"})
    assert isinstance(await _looked_up([_record(status="failed", error_code=30003)]), Refused)


async def test_none_or_several_prove_nothing() -> None:
    assert isinstance(await _looked_up([]), Unknown)
    assert isinstance(await _looked_up([_record(), _record()]), Unknown)
    assert isinstance(await _looked_up([_record(date_created="soon")]), Unknown)


async def test_a_known_sid_is_asked_for_directly() -> None:
    async with http(lambda _: _json(_record(status="read"))) as (port, received):
        connector, inbox = _at(twilio_inbox(), port)
        outcome = await service.look_up(connector, inbox, replace(LOST, provider_id="SM" + "1" * 32))
        with pytest.raises(ServiceFailed):
            await service.look_up(connector, inbox, replace(LOST, provider_id="SM1/../x"))
    assert isinstance(outcome, Accepted) and outcome.status == "read"
    assert len(received) == 1


async def test_meta_has_no_look_up() -> None:
    assert isinstance(await service.look_up(Connector(), meta_inbox(), LOST), Unknown)


# --- testing an inbox -------------------------------------------------------------------------------------------------


async def test_testing_an_inbox_says_what_the_provider_says() -> None:
    told = {"display_phone_number": "+1 555", "verified_name": "Loja Ipê", "quality_rating": "GREEN"}
    async with http(lambda _: _json(told)) as (port, _):
        good = await service.test_inbox(*_at(meta_inbox(), port))
    assert good == service.Tested(ok=True, says="Meta knows the number +1 555 as “Loja Ipê”, quality GREEN.")
    refusal = {"error": {"code": 190, "message": "Invalid OAuth access token"}}
    async with http(lambda _: _json(refusal, 401)) as (port, _):
        bad = await service.test_inbox(*_at(meta_inbox(), port))
    assert bad == service.Tested(ok=False, says="Meta answered HTTP 401: Invalid OAuth access token")


async def test_testing_an_account_at_twilio() -> None:
    async with http(lambda _: _json({"friendly_name": "Acordo", "status": "active"})) as (port, received):
        good = await service.test_inbox(*_at(twilio_inbox(), port))
    assert good.says == "Twilio knows the account “Acordo”, which is active."
    assert received[0].target == f"/api/2010-04-01/Accounts/{ACCOUNT}.json"
    missing = await service.test_inbox(Connector(), twilio_inbox(auth_token=""))
    assert missing.ok is False


def _mailbox(port: int) -> Inbox:
    return Inbox(
        id="mail",
        channel="email",
        provider="smtp",
        address="desk@acordo.example",
        config={"smtp_host": "127.0.0.1", "smtp_port": str(port), "smtp_security": "none", "smtp_user": "desk"},
        secrets=Secrets({"smtp_password": "secret"}),
    )


@pytest.mark.parametrize(("answer", "ok"), [(b"235 in", True), (b"535 5.7.8 wrong password", False)])
async def test_testing_a_mailbox_logs_in(answer: bytes, ok: bool) -> None:
    async def script(reader: Any, writer: Any) -> None:
        writer.write(b"220 hi\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper()
            said = {b"EHLO": b"250-me\r\n250 AUTH PLAIN", b"AUTH": answer}.get(word, b"250 ok")
            writer.write(said + b"\r\n")

    async with serving(script) as port:
        connector = Connector(frozenset({f"smtp://127.0.0.1:{port}"}))
        tested = await service.test_inbox(connector, _mailbox(port))
        inside = await service.test_inbox(Connector(), _mailbox(port))
    assert tested.ok is ok
    assert ok or "535" in tested.says
    assert inside == service.Tested(ok=False, says="this is no port of a mail server")
