"""The inbox, the recorded mails and small helpers that the tests of mail share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from channels.email import Email
from channels.types import Delivery, Inbound, Inbox, Item, Secrets
from tests.services.needs import fixtures_folder

NOW = 1_795_000_000_000  # 2026-11-18T11:06:40Z
CASE = "0199f0a1b2c37d4e8f5061728394a5b6"
REF = "019a9585abcd7000800000000000002a"

INBOX = Inbox(
    id="inbox1",
    channel="email",
    provider="smtp",
    address="cobranca@empresa.example",
    config={"from_name": "Empresa Cobrança"},
    secrets=Secrets({"reply_key": "a-key-for-tokens", "webhook_secret": "a-secret"}),
)


def folder() -> Path:
    return fixtures_folder() / "email"


def recorded(name: str) -> bytes:
    return (folder() / name).read_bytes()


def parse(raw: bytes, inbox: Inbox = INBOX, **envelope: object) -> Sequence[Item]:
    return Email().parse(inbox, Delivery(body=raw, **envelope), NOW)  # type: ignore[arg-type]


def inbound(raw: bytes, inbox: Inbox = INBOX, **envelope: object) -> Inbound:
    """The one message that a mail gives; fails when it gives anything else."""
    [item] = parse(raw, inbox, **envelope)
    assert isinstance(item, Inbound), item
    return item


def mail(body: str = "oi", headers: str = "", sender: str = "Maria <maria@example.com>") -> bytes:
    """A plain mail with extra header lines."""
    extra = _crlf(headers.strip("\n"))
    lines = [f"From: {sender}", "To: cobranca@empresa.example", "Message-ID: <m@example.com>"]
    return ("\r\n".join([*lines, *([extra] if extra else [])]) + "\r\n\r\n" + _crlf(body)).encode()


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
