"""`acordo serve`, `worker`, `migrate` and `demo` as processes."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

from tests.commands.running import free_port, serving
from tests.commands.shell import Shell
from tests.commands.test_books import inbox
from tests.commands.test_people import PASSWORD, add

SEEN_WITHIN = 2.0  # what a command wrote


def test_it_makes_its_database_says_what_is_missing_and_ends_when_told(bare: Shell) -> None:
    with serving(bare) as server:
        assert server.said[0].startswith("Nobody can sign in yet")
        assert server.client().get("/readyz").json() == {"status": "ready"}
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
    assert (bare.folder / "var" / "acordo.db").exists()
    assert os.stat(bare.folder / "var" / "secret.key").st_mode & 0o077 == 0


def test_it_says_which_profile_is_not_approved_and_which_inbox_is_not_proved(book: Shell) -> None:
    inbox(book, "--config", "origin=http://127.0.0.1:1")
    with serving(book) as server:
        said = "\n".join(server.said)
    assert "BR-SP is not approved" in said and "Inbox SMS (sms, twilio) was never tested" in said
    book.run("inbox", "test", "SMS")
    with serving(book) as server:
        assert "is not reachable: only https" in "\n".join(server.said)


def test_one_server_or_worker_a_database(shell: Shell) -> None:
    with serving(shell):
        for words in (("serve", "--port", "0"), ("worker",), ("migrate",)):
            assert "another acordo server or worker" in shell.refuses(*words)
        assert "a server or worker is running" in shell.run("doctor").out


def test_a_taken_port_is_one_line(shell: Shell) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        line = shell.refuses("serve", "--port", str(other.getsockname()[1]))
    assert "is in use" in line and "--port" in line


@pytest.mark.parametrize(
    ("words", "url"),
    [
        (("--host", "0.0.0.0"), ""),
        ((), "http://acordo.example.com"),
        (("--host", "0.0.0.0"), "http://127.0.0.1:8000"),
    ],
)
def test_plain_http_goes_no_further_than_this_machine(shell: Shell, words: tuple[str, ...], url: str) -> None:
    shell.patch.setenv("ACORDO_PUBLIC_URL", url)
    assert "ACORDO_PUBLIC_URL=https://" in shell.refuses("serve", "--port", "0", *words)


def test_a_host_that_is_not_ours_is_one_line(shell: Shell) -> None:
    assert "cannot listen on 192.0.2.1" in shell.refuses("serve", "--host", "192.0.2.1", "--port", "0")


def test_several_processes_need_a_database_server(shell: Shell) -> None:
    assert "need PostgreSQL" in shell.refuses("serve", "--workers", "2")
    assert "need PostgreSQL" in shell.refuses("serve", "--workers", "0")


def test_the_port_of_the_public_url_is_where_it_listens(shell: Shell) -> None:
    port = free_port()
    with serving(shell, "--host", "127.0.0.1", ACORDO_PUBLIC_URL=f"http://127.0.0.1:{port}") as server:
        assert server.port == port


def test_what_a_command_writes_the_server_sees_within_two_seconds(shell: Shell) -> None:
    with serving(shell) as server:
        add(shell)
        ana = server.sign_in("ana@example.com", PASSWORD)
        assert ana.get("/api/v1/me").json()["teams"] == []
        shell.does("team", "add", "Cobrança")
        shell.does("user", "change", "ana@example.com", "--team", "Cobrança")
        within(lambda: [each["name"] for each in ana.get("/api/v1/me").json()["teams"]] == ["Cobrança"])
        shell.does("user", "disable", "ana@example.com")
        within(lambda: ana.get("/api/v1/me").status_code == 401)


def test_a_worker_works_until_it_is_told_to_stop(shell: Shell) -> None:
    process = shell.start("worker")
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline().startswith("Acordo works in the background")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, out + err


def test_migrate_makes_a_database_and_says_when_there_is_nothing_to_do(bare: Shell) -> None:
    assert "from empty to v" in bare.does("migrate")
    assert "already" in bare.does("migrate")
    assert "There is no user yet" in bare.does("user", "list")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "acordo.example.com", "::"])
def test_the_demo_listens_on_the_loopback_alone(bare: Shell, host: str) -> None:
    assert "loopback only" in bare.refuses("demo", "--host", host)


def test_a_database_server_is_migrated_by_hand(bare: Shell, postgres_database: str) -> None:
    bare.patch.setenv("ACORDO_DATABASE_URL", postgres_database)
    bare.patch.setenv("ACORDO_SECRET_KEY", "a key for tests")
    assert "the database is empty: run acordo migrate" in bare.refuses("serve", "--port", "0")
    bare.does("migrate")
    add(bare)
    environment = {"ACORDO_DATABASE_URL": postgres_database, "ACORDO_SECRET_KEY": "a key for tests"}
    with serving(bare, "--port", "0", "--workers", "2", **environment) as server:
        assert any("acordo worker" in line for line in server.said)
        several = [server.sign_in("ana@example.com", PASSWORD) for _ in range(4)]
        assert all(each.get("/api/v1/me").status_code == 200 for each in several)


def within(met: Callable[[], bool]) -> None:
    """Fails when something that a command wrote is not seen in time."""
    until = time.monotonic() + SEEN_WITHIN
    while not met():
        assert time.monotonic() < until, "the server has not seen it"
        time.sleep(0.05)
