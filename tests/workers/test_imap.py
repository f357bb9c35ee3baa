"""The mailbox poller against two real servers: mail-devel, which never pushes, and dovecot, which does."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import aiosmtplib
import pytest

from channels.types import Delivery, Inbox, Secrets
from console.workers.imap import Cursor, ImapMailbox
from tests import services
from tests.services.needs import wait_until

HOUR = 3600.0


class Desk:
    """Stands for intake and its table of cursors; the first `failing` deliveries are not stored."""

    def __init__(self, cursor: Cursor | None = None, failing: int = 0) -> None:
        self.stored: list[bytes] = []
        self.cursor, self.failing, self.refused = cursor, failing, 0
        self.look: Callable[[], None] | None = None

    async def accept(self, inbox: str, delivery: Delivery) -> None:
        if self.look:
            await asyncio.to_thread(self.look)
        if self.refused < self.failing:
            self.refused += 1
            raise OSError("no database")
        self.stored.append(delivery.body)

    async def load_state(self, inbox: str) -> Cursor | None:
        return self.cursor

    async def save_state(self, inbox: str, cursor: Cursor) -> None:
        self.cursor = cursor

    def holds(self, count: int) -> bool:
        return len(self.stored) == count

    def subjects(self) -> list[str]:
        return [raw.split(b"Subject: ")[1].split(b"\r\n")[0].split(b"\n")[0].decode() for raw in self.stored]


def inbox_at(host: str, port: int, user: str, password: str) -> Inbox:
    return Inbox(
        id="correio",
        channel="email",
        provider="smtp",
        address=user,
        config={"imap_host": host, "imap_port": str(port), "imap_security": "none", "imap_user": user},
        secrets=Secrets({"imap_password": password}),
    )


def letter(subject: str) -> bytes:
    return (
        f"From: Maria <maria@example.com>\r\nTo: cobranca@loja.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject}@example.com>\r\n\r\nBom dia.\r\n"
    ).encode()


@asynccontextmanager
async def running(mailbox: ImapMailbox) -> AsyncIterator[None]:
    task = asyncio.create_task(mailbox.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool]) -> None:
    assert await asyncio.to_thread(wait_until, true)


def unseen(server: services.MailDevel | services.Dovecot, port: int) -> int:
    client = imaplib.IMAP4(server.host, port)
    client.login(server.user, server.password)
    client.select("INBOX", readonly=True)
    _, found = client.search(None, "UNSEEN")
    client.logout()
    return len(found[0].split())


# --- polling ---


@pytest.fixture
def server(imap_server: services.MailDevel) -> services.MailDevel:
    return imap_server


async def post(server: services.MailDevel, subject: str) -> None:
    await aiosmtplib.send(
        letter(subject),
        sender="maria@example.com",
        recipients=[server.user],
        hostname=server.host,
        port=server.smtp_port,
        start_tls=False,
    )


def polling(server: services.MailDevel, desk: Desk) -> ImapMailbox:
    inbox = inbox_at(server.host, server.imap_port, server.user, server.password)
    return ImapMailbox(inbox, desk.accept, desk, poll_seconds=0.2, first_pause=0.05)


async def test_polling_finds_what_no_push_told(server: services.MailDevel) -> None:
    desk = Desk()
    async with running(polling(server, desk)):
        await until(lambda: desk.cursor is not None)
        await post(server, "primeira")
        await until(lambda: len(desk.stored) == 1)
        await post(server, "segunda")
        await until(lambda: len(desk.stored) == 2)
    assert desk.subjects() == ["primeira", "segunda"]


async def test_a_mail_is_marked_as_read_only_after_it_is_stored(server: services.MailDevel) -> None:
    desk, counts = Desk(), []

    def look() -> None:
        counts.append(unseen(server, server.imap_port))

    desk.look = look
    await post(server, "uma")
    async with running(polling(server, desk)):
        await until(lambda: desk.cursor is not None)
    assert counts == [1]
    assert await asyncio.to_thread(unseen, server, server.imap_port) == 0


async def test_a_mail_that_was_not_stored_comes_again(server: services.MailDevel) -> None:
    desk = Desk(failing=3)
    await post(server, "uma")
    await post(server, "duas")
    async with running(polling(server, desk)):
        await until(lambda: len(desk.stored) == 2)
    assert desk.refused == 3
    assert desk.subjects() == ["uma", "duas"]


async def test_a_new_start_goes_on_where_the_last_one_ended(server: services.MailDevel) -> None:
    desk = Desk()
    await post(server, "antes")
    async with running(polling(server, desk)):
        await until(lambda: desk.cursor is not None)
    await post(server, "durante")
    async with running(polling(server, desk)):
        await until(lambda: len(desk.stored) == 2)
        await post(server, "depois")
        await until(lambda: len(desk.stored) == 3)
    assert desk.subjects() == ["antes", "durante", "depois"]


async def test_mail_read_before_we_came_is_not_imported(server: services.MailDevel) -> None:
    await post(server, "velha")
    await asyncio.to_thread(partial(_read_all, server))
    await post(server, "nova")
    desk = Desk()
    async with running(polling(server, desk)):
        await until(lambda: desk.cursor is not None)
        await post(server, "ainda mais nova")
        await until(lambda: len(desk.stored) == 2)
    assert desk.subjects() == ["nova", "ainda mais nova"]


async def test_new_uids_make_old_cursors_void(server: services.MailDevel) -> None:
    desk = Desk(Cursor(uid_validity=1, last_uid=999))
    await post(server, "uma")
    async with running(polling(server, desk)):
        await until(lambda: len(desk.stored) == 1)
        await until(lambda: desk.cursor is not None and desk.cursor.uid_validity != 1)


async def test_a_wrong_password_is_told_and_tried_again(server: services.MailDevel) -> None:
    desk = Desk()
    inbox = inbox_at(server.host, server.imap_port, server.user, "errada")
    mailbox = ImapMailbox(inbox, desk.accept, desk, first_pause=0.05)
    async with running(mailbox):
        await until(lambda: mailbox.trouble != "")
    assert "MailboxLoginError" in mailbox.trouble
    assert "errada" not in mailbox.trouble


async def test_a_mailbox_can_be_tried_out(server: services.MailDevel) -> None:
    await post(server, "uma")
    assert await polling(server, Desk()).check() == 1


@pytest.mark.parametrize("missing", ["imap_host", "imap_user"])
async def test_what_is_not_configured_is_told(missing: str) -> None:
    inbox = inbox_at("127.0.0.1", 1, "cobranca@loja.example", "x")
    inbox.config.pop(missing)
    mailbox = ImapMailbox(inbox, Desk().accept, Desk(), first_pause=0.05)
    async with running(mailbox):
        await until(lambda: mailbox.trouble != "")
    if missing == "imap_host":
        assert mailbox.trouble == "ValueError: the inbox has no imap_host"


# --- pushes ---


def idling(server: services.Dovecot, desk: Desk) -> ImapMailbox:
    """Polls so seldom that only a push can bring anything."""
    inbox = inbox_at(server.host, server.port, server.user, server.password)
    return ImapMailbox(inbox, desk.accept, desk, poll_seconds=HOUR, first_pause=0.05)


async def test_a_push_brings_the_mail_at_once(dovecot: services.Dovecot) -> None:
    desk = Desk()
    async with running(idling(dovecot, desk)):
        await until(lambda: desk.cursor is not None)
        for number in range(3):
            await asyncio.to_thread(dovecot.deliver, letter(f"n{number}"))
            await until(partial(desk.holds, number + 1))
    assert desk.subjects() == ["n0", "n1", "n2"]
    assert await asyncio.to_thread(unseen, dovecot, dovecot.port) == 0


async def test_a_lost_server_is_found_again_without_losing_mail(dovecot: services.Dovecot) -> None:
    desk = Desk()
    mailbox = idling(dovecot, desk)
    async with running(mailbox):
        await until(lambda: desk.cursor is not None)
        await asyncio.to_thread(dovecot.stop)
        await until(lambda: mailbox.trouble != "")
        dovecot.deliver(letter("enquanto-fora"))
        await asyncio.to_thread(dovecot.start)
        await until(lambda: len(desk.stored) == 1)
        await until(lambda: mailbox.trouble == "")
    assert desk.subjects() == ["enquanto-fora"]


async def test_a_burst_is_taken_whole_and_once(dovecot: services.Dovecot) -> None:
    desk = Desk()
    async with running(idling(dovecot, desk)):
        await until(lambda: desk.cursor is not None)
        for number in range(30):
            dovecot.deliver(letter(f"n{number:02}"))
        await until(lambda: len(desk.stored) >= 30)
    assert sorted(desk.subjects()) == [f"n{number:02}" for number in range(30)]


async def test_ending_does_not_wait_for_the_server(dovecot: services.Dovecot) -> None:
    desk = Desk()
    async with asyncio.timeout(20):
        async with running(idling(dovecot, desk)):
            await until(lambda: desk.cursor is not None)


def _read_all(server: services.MailDevel) -> None:
    client = imaplib.IMAP4(server.host, server.imap_port)
    client.login(server.user, server.password)
    client.select("INBOX")
    client.store("1:*", "+FLAGS", r"(\Seen)")
    client.logout()
