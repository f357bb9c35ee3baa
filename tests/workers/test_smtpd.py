"""The SMTP listener, spoken to by a real client and by raw sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import aiosmtplib
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.email.tokens import base_address
from channels.types import Delivery
from console.workers.smtpd import MAX_BYTES, MAX_SESSIONS, MailDoor
from tests.services.needs import wait_until

OURS = {"cobranca@loja.example": "loja", "juridico@loja.example": "juridico"}
MAIL = b"From: Maria <maria@example.com>\r\nTo: cobranca@loja.example\r\nSubject: oi\r\n\r\nBom dia.\r\n"


class Intake:
    """What was stored, in order; `broken` makes storing fail, `hold` makes it wait."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, Delivery]] = []
        self.broken = False
        self.hold: asyncio.Event | None = None

    async def accept(self, inbox: str, delivery: Delivery) -> None:
        if self.hold:
            await self.hold.wait()
        if self.broken:
            raise OSError("disk full")
        self.stored.append((inbox, delivery))


async def find_inbox(address: str) -> str:
    return OURS.get(base_address(address), "")


@asynccontextmanager
async def listening(intake: Intake, max_bytes: int = MAX_BYTES, max_sessions: int = MAX_SESSIONS) -> AsyncIterator[int]:
    door = MailDoor(intake.accept, find_inbox, max_bytes=max_bytes, max_sessions=max_sessions)
    port = await door.start()
    try:
        yield port
    finally:
        await door.stop()


async def submit(port: int, to: list[str], mail: bytes = MAIL, sender: str = "maria@example.com") -> tuple[int, str]:
    """The code and text that the mail got; a refusal of the recipients counts as the answer."""
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
    await client.connect()
    try:
        await client.mail(sender)
        for address in to:
            await client.rcpt(address)
        answer = await client.data(mail)
    except aiosmtplib.SMTPResponseException as refusal:
        return refusal.code, refusal.message
    finally:
        client.close()
    return answer.code, answer.message


