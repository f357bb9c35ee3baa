"""The services that the tests stand on, tried once each."""

from __future__ import annotations

import imaplib
import smtplib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.async_api import async_playwright

from tests import services
from tests.services import Missing
from tests.services.needs import free_port
from tests.services.postgres import KILLED

LETTER = b"From: maria@example.org\r\nTo: cobranca@loja.example\r\nSubject: Posso parcelar?\r\n\r\nEm tres vezes.\r\n"


def test_a_database_is_empty_and_gone_afterwards(postgres_url: str) -> None:
    url = services.create_database(postgres_url)
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    services.drop_database(postgres_url, url)
    assert tables == (0,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_two_databases_of_one_run_stand_apart(postgres_url: str, postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE mine (id int)")
    other = services.create_database(postgres_url)
    with psycopg.connect(other) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM mine")
    services.drop_database(postgres_url, other)


@pytest.mark.pg
def test_a_postgresql_of_ones_own_keeps_what_it_committed() -> None:
    server = services.Postgres()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    server.stop(KILLED)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    server.remove()


def test_a_redis_comes_back_under_the_same_url(redis_server: services.Redis) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.ping()
    redis_server.stop()
    with redis.Redis.from_url(redis_server.url) as client, pytest.raises(redis.exceptions.ConnectionError):
        client.ping()
    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.ping()


def test_dovecot_holds_what_was_delivered_and_survives_a_restart(dovecot: services.Dovecot) -> None:
    dovecot.deliver(LETTER)
    dovecot.stop()
    dovecot.start()
    with imaplib.IMAP4(dovecot.host, dovecot.port) as mailbox:
        mailbox.login(dovecot.user, dovecot.password)
        assert mailbox.select()[1] == [b"1"]


def test_mail_sent_to_the_small_server_can_be_fetched(imap_server: services.MailDevel) -> None:
    with smtplib.SMTP(imap_server.host, imap_server.smtp_port) as sender:
        sender.login(imap_server.user, imap_server.password)
        sender.sendmail("maria@example.org", [imap_server.user], LETTER)
    with imaplib.IMAP4(imap_server.host, imap_server.imap_port) as mailbox:
        mailbox.login(imap_server.user, imap_server.password)
        assert mailbox.select()[1] == [b"1"]


async def test_the_browser_shows_a_page(chromium_path: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=services.CHROMIUM_FLAGS)
        page = await browser.new_page()
        await page.set_content("<p>olá</p>")
        assert await page.inner_text("p") == "olá"
        await browser.close()


@pytest.mark.parametrize(
    ("find", "variable", "telling"),
    [
        (services.chromium, "CHROMIUM", "left out: browser tests, no chromium (apt-get install chromium"),
        (services.fixtures_folder, "ACORDO_FIXTURES", "left out: tests of recorded samples, no folder"),
        (services.Dovecot, "UNUSED", "left out: tests against a real IMAP server, no dovecot (apt-get install"),
    ],
)
def test_what_is_missing_says_what_would_mend_it(
    find: Callable[[], object], variable: str, telling: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    monkeypatch.setattr("shutil.which", lambda name, **_: None)
    with pytest.raises(Missing) as missing:
        find()
    assert str(missing.value).startswith(telling)


def test_a_free_port_can_be_listened_on() -> None:
    assert 1024 <= free_port() < 65536
