"""Handing a finished mail to the inbox's mail server. Called by `send.send` alone.

Until DATA begins nothing is sent, so whatever fails before is a definite no. A connection lost after that leaves it
open; the Message-ID stays the same, so that a receiver would know a second copy.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl

import aiosmtplib

from channels.registry import channel_of
from channels.types import Answer, Fault, Inbox, Mail, Outcome, Refused, Unknown

_QUIT_S = 1.0


class _Talk:
    """One conversation with a mail server; `stage` is where it stands."""

    def __init__(self, inbox: Inbox, connect_s: float, sock: socket.socket | None = None) -> None:
        self.stage = "connect"
        self.connect_s = connect_s
        self.inbox = inbox
        security = inbox.config.get("smtp_security", "starttls")
        host = inbox.config.get("smtp_host", "")
        if not host or security not in ("starttls", "tls", "none"):
            raise ValueError("the inbox has no smtp_host, or smtp_security is not starttls, tls or none")
        self.smtp = aiosmtplib.SMTP(
            hostname=host,
            port=None if sock else smtp_port(inbox),
            sock=sock,
            use_tls=security == "tls",
            start_tls=security == "starttls",
            local_hostname=inbox.address.rpartition("@")[2] or "localhost",
            timeout=None,
        )

    async def open(self) -> None:
        await self.smtp.connect(timeout=self.connect_s)
        user, password = self.inbox.config.get("smtp_user", ""), self.inbox.secrets.get("smtp_password")
        if user and password:
            self.stage = "login"
            await self.smtp.login(user, password)

    async def hand_over(self, mail: Mail) -> aiosmtplib.SMTPResponse:
        self.stage = "mail"
        eight_bit = not mail.message.isascii() and self.smtp.supports_extension("8bitmime")
        await self.smtp.mail(mail.envelope_from, options=["BODY=8BITMIME"] if eight_bit else [])
        self.stage = "rcpt"
        for recipient in mail.envelope_to:
            await self.smtp.rcpt(recipient)
        self.stage = "data"
        answer = await self.smtp.data(mail.message)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self.smtp.quit(timeout=_QUIT_S)
        return answer


async def deliver(inbox: Inbox, mail: Mail, *, connect: float, total: float) -> Outcome:
    """One attempt, in at most `total` seconds. Raises nothing but cancellation."""
    try:
        talk = _Talk(inbox, connect)
    except ValueError as error:
        hint = "An administrator must complete the settings of this inbox."
        return Refused(fault=Fault(code="misconfigured", title=str(error), hint=hint, scope="number"))
    try:
        async with asyncio.timeout(total):
            await talk.open()
            answer = await talk.hand_over(mail)
    except aiosmtplib.SMTPResponseException as error:
        return _refused(inbox, mail, talk.stage, error.code, error.message)
    except (aiosmtplib.SMTPException, ssl.SSLError, OSError, ValueError) as error:  # TimeoutError is an OSError
        return _lost(talk.stage, type(error).__name__)
    finally:
        talk.smtp.close()
    return _read(inbox, mail, "data", answer.code, answer.message)


def smtp_port(inbox: Inbox) -> int:
    """Raises ValueError."""
    return int(inbox.config.get("smtp_port", "587"))


async def greet(inbox: Inbox, address: str, *, connect: float, total: float) -> str:
    """Connect to the address that was checked, log in, leave; what came of it in a sentence.

    Raises aiosmtplib.SMTPException, OSError, ValueError.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        talk = _Talk(inbox, connect, sock)
    except ValueError:
        sock.close()
        raise
    try:
        async with asyncio.timeout(total):
            await asyncio.get_running_loop().sock_connect(sock, (address, smtp_port(inbox)))
            await talk.open()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await talk.smtp.quit(timeout=_QUIT_S)
    finally:
        talk.smtp.close()
        sock.close()
    return "The mail server let us in." if talk.stage == "login" else "The mail server answers; it asked for no login."


def _refused(inbox: Inbox, mail: Mail, stage: str, code: int, message: str) -> Outcome:
    if stage in ("connect", "login"):
        hint = "The mail server does not accept our login. An administrator must check the inbox."
        fault = Fault(code=f"smtp_{code}", title=message[:200], hint=hint, retryable=400 <= code < 500, scope="number")
        return Refused(fault=fault)
    return _read(inbox, mail, stage, code, message)


def _lost(stage: str, name: str) -> Outcome:
    if stage == "data":
        return Unknown(reason=f"the mail server was lost while it took the message: {name}")
    hint = "The mail server cannot be reached. The message is tried again by itself."
    return Refused(fault=Fault(code="unreachable", title=name, hint=hint, retryable=True, scope="number"))


def _read(inbox: Inbox, mail: Mail, stage: str, code: int, message: str) -> Outcome:
    headers = {"stage": stage, "message-id": mail.message_id}
    return channel_of(inbox.provider).read(inbox, Answer(status=code, body=message.encode(), headers=headers))
