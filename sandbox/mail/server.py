"""The SMTP server that the product sends through: every recipient has a mailbox here."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from sandbox.config import SandboxInbox
from sandbox.mail.bounce import bounce
from sandbox.records import Message
from sandbox.world import Sandbox

SIZE_LIMIT = 36 * 1024 * 1024
REFUSED = "554 5.0.0 Transaction failed"
TAKEN = "250 2.0.0 OK queued"


class MailServer:
    """aiosmtpd on `config.smtp_port`; the port it got stands in `sandbox.smtp_port`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._open: dict[int, SMTP] = {}

    @asynccontextmanager
    async def service(self) -> AsyncIterator[None]:
        config = self.sandbox.config
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, config.smtp_host, config.smtp_port)
        self.sandbox.smtp_port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            data_size_limit=SIZE_LIMIT,
            hostname="sandbox.localhost",
            ident="ESMTP",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate,
        )

    def _authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        user, password = data.login.decode(), data.password.decode()
        known = any(
            inbox.smtp_user and (inbox.smtp_user, inbox.smtp_password) == (user, password)
            for inbox in self.sandbox.inboxes("smtp")
        )
        return AuthResult(success=known, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answers 250 only after the mail is kept."""
        behaviour = self.sandbox.behaviour("smtp")
        raw = envelope.original_content or b""
        messages = [self._made(raw, envelope, address) for address in envelope.rcpt_tos]
        if not behaviour.accept:
            reply = _reply(behaviour.code)
            self._refuse(messages, reply)
            return reply
        with self.sandbox.store.commit():
            for message in messages:
                kept = self.sandbox.keep(message)
                if behaviour.code:
                    bounce(self.sandbox, kept, behaviour.code)
        if behaviour.latency_ms:
            await asyncio.sleep(behaviour.latency_ms / 1000)
        if behaviour.drop_response and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return TAKEN

    def _refuse(self, messages: list[Message], reply: str) -> None:
        for message in messages:
            self.sandbox.keep(msgspec.structs.replace(message, accepted=False, status="failed", error=reply))

    def _made(self, raw: bytes, envelope: Envelope, address: str) -> Message:
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        inbox = self._inbox(mail, envelope.mail_from or "")
        media = [self._file(inbox, part) for part in mail.iter_attachments()]
        html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
        name = next((n for n, a in _addresses(mail, "to", "cc") if a.lower() == address.lower()), "")
        headers = {k.lower(): str(v) for k, v in mail.items()}
        return Message(
            id=headers.get("message-id", "").strip().strip("<>"),
            provider="smtp",
            inbox=inbox.id,
            channel="email",
            direction="out",
            person=self.sandbox.person_at("email", address, name).id,
            address=address,
            at=self.sandbox.clock.now(),
            kind="email",
            text=_text(plain),
            html=_text(html),
            subject=headers.get("subject", ""),
            status="delivered",
            detail={"media": media, "headers": headers, "mail_from": envelope.mail_from},
            request={
                "method": "SMTP",
                "mail_from": envelope.mail_from,
                "rcpt_to": envelope.rcpt_tos,
                "headers": headers,
                "body": raw.decode("utf-8", "replace"),
                "raw": base64.b64encode(raw).decode(),
            },
        )

    def _inbox(self, mail: EmailMessage, mail_from: str) -> SandboxInbox:
        """By From, else by the envelope's sender, else the first mailbox there is."""
        senders = {address.lower() for _, address in _addresses(mail, "from")}
        senders.add(mail_from.lower())
        boxes = self.sandbox.inboxes("smtp")
        return next((box for box in boxes if box.address.lower() in senders), boxes[0])

    def _file(self, inbox: SandboxInbox, part: EmailMessage) -> str:
        content = part.get_payload(decode=True)
        body = content if isinstance(content, bytes) else part.as_bytes()
        return self.sandbox.keep_media(inbox.id, part.get_filename() or "", part.get_content_type(), body).id


def _addresses(mail: EmailMessage, *names: str) -> list[tuple[str, str]]:
    return [parseaddr(part) for name in names for part in str(mail.get(name, "")).split(",") if part.strip()]


def _text(part: Any) -> str:
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    return payload.decode(part.get_content_charset() or "utf-8", "replace") if isinstance(payload, bytes) else ""


def _reply(code: str) -> str:
    """ "550", "5.1.1" and "550 5.1.1 no such user" are all understood."""
    if not code:
        return REFUSED
    if code[:3].isdigit() and len(code) >= 3:
        return code if " " in code else f"{code} {code[0]}.0.0 Refused"
    return f"{'450' if code.startswith('4') else '550'} {code} Refused"