async def talk(port: int, *steps: bytes) -> list[bytes]:
    """Each step sent as it stands, after reading one line of answer; the lines read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [await reader.readline()]
    for step in steps:
        writer.write(step)
        await writer.drain()
        lines.append(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return lines


async def test_a_mail_to_an_inbox_is_stored_with_its_envelope() -> None:
    intake = Intake()
    async with listening(intake) as port:
        code, _ = await submit(port, ["cobranca+r123@loja.example"])
    assert code == 250
    [(inbox, delivery)] = intake.stored
    assert inbox == "loja"
    assert delivery == Delivery(
        method="SMTP", body=MAIL, envelope_from="maria@example.com", envelope_to=("cobranca+r123@loja.example",)
    )


async def test_nothing_is_acknowledged_before_it_is_stored() -> None:
    intake = Intake()
    intake.hold = asyncio.Event()
    async with listening(intake) as port:
        sending = asyncio.create_task(submit(port, ["cobranca@loja.example"]))
        done, _ = await asyncio.wait([sending], timeout=0.3)
        assert not done
        intake.hold.set()
        assert (await sending)[0] == 250
    assert len(intake.stored) == 1


async def test_a_mail_that_cannot_be_stored_is_left_with_its_sender() -> None:
    intake = Intake()
    intake.broken = True
    async with listening(intake) as port:
        assert (await submit(port, ["cobranca@loja.example"]))[0] == 451
        intake.broken = False
        assert (await submit(port, ["cobranca@loja.example"]))[0] == 250
    assert len(intake.stored) == 1


async def test_storing_that_takes_too_long_is_no_acknowledgement() -> None:
    intake = Intake()
    intake.hold = asyncio.Event()
    door = MailDoor(intake.accept, find_inbox, accept_seconds=0.2)
    port = await door.start()
    try:
        assert (await submit(port, ["cobranca@loja.example"]))[0] == 451
    finally:
        await door.stop()
    assert intake.stored == []


@pytest.mark.parametrize("address", ["estranho@loja.example", "maria@example.com", "cobranca@outra.example"])
async def test_mail_for_anybody_else_is_refused_and_not_relayed(address: str) -> None:
    intake = Intake()
    async with listening(intake) as port:
        assert (await submit(port, [address]))[0] == 550
    assert intake.stored == []


async def test_recipients_of_two_inboxes_give_each_their_own_delivery() -> None:
    intake = Intake()
    async with listening(intake) as port:
        await submit(port, ["cobranca@loja.example", "juridico@loja.example"])
    assert {inbox: delivery.envelope_to for inbox, delivery in intake.stored} == {
        "loja": ("cobranca@loja.example",),
        "juridico": ("juridico@loja.example",),
    }


async def test_a_look_up_that_fails_is_no_refusal() -> None:
    async def broken(address: str) -> str:
        raise OSError("no database")

    door = MailDoor(Intake().accept, broken)
    port = await door.start()
    try:
        assert (await submit(port, ["cobranca@loja.example"]))[0] == 451
    finally:
        await door.stop()


async def test_the_null_sender_of_a_bounce_is_kept_as_such() -> None:
    intake = Intake()
    async with listening(intake) as port:
        await submit(port, ["cobranca@loja.example"], sender="")
    assert intake.stored[0][1].envelope_from == "<>"


async def test_a_mail_beyond_the_limit_is_refused_for_good() -> None:
    intake = Intake()
    async with listening(intake, max_bytes=10_000) as port:
        assert (await submit(port, ["cobranca@loja.example"], MAIL + b"x" * 70 + b"\r\n"))[0] == 250
        assert (await submit(port, ["cobranca@loja.example"], MAIL + (b"x" * 70 + b"\r\n") * 200))[0] == 552
        announced = await talk(port, b"HELO x\r\n", b"MAIL FROM:<a@example.com>\r\n")
        assert announced[-1].startswith(b"250")
    assert len(intake.stored) == 1


async def test_a_size_told_beforehand_is_refused_before_it_is_sent() -> None:
    async with listening(Intake()) as port:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
        await client.connect()
        await client.ehlo()
        assert client.esmtp_extensions["size"] == str(MAX_BYTES)
        assert "auth" not in client.esmtp_extensions
        with pytest.raises(aiosmtplib.SMTPResponseException) as refusal:
            await client.mail("maria@example.com", options=[f"SIZE={MAX_BYTES + 1}"])
        assert refusal.value.code == 552
        client.close()


async def test_a_sender_can_ask_for_encryption(tmp_path: Path) -> None:
    intake = Intake()
    server, client = _certificate(tmp_path)
    door = MailDoor(intake.accept, find_inbox, tls=server)
    port = await door.start()
    try:
        await aiosmtplib.send(
            MAIL,
            sender="maria@example.com",
            recipients=["cobranca@loja.example"],
            hostname="127.0.0.1",
            port=port,
            start_tls=True,
            tls_context=client,
        )
    finally:
        await door.stop()
    assert len(intake.stored) == 1


async def test_lines_longer_than_the_standard_allows_are_taken() -> None:
    intake = Intake()
    long = MAIL + b"y" * 20_000 + b"\r\n"
    async with listening(intake) as port:
        assert (await submit(port, ["cobranca@loja.example"], long))[0] == 250
    assert intake.stored[0][1].body == long


async def test_a_dot_at_the_start_of_a_line_arrives_as_it_was() -> None:
    intake = Intake()
    mail = MAIL + b".\r\n..x\r\n"
    async with listening(intake) as port:
        await submit(port, ["cobranca@loja.example"], mail)
    assert intake.stored[0][1].body == mail


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r"])
async def test_only_crlf_dot_crlf_ends_a_mail(end: bytes) -> None:
    """SMTP smuggling: what looks like an end to a careless server stays content, and with it the command behind it."""
    intake = Intake()
    smuggled = b"MAIL FROM:<chefe@loja.example>\r\nRCPT TO:<juridico@loja.example>\r\nDATA\r\nFrom: x\r\n\r\nforged"
    async with listening(intake) as port:
        lines = await talk(
            port,
            b"HELO example.com\r\n",
            b"MAIL FROM:<maria@example.com>\r\n",
            b"RCPT TO:<cobranca@loja.example>\r\n",
            b"DATA\r\n",
            MAIL + b"fim" + end + smuggled + b"\r\n.\r\n",
        )
    assert lines[-1].startswith(b"250")
    [(inbox, delivery)] = intake.stored
    assert inbox == "loja"
    assert b"forged" in delivery.body


async def test_too_many_connections_are_told_to_come_later() -> None:
    intake = Intake()
    async with listening(intake, max_sessions=1) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        reader, second = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"421")
        for open_one in (writer, second):
            open_one.close()
            await open_one.wait_closed()
        assert await asyncio.to_thread(wait_until, lambda: _greeting(port).startswith(b"220"))


async def test_stopping_ends_open_sessions() -> None:
    door = MailDoor(Intake().accept, find_inbox)
    port = await door.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await reader.readline()).startswith(b"220")
    await door.stop()
    assert await reader.read() == b""
    writer.close()


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.loja.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert").write_bytes(certificate.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key").write_bytes(private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert", folder / "key")
    return server, ssl.create_default_context(cafile=str(folder / "cert"))


def _greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        return client.recv(100)
