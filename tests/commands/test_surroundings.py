"""What a start refuses, in one line that says what to do: folder, database, schema, Redis, clock."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from redis import Redis as Client

from console.clock import SystemClock
from console.store.migrate import migrate
from tests.commands.running import serving
from tests.commands.shell import OURS, Shell
from tests.services import Redis

KEY = "a key for tests"
STARTS = (("serve", "--port", "0"), ("worker",))


def environment() -> dict[str, str]:
    """For a process of its own, what is set here."""
    return {name: os.environ[name] for name in OURS if name in os.environ}


@pytest.fixture
def server(bare: Shell, postgres_database: str) -> Shell:
    """An installation on PostgreSQL."""
    bare.patch.setenv("ACORDO_DATABASE_URL", postgres_database)
    bare.patch.setenv("ACORDO_SECRET_KEY", KEY)
    bare.does("migrate")
    return bare


@pytest.fixture
def locked() -> Iterator[Redis]:
    redis = Redis("--requirepass", "hunter2")
    yield redis
    redis.stop()


@pytest.mark.parametrize("words", STARTS)
@pytest.mark.parametrize("folder", ["/proc/acordo", "/sys/kernel"])
def test_a_folder_that_cannot_be_written(bare: Shell, words: tuple[str, ...], folder: str) -> None:
    bare.patch.setenv("ACORDO_DATA_DIR", folder)
    line = bare.refuses(*words)
    assert line.startswith(f"acordo: {folder} cannot be written (") and "ACORDO_DATA_DIR" in line
    said = bare.run("doctor").out
    assert f"{folder} cannot be written (" in said and said.startswith("MEND")


def test_a_folder_for_files_that_cannot_be_written(server: Shell) -> None:
    server.patch.setenv("ACORDO_DATA_DIR", "/proc/acordo")
    assert "/proc/acordo cannot be written" in server.refuses("worker")
    assert "MEND  disk       /proc/acordo cannot be written (" in server.run("doctor").out


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:hunter2@127.0.0.1:1/acordo",
        "postgresql://postgres:hunter2@nowhere.invalid/acordo",
        "postgresql://postgres:hunter2@127.0.0.1:port/acordo",
        "postgresql://",
    ],
)
@pytest.mark.parametrize("words", [*STARTS, ("migrate",)])
def test_a_wrong_address_of_the_database(bare: Shell, words: tuple[str, ...], url: str) -> None:
    bare.patch.setenv("ACORDO_DATABASE_URL", url)
    bare.patch.setenv("ACORDO_SECRET_KEY", KEY)
    line = bare.refuses(*words)
    assert "ACORDO_DATABASE_URL" in line and "hunter2" not in line
    said = bare.run("doctor").out
    assert "MEND  database   does not answer" in said and "ACORDO_DATABASE_URL" in said and "hunter2" not in said


def test_a_database_that_does_not_exist(server: Shell, postgres_database: str) -> None:
    server.patch.setenv("ACORDO_DATABASE_URL", postgres_database.replace("/test_", "/no_test_"))
    assert "ACORDO_DATABASE_URL" in server.refuses("serve", "--port", "0")


@pytest.mark.parametrize("words", [*STARTS, ("migrate",)])
def test_a_newer_schema_is_left_alone(shell: Shell, words: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(shell.folder / "var" / "acordo.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999_later'")
    line = shell.refuses(*words)
    assert "v9999_later" in line and "newer than this program" in line
    assert "newer than this program" in shell.run("doctor").out


@pytest.mark.parametrize("words", STARTS)
def test_an_older_schema_asks_for_migrate(bare: Shell, words: tuple[str, ...]) -> None:
    bare.patch.setenv("ACORDO_DATA_DIR", str(bare.folder / "var"))
    migrate(f"sqlite:///{bare.folder}/var/acordo.db", "v0001_first")
    assert "run acordo migrate" in bare.refuses(*words)
    assert "MEND  database   has the schema v0001_first, needs" in bare.run("doctor").out
    assert "went from v0001_first to" in bare.does("migrate")


@pytest.mark.redis
@pytest.mark.parametrize("words", STARTS)
@pytest.mark.parametrize("password", ["", ":wrong@"])
def test_a_redis_that_asks_for_a_password(server: Shell, locked: Redis, words: tuple[str, ...], password: str) -> None:
    server.patch.setenv("ACORDO_REDIS_URL", locked.url.replace("//", f"//{password}"))
    line = server.refuses(*words)
    assert "Redis asks for a password" in line and "redis://:PASSWORD@" in line
    assert "wrong" not in line.replace("redis://:PASSWORD@", "")
    assert "MEND  redis      refuses us" in server.run("doctor").out


@pytest.mark.redis
def test_a_redis_with_its_password_is_well(server: Shell, locked: Redis) -> None:
    server.patch.setenv("ACORDO_REDIS_URL", locked.url.replace("//", "//:hunter2@"))
    assert "ok    redis" in server.run("doctor").out
    with serving(server, **environment()) as running:
        assert running.client().get("/readyz").json() == {"status": "ready"}


@pytest.mark.redis
def test_a_redis_that_only_rings_is_told_of_and_stops_nothing(server: Shell, redis: Redis) -> None:
    rights = ["on", ">secret", "resetchannels", "&*", "+@connection", "+@pubsub", "+time"]
    with Client.from_url(redis.url) as line:
        line.execute_command("ACL", "SETUSER", "bell", *rights)
    server.patch.setenv("ACORDO_REDIS_URL", redis.url.replace("//", "//bell:secret@"))
    assert "MEND  redis      does not count for us" in server.run("doctor").out
    with serving(server, **environment()) as running:
        assert any("Redis does not let us count" in each for each in running.said)
        assert running.client().get("/readyz").json() == {"status": "ready"}
    with Client.from_url(redis.url) as line:
        line.execute_command("ACL", "SETUSER", "bell", "~acordo:*", "+@read", "+@write", "+@scripting", "+@transaction")
    assert "ok    redis" in server.run("doctor").out


def test_a_redis_that_is_away_stops_nothing(server: Shell) -> None:
    server.patch.setenv("ACORDO_REDIS_URL", "redis://127.0.0.1:1/0")
    with serving(server, **environment()) as running:
        assert any("Redis does not answer" in line for line in running.said)
        assert running.client().get("/readyz").json() == {"status": "ready", "without": ["redis"]}


@pytest.mark.parametrize("words", STARTS)
@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_wrong_by_minutes(server: Shell, words: tuple[str, ...], minutes: int) -> None:
    true = SystemClock.real
    server.patch.setattr(SystemClock, "real", lambda self: true(self) + minutes * 60_000)
    line = server.refuses(*words)
    assert "clock and that of the database differ by" in line and "NTP" in line
    assert "MEND  clock" in server.run("doctor").out


def test_a_clock_that_stands_in_the_past(shell: Shell) -> None:
    shell.patch.setattr(SystemClock, "real", lambda self: 1_000)
    assert "stands in the past" in shell.refuses("worker")
