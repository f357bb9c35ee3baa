"""Mailboxes over TLS, against a real server whose certificate an authority of our own signed."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.types import Inbox, Secrets
from console.workers.imap import TROUBLES, ImapMailbox
from tests import services
from tests.services.authority import Authority
from tests.workers.test_imap import Desk, letter, running, until


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def secured(authority: Authority) -> Iterator[services.Dovecot]:
    server = services.Dovecot(*authority.sign("127.0.0.1"))
    yield server
    server.stop()


def mailbox(server: services.Dovecot, security: str, desk: Desk, tls: ssl.SSLContext | None) -> ImapMailbox:
    port = server.tls_port if security == "tls" else server.port
    config = {"imap_host": server.host, "imap_port": str(port), "imap_security": security, "imap_user": server.user}
    secrets = Secrets({"imap_password": server.password})
    inbox = Inbox(id="x", channel="email", provider="smtp", address=server.user, config=config, secrets=secrets)
    return ImapMailbox(inbox, desk.accept, desk, first_pause=0.05, tls=tls)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_comes_over_tls(secured: services.Dovecot, authority: Authority, security: str) -> None:
    trusting, desk = ssl.create_default_context(cafile=str(authority.certificate)), Desk()
    async with running(mailbox(secured, security, desk, trusting)):
        await until(lambda: desk.cursor is not None)
        secured.deliver(letter("cifrada"))
        await until(lambda: len(desk.stored) == 1)
    assert desk.subjects() == ["cifrada"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_of_nobody_we_trust_is_refused_before_the_password(
    secured: services.Dovecot, security: str
) -> None:
    with pytest.raises(TROUBLES, match="CERTIFICATE_VERIFY_FAILED"):
        await mailbox(secured, security, Desk(), None).check()
    assert "Login" not in (secured.folder / "log").read_text(), "the server saw no password"


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_of_another_host_is_refused(authority: Authority, security: str) -> None:
    server = services.Dovecot(*authority.sign("mail.elsewhere.example"))
    try:
        trusting = ssl.create_default_context(cafile=str(authority.certificate))
        with pytest.raises(TROUBLES, match=r"IP address mismatch|not valid for"):
            await mailbox(server, security, Desk(), trusting).check()
    finally:
        server.stop()


async def test_an_authority_of_the_house_is_named_by_the_machine(
    secured: services.Dovecot, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE, as every program on the machine reads it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    assert await mailbox(secured, "tls", Desk(), None).check() == 0
