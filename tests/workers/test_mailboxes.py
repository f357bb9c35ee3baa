"""Mail that comes in by itself: through a real IMAP server and through our own listener, into a running product."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from console.portfolios.models import inbox as inboxes
from console.portfolios.set_up import set_inbox_state
from console.store.base import dump
from console.store.statement import change, rows, value
from console.store.transaction import Tx
from console.timeline.models import item
from console.workers.mailboxes import LEASE_MS, hold, keep_mailboxes, let_go
from tests.flows.book import Book, open_book
from tests.server import Server, running
from tests.services import MailDevel
from tests.services.needs import free_port
from tests.world import World

ADDRESS = "cobranca@ipe.example"


def mail(subject: str, to: str = ADDRESS, message_id: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Maria Souza <maria@example.com>", to, subject
    made["Message-ID"] = message_id or f"<{subject}@example.com>"
    made.set_content("Bom dia, quero negociar.")
    return made


def send(port: int, message: EmailMessage, to: str = ADDRESS) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.send_message(message, "maria@example.com", [to])


def subjects(server: Server) -> list[str]:
    clause = item.select().with_only_columns(item.c.subject).where(item.c.kind == "message")
    found: list[str] = server.read(rows, clause, value)
    return sorted(found)


def until(look: Callable[[], Any]) -> None:
    for _ in range(400):
        if look():
            return
        time.sleep(0.05)
    raise AssertionError("it did not become so")


def configure(server: Server, book: Book, config: dict[str, str], password: str = "") -> None:
    """As an operator's command would: written, and the mailboxes told."""

    def verb(tx: Tx) -> None:
        secrets = server.services.vault.seal(dump({"imap_password": password}), f"inbox:{book.email}")
        change(tx, inboxes, {"id": book.email}, config=dump(config), secrets=secrets)
        tx.wake("inboxes", "mailboxes")

    server.write(verb)


def test_a_mailbox_is_opened_when_an_inbox_names_it_and_closed_when_it_is_disabled(imap_server: MailDevel) -> None:
    with running(workers={"mailboxes": keep_mailboxes}) as server:
        book = open_book(server)
        send(imap_server.smtp_port, mail("antes"))
        config = {
            "smtp_host": "127.0.0.1", "smtp_port": "25", "imap_host": imap_server.host, "imap_security": "none",
            "imap_port": str(imap_server.imap_port), "imap_user": imap_server.user,
        }  # fmt: skip
        configure(server, book, config, imap_server.password)
        until(lambda: subjects(server) == ["antes"])
        server.write(set_inbox_state, book.email, "disabled")
        time.sleep(0.5)
        send(imap_server.smtp_port, mail("depois"))
        send(imap_server.smtp_port, mail("antes", message_id="<antes@example.com>"))
        server.write(set_inbox_state, book.email, "active")
        until(lambda: subjects(server) == ["antes", "depois"])  # and the repeated one is no second message


def test_the_listener_takes_mail_for_our_inboxes_and_for_nobody_else() -> None:
    port = free_port()
    with running(workers={"mailboxes": keep_mailboxes}, smtp_listen=f"127.0.0.1:{port}") as server:
        book = open_book(server)
        until(lambda: _greets(port))
        send(port, mail("um"))
        send(port, mail("dois"), to=ADDRESS.replace("@", "+r2345@"))
        send(port, mail("um", message_id="<um@example.com>"))
        assert subjects(server) == ["dois", "um"], "250 is said after the mail is stored"
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(port, mail("tres"), to="outra@ipe.example")
        server.write(set_inbox_state, book.email, "disabled")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(port, mail("quatro"))
        assert subjects(server) == ["dois", "um"]


def test_a_domain_for_replies_is_the_inboxes_too() -> None:
    port = free_port()
    with running(workers={"mailboxes": keep_mailboxes}, smtp_listen=f"127.0.0.1:{port}") as server:
        book = open_book(server)
        config = {"smtp_host": "127.0.0.1", "smtp_port": "25", "reply_domain": "respostas.ipe.example"}
        configure(server, book, config)
        until(lambda: _greets(port))
        send(port, mail("resposta"), to="cobranca+r2345@respostas.ipe.example")
        assert subjects(server) == ["resposta"]


def test_a_listener_whose_port_is_taken_does_not_stop_the_mailboxes(imap_server: MailDevel) -> None:
    where = f"127.0.0.1:{imap_server.smtp_port}"
    with running(workers={"mailboxes": keep_mailboxes}, smtp_listen=where) as server:
        book = open_book(server)
        send(imap_server.smtp_port, mail("vem"))
        config = {
            "smtp_host": "127.0.0.1", "smtp_port": "25", "imap_host": imap_server.host, "imap_security": "none",
            "imap_port": str(imap_server.imap_port), "imap_user": imap_server.user,
        }  # fmt: skip
        configure(server, book, config, imap_server.password)
        until(lambda: subjects(server) == ["vem"])


def test_of_two_processes_one_reads_a_mailbox_and_the_other_goes_on_when_it_is_lost(world: World) -> None:
    inbox = world.inboxes["email"]
    assert world.do(hold, inbox, "INBOX", "one") and world.do(hold, inbox, "INBOX", "one")
    assert not world.do(hold, inbox, "INBOX", "two")
    world.clock.advance(LEASE_MS + 1)
    assert world.do(hold, inbox, "INBOX", "two"), "the first is dead"
    assert not world.do(hold, inbox, "INBOX", "one")
    world.do(let_go, inbox, "one")
    assert not world.do(hold, inbox, "INBOX", "three"), "only its holder lets go"
    world.do(let_go, inbox, "two")
    assert world.do(hold, inbox, "INBOX", "three")


def test_a_mailbox_in_other_hands_is_left_alone_until_it_is_free(imap_server: MailDevel) -> None:
    with running(workers={"mailboxes": keep_mailboxes}) as server:
        book = open_book(server)
        assert server.write(hold, book.email, "INBOX", "another process")
        config = {
            "smtp_host": "127.0.0.1", "smtp_port": "25", "imap_host": imap_server.host, "imap_security": "none",
            "imap_port": str(imap_server.imap_port), "imap_user": imap_server.user,
        }  # fmt: skip
        send(imap_server.smtp_port, mail("espera"))
        configure(server, book, config, imap_server.password)
        time.sleep(1)
        assert subjects(server) == []
        server.write(let_go, book.email, "another process")
        until(lambda: subjects(server) == ["espera"])


def _greets(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5):
            return True
    except OSError:
        return False
