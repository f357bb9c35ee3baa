"""Mail both ways by SMTP, threading and bounces."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import msgspec
import pytest

from tests.sandbox.stage import Stage, staged


def mail(to: str = "maria@example.com", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Acordo <contato@acordo.example>"
    made["To"] = f"Maria <{to}>"
    made["Subject"] = "Um recado para você"
    made["Message-ID"] = "<m1@acordo.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("Olá, Maria.\nSegue o boleto.")
    return made


async def sends(stage: Stage, message: EmailMessage) -> Any:
    return await aiosmtplib.send(
        message,
        sender="bounce+t1@acordo.example",
        recipients=["maria@example.com"],
        hostname="127.0.0.1",
        port=stage.sandbox.smtp_port,
        start_tls=False,
    )


def parsed(raw: bytes | str | None) -> EmailMessage:
    assert isinstance(raw, bytes)
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


async def test_a_mail_of_ours_lies_in_the_mailbox_with_its_raw_bytes(stage: Stage) -> None:
    message = mail()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="boleto.pdf")
    await sends(stage, message)
    entry = (await stage.get("/outbox?channel=email&to=maria@example.com"))[0]
    assert (entry["id"], entry["subject"]) == ("m1@acordo.example", "Um recado para você")
    assert entry["text"].startswith("Olá, Maria.") and entry["attachments"][0]["name"] == "boleto.pdf"
    raw = parsed(base64.b64decode(entry["request"]["raw"]))
    assert raw["Message-ID"] == "<m1@acordo.example>"
    assert entry["request"]["mail_from"] == "bounce+t1@acordo.example"


async def test_a_reply_from_the_phones_page_is_a_true_reply(stage: Stage) -> None:
    await sends(stage, mail(References="<m0@acordo.example>", Reply_To="contato+token@acordo.example"))
    await stage.writes("mail", text="já paguei", in_reply_to="m1@acordo.example")
    envelope = stage.product.mails[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("maria@example.com", ["contato+token@acordo.example"])
    reply = parsed(envelope.original_content)
    assert reply["Subject"] == "Re: Um recado para você"
    assert reply["In-Reply-To"] == "<m1@acordo.example>"
    assert reply["References"] == "<m0@acordo.example> <m1@acordo.example>"
    body = reply.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.startswith("já paguei") and "escreveu:" in text and "> Segue o boleto." in text


async def test_a_new_mail_goes_to_the_inbox_with_its_files(stage: Stage) -> None:
    file = {"name": "recibo.pdf", "type": "application/pdf", "base64": base64.b64encode(b"%PDF").decode()}
    message_id = await stage.writes("mail", "rita@example.com", "segue", subject="Recibo", attachments=[file])
    envelope = stage.product.mails[0]
    sent = parsed(envelope.original_content)
    assert envelope.rcpt_tos == ["contato@acordo.example"]
    assert sent["Message-ID"] == f"<{message_id}>"
    assert [part.get_filename() for part in sent.iter_attachments()] == ["recibo.pdf"]


async def test_a_returned_mail_is_a_delivery_status_notification_from_the_null_sender(stage: Stage) -> None:
    await sends(stage, mail())
    assert (await stage.post("/bounce", {"id": "m1@acordo.example"})).status_code == 201
    await stage.product.until(lambda: bool(stage.product.mails))
    envelope = stage.product.mails[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("<>", ["bounce+t1@acordo.example"])
    report = parsed(envelope.original_content)
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    parts = list(report.iter_parts())
    status = parts[1].as_string()
    assert "Action: failed" in status and "Status: 5.1.1" in status and "maria@example.com" in status
    assert "<m1@acordo.example>" in parts[2].as_string()


async def test_a_server_may_refuse_defer_bounce_or_fall_silent(stage: Stage) -> None:
    await stage.behave("smtp", accept=False, error_code="5.1.1")
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await sends(stage, mail())
    assert refused.value.code == 550
    await stage.behave("smtp", accept=False, error_code="451")
    with pytest.raises(aiosmtplib.SMTPDataError) as deferred:
        await sends(stage, mail())
    assert deferred.value.code == 451
    assert [entry["accepted"] for entry in await stage.get("/outbox")] == [False, False]
    await stage.behave("smtp", drop_response=True)
    with pytest.raises((aiosmtplib.SMTPServerDisconnected, ConnectionError)):
        await sends(stage, mail())
    assert len(await stage.get("/outbox?refused=0")) == 1
    await stage.behave("smtp", error_code="5.2.2")
    await sends(stage, mail())
    await stage.product.until(lambda: bool(stage.product.mails))
    assert b"Status: 5.2.2" in bytes(stage.product.mails[0].original_content or b"")


async def test_without_a_listener_mail_is_posted_as_signed_mime() -> None:
    async with staged() as stage:
        inboxes = stage.sandbox.config.inboxes
        bare = tuple(msgspec.structs.replace(box, listener_port=0) for box in inboxes)
        stage.sandbox.config = msgspec.structs.replace(stage.sandbox.config, inboxes=bare)
        await stage.writes("mail", text="oi", subject="Recado")
        hit = stage.product.on("/webhooks/email/mail")[0]
        assert hit.headers["x-acordo-signature"].startswith("sha256=") and b"Subject: Recado" in hit.body
