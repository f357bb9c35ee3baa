"""The SMTP listener, spoken to by a real client and by raw sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib
import pytest

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
        said = await talk(port, b"EHLO x\r\n")
        assert said[0].startswith(b"220")
        announced = await talk(port, b"HELO x\r\n", b"MAIL FROM:<a@example.com>\r\n")
        assert announced[-1].startswith(b"250")
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


def _greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        return client.recv(100)
