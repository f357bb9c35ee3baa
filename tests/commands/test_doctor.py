"""What the doctor looks at, and what he says to mend."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from channels.types import Notice
from console.commands.installation import installation
from console.intake.notices import note
from console.portfolios.queries import all_inboxes
from console.store.transaction import Tx
from tests.commands.running import free_port, serving
from tests.commands.shell import Shell
from tests.commands.test_books import inbox
from tests.commands.test_people import add


def test_a_sound_installation_is_well(book: Shell) -> None:
    add(book)
    book.does("gate", "approve", "--portfolio", "Loja Ipê", "--name", "Dra. Helena", "--document", "Parecer 1")
    said = book.does("doctor")
    assert "MEND" not in said and said.count("\n") == 8
    assert all(
        word in said
        for word in ("settings", "database", "secret key", "clock", "people", "approvals", "disk", "public URL")
    )


def test_everything_that_is_missing_is_named_with_its_cure(book: Shell) -> None:
    inbox(book)
    said = book.run("doctor")
    assert said.line == "acordo: 3 things to mend"
    for cure in ("acordo user add --help", "acordo gate approve", 'acordo inbox test "SMS"'):
        assert cure in said.out


def test_an_empty_database_is_to_be_migrated_and_nothing_is_changed(bare: Shell) -> None:
    said = bare.run("doctor")
    assert said.status == 1 and "Run acordo migrate" in said.out
    assert not (bare.folder / "var" / "acordo.db").exists()


def test_a_bad_setting_is_the_only_finding(shell: Shell) -> None:
    shell.patch.setenv("ACORDO_LOG", "loud")
    said = shell.run("doctor")
    assert said.status == 1 and "ACORDO_LOG" in said.out and len(said.out.splitlines()) == 1


def test_plain_http_to_the_world_is_to_be_mended(shell: Shell) -> None:
    shell.patch.setenv("ACORDO_PUBLIC_URL", "http://acordo.example.com")
    assert "It must be https" in shell.run("doctor").out


def test_a_redis_that_does_not_answer_is_told(shell: Shell) -> None:
    shell.patch.setenv("ACORDO_REDIS_URL", "redis://127.0.0.1:1/0")
    assert "MEND  redis" in shell.run("doctor").out


def test_a_key_that_opens_nothing_is_told_without_being_shown(book: Shell) -> None:
    inbox(book)
    (book.folder / "var" / "secret.key").write_text("another key")
    said = book.run("doctor")
    assert "does not open what is stored" in said.out and "another key" not in said.out


def test_a_newer_schema_is_refused_by_every_command(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.folder / "var" / "acordo.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999_later'")
        connection.commit()
    assert "newer than this program" in shell.refuses("user", "list")
    assert "newer than this program" in shell.refuses("serve", "--port", "0")


def test_the_way_in_is_tried_through_the_public_url(book: Shell) -> None:
    inbox(book)
    url = f"http://127.0.0.1:{free_port()}"
    book.patch.setenv("ACORDO_PUBLIC_URL", url)
    with serving(book, "--host", "127.0.0.1", ACORDO_PUBLIC_URL=url):
        said = book.run("doctor").out
    assert f"{url} leads here" in said and "ok    socket     is passed through" in said
    assert f"SMS: {url}/webhooks/twilio/" in said and "is reached" in said


def test_a_disk_that_is_nearly_full_is_told_in_time(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(book.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=10 * 1024**2))
    assert "MEND  disk" in book.run("doctor").out


def test_what_a_provider_said_of_a_number_is_told_until_somebody_lifts_it(book: Shell) -> None:
    inbox(book)

    def troubled(tx: Tx) -> None:
        (row,) = all_inboxes(tx)
        red = Notice(field="phone_number_quality_update", event="RED", at=tx.now, quality="red", limit="0")
        note(tx, row, red, [row])
        note(tx, row, Notice(field="account_update", event="DISABLED_UPDATE", at=tx.now, restriction="DISABLE"), [row])

    with installation() as services:
        services.store.write_now(troubled)
    said = book.run("doctor").out
    assert "MEND  channel    SMS: the provider restricts it (DISABLE)" in said
    assert "SMS: the provider rates it red" in said and 'acordo inbox lift "SMS"' in said
    assert "0 of 0 people a day are used" in said
    assert "Machines may send from SMS again" in book.does("inbox", "lift", "SMS")
    said = book.run("doctor").out
    assert "restricts" not in said and "rates it red" not in said
    assert "inbox" in book.refuses("inbox", "lift", "nobody")
