"""The product's own adapters, unchanged, against the sandbox: out by `channels.send`, in by `verify` and `parse`."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from channels.registry import channel_of
from channels.send import new_client, send
from channels.types import (
    Accepted,
    Delivery,
    Inbound,
    Inbox,
    Item,
    Outbound,
    Outcome,
    Permit,
    Receipt,
    Refused,
    Secrets,
    TemplateUse,
    To,
    Unknown,
)
from sandbox.templates import find
from tests.sandbox.stage import ACCOUNT, APP_SECRET, AUTH, PHONE_ID, TOKEN, WABA, Hit, Stage

REF = "0192f0c1d2e37a8b9c0d1e2f3a4b5c6d"
NOW = 1_800_000_000_000


def meta(stage: Stage) -> Inbox:
    return Inbox(
        id="wa",
        channel="whatsapp",
        provider="meta",
        address="+551140001000",
        config={"phone_number_id": PHONE_ID, "waba_id": WABA, "api_version": "v23.0"},
        secrets=Secrets({"app_secret": APP_SECRET, "verify_token": "verify", "access_token": TOKEN}),
        origin=f"{stage.base}/graph",
        public_url=stage.product.base,
    )


def twilio(stage: Stage, inbox: str = "sms") -> Inbox:
    return Inbox(
        id=inbox,
        channel="sms" if inbox == "sms" else "whatsapp",
        provider="twilio",
        address="+15555550100" if inbox == "sms" else "+14155550100",
        config={"account_sid": ACCOUNT},
        secrets=Secrets({"auth_token": AUTH}),
        origin=f"{stage.base}/twilio",
        public_url=stage.product.base,
    )


def mailbox(stage: Stage) -> Inbox:
    port = str(stage.sandbox.smtp_port)
    return Inbox(
        id="mail",
        channel="email",
        provider="smtp",
        address="contato@acordo.example",
        config={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "from_name": "Acordo"},
        secrets=Secrets({"webhook_secret": "mail-secret", "reply_key": "k" * 32}),
        public_url=stage.product.base,
    )


async def sends(inbox: Inbox, **message: Any) -> Outcome:
    permit = Permit(ref=REF, decision="d1", until=NOW)
    async with new_client() as client:
        outbound = Outbound(**{"ref": REF, "to": To(phone="+5511988774321"), **message})
        return await send(client, inbox, channel_of(inbox.provider).build(inbox, outbound), permit, NOW - 1)


def parsed(inbox: Inbox, hit: Hit) -> list[Item]:
    delivery = Delivery(path=hit.path, query=hit.query, headers=hit.headers, body=hit.body)
    channel = channel_of(inbox.provider)
    channel.verify(inbox, delivery)
    return list(channel.parse(inbox, delivery, NOW))


async def receipts(stage: Stage, inbox: Inbox, count: int, path: str) -> list[Receipt]:
    def found() -> list[Receipt]:
        items = [item for hit in stage.product.on(path) for item in parsed(inbox, hit)]
        return [item for item in items if isinstance(item, Receipt)]

    await stage.product.until(lambda: len(found()) >= count)
    return found()


async def test_whatsapp_by_meta_there_and_back(stage: Stage) -> None:
    inbox = meta(stage)
    await stage.writes("wa", text="olá")
    (item,) = parsed(inbox, stage.product.hits[0])
    assert isinstance(item, Inbound)
    assert (item.text, item.sender.wa_id, item.sender.name) == ("olá", "551188774321", "Maria Souza")
    outcome = await sends(inbox, to=To(wa_id=item.sender.wa_id), text="Bom dia", quoted=item.provider_id)
    assert isinstance(outcome, Accepted)
    told = await receipts(stage, inbox, 3, "/webhooks/meta/wa")
    assert [receipt.status for receipt in told] == ["sent", "delivered", "read"]
    assert {(receipt.ref, receipt.provider_id) for receipt in told} == {(REF, outcome.provider_id)}
    assert (await stage.get("/outbox"))[0]["reply_to"] == item.provider_id


async def test_a_template_by_meta_is_filled_by_name(stage: Stage) -> None:
    template = find("lembrete_vencimento", "es")
    assert template
    values = {name: f"<{name}>" for name in template.variables}
    use = TemplateUse(name=template.name, language="es", variables=values, order=template.variables)
    assert isinstance(await sends(meta(stage), template=use), Accepted)
    assert (await stage.get("/outbox"))[0]["text"] == template.filled(values)


async def test_a_refusal_and_a_lost_answer_are_told_apart(stage: Stage) -> None:
    await stage.behave("meta", accept=False, error_code=131026)
    refused = await sends(meta(stage), text="x")
    assert isinstance(refused, Refused) and refused.fault.code == "131026"
    await stage.behave("meta", drop_response=True)
    assert isinstance(await sends(meta(stage), text="x"), Unknown)
    await stage.behave("twilio", drop_response=True)
    assert isinstance(await sends(twilio(stage), text="x"), Unknown)
    await stage.behave("smtp", drop_response=True)
    to = To(email="maria@example.com")
    assert isinstance(await sends(mailbox(stage), to=to, text="x", subject="s"), Unknown)
    assert [entry["provider"] for entry in await stage.get("/outbox?refused=0")] == ["meta", "twilio", "smtp"]


@pytest.mark.parametrize("name", ["sms", "twa"])
async def test_twilio_there_and_back(stage: Stage, name: str) -> None:
    inbox = twilio(stage, name)
    await stage.writes(name, text="oi, é a Maria")
    (item,) = parsed(inbox, stage.product.hits[0])
    assert isinstance(item, Inbound) and item.text == "oi, é a Maria"
    outcome = await sends(inbox, text="Olá, Maria")
    assert isinstance(outcome, Accepted)
    expected = ["sent", "delivered"] if name == "sms" else ["sent", "delivered", "read"]
    told = await receipts(stage, inbox, len(expected), f"/webhooks/twilio/{name}/status")
    assert [receipt.status for receipt in told] == expected
    assert {receipt.ref for receipt in told} == {REF}


async def test_a_content_template_by_twilio_is_filled_by_number(stage: Stage) -> None:
    template = find("vespera_promessa", "pt_BR")
    assert template
    variables = {"1": "Maria", "2": "30/11", "3": "https://pay.example/a1"}
    use = TemplateUse(
        name=template.name, language="pt_BR", variables=variables, order=("1", "2", "3"), provider_id=template.sid
    )
    assert isinstance(await sends(twilio(stage, "twa"), template=use), Accepted)
    assert "Amanhã, 30/11, é a data" in (await stage.get("/outbox"))[0]["text"]


async def test_a_stop_by_sms_is_understood_and_the_next_send_refused(stage: Stage) -> None:
    await stage.writes("sms", text="STOP")
    (item,) = parsed(twilio(stage), stage.product.hits[0])
    assert isinstance(item, Inbound) and item.opt == "stop"
    refused = await sends(twilio(stage), text="x")
    assert isinstance(refused, Refused) and refused.fault.effect == "opt_out"


async def test_mail_there_and_back_keeps_the_thread(stage: Stage) -> None:
    inbox = mailbox(stage)
    outcome = await sends(inbox, to=To(email="maria@example.com", name="Maria"), text="Segue.", subject="Um recado")
    assert isinstance(outcome, Accepted)
    assert (await stage.get("/outbox"))[0]["id"] == outcome.provider_id
    file = {"name": "recibo.pdf", "type": "application/pdf", "base64": base64.b64encode(b"%PDF").decode()}
    await stage.writes("mail", text="já paguei", in_reply_to=outcome.provider_id, attachments=[file])
    (item,) = received(stage, inbox)
    assert isinstance(item, Inbound) and item.mail
    assert item.text.strip() == "já paguei"
    assert outcome.provider_id in item.mail.in_reply_to
    assert [media.name for media in item.media] == ["recibo.pdf"]


async def test_a_bounce_is_a_failure_of_our_mail(stage: Stage) -> None:
    inbox = mailbox(stage)
    outcome = await sends(inbox, to=To(email="maria@example.com"), text="Segue.", subject="Um recado")
    assert isinstance(outcome, Accepted)
    await stage.post("/bounce", {"id": outcome.provider_id})
    await stage.product.until(lambda: bool(stage.product.mails))
    (item,) = received(stage, inbox)
    assert isinstance(item, Receipt), msgspec.to_builtins(item)
    assert (item.status, item.provider_id) == ("failed", outcome.provider_id)


def received(stage: Stage, inbox: Inbox) -> list[Item]:
    envelope = stage.product.mails[-1]
    delivery = Delivery(
        body=bytes(envelope.original_content or b""),
        envelope_from="" if envelope.mail_from == "<>" else envelope.mail_from or "",
        envelope_to=tuple(envelope.rcpt_tos),
    )
    return list(channel_of("smtp").parse(inbox, delivery, NOW))
