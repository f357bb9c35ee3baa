"""A migrated database is the one the code describes, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Column, MetaData, Table, create_engine, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.sql.sqltypes import Integer, LargeBinary

from console.store.metadata import metadata
from console.store.migrate import current, migrate, newest, revisions
from routing.order import BEHIND_MS

ROOT = Path(__file__).parents[2]
MIGRATE = "import sys; from console.store.migrate import migrate; print(migrate(sys.argv[1]))"


def columns(url: str) -> dict[str, dict[str, bool]]:
    """Tables, their columns, and whether each may be null."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        found = inspect(engine)
        return {
            name: {each["name"]: each["nullable"] for each in found.get_columns(name)}
            for name in found.get_table_names()
        }
    finally:
        engine.dispose()


def described() -> dict[str, dict[str, bool]]:
    return {name: {each.name: bool(each.nullable) for each in table.columns} for name, table in metadata.tables.items()}


def test_sqlite_is_migrated_to_what_the_code_describes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/acordo.db"
    assert migrate(url) == newest() == current(url)
    found = columns(url)
    assert {name: found[name] for name in described()} == described()
    assert {"search_message", "search_side"} <= set(found)


def test_postgresql_is_migrated_to_what_the_code_describes(postgres_database: str) -> None:
    assert migrate(postgres_database) == newest() == current(postgres_database)
    found = columns(postgres_database)
    assert {name: found[name] for name in described()} == described()
    assert {"search_message", "search_side"} <= set(found)


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/acordo.db"
    migrate(url)
    before = columns(url)
    migrate(url)
    assert columns(url) == before


# ── on data, and by many at once ─────────────────────────────────────────────────────────────────────────────────────

ROWS = 3
WITHOUT_ROWS = ("prospect_stale", "alembic_version", "search_")  # the index is filled by the product


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/acordo.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.mark.parametrize("earlier", revisions()[:-1])
def test_what_an_earlier_revision_held_is_still_there_at_the_newest(empty: str, earlier: str) -> None:
    migrate(empty, earlier)
    held = changed(empty, fill)
    assert set(held.values()) == {ROWS}
    assert migrate(empty) == newest()
    now = changed(empty, counts)
    assert {name: now.get(name) for name in held} == held
    found = columns(empty)
    assert {name: found[name] for name in described()} == described()


def test_cases_in_which_nobody_waits_go_behind_with_their_advantages_kept(empty: str) -> None:
    """v0037. Of three cases that had waited since 1, 2 and 3 with 5 ms of advantage."""
    migrate(empty, "v0033_verified_at")
    changed(empty, fill)
    stands = {"assigned": "NULL", "queued": "NULL", "snoozed": "3"}

    def ranked(connection: Connection) -> dict[str, int]:
        for n, (status, since) in enumerate(stands.items(), 1):
            connection.exec_driver_sql(
                f"UPDATE \"case\" SET status = '{status}', waiting_since = {since}, queued_at = {n}, created_at = {n},"
                f" rank_at = {n} - 5, last_inbound_at = 40, last_outbound_at = NULL WHERE id = 'id-{n - 1}'"
            )
        return {}

    changed(empty, ranked)
    migrate(empty)
    found = changed(empty, lambda connection: {
        status: rank for status, rank in connection.exec_driver_sql('SELECT status, rank_at FROM "case"')
    })  # fmt: skip
    assert found == {"assigned": BEHIND_MS + 40 - 5, "queued": 2 - 5, "snoozed": BEHIND_MS + 40 - 5}


def test_a_stranger_of_another_state_has_the_time_of_that_state(empty: str) -> None:
    """v0041. Of three debtors with a zone: assumed with a state, assumed with a country alone, told."""
    migrate(empty, "v0037_not_waiting")
    changed(empty, fill)
    stands = (("BR-AM", 1), ("BR", 1), ("BR-AM", 0))

    def placed(connection: Connection) -> dict[str, int]:
        for n, (place, assumed) in enumerate(stands):
            connection.exec_driver_sql(
                f"UPDATE debtor SET jurisdiction = '{place}', assumed = {assumed}, timezone = 'zone'"
                f" WHERE id = 'id-{n}'"
            )
        return {}

    changed(empty, placed)
    migrate(empty)
    found = changed(empty, lambda connection: {
        name: int(zone is not None) for name, zone in connection.exec_driver_sql("SELECT id, timezone FROM debtor")
    })  # fmt: skip
    assert found == {"id-0": 0, "id-1": 1, "id-2": 1}


def test_each_revision_stands_on_the_one_before(empty: str) -> None:
    for revision in revisions():
        assert migrate(empty, revision) == revision == current(empty)


def test_many_processes_migrate_at_once_and_each_finds_it_done(empty: str) -> None:
    ended = [subprocess.Popen([sys.executable, "-c", MIGRATE, empty], cwd=ROOT, stdout=PIPE, text=True)
             for _ in range(3)]  # fmt: skip
    assert [each.communicate(timeout=100)[0].strip() for each in ended] == [newest()] * 3
    assert {name: columns(empty)[name] for name in described()} == described()


def test_one_that_is_cut_short_leaves_nothing_behind(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    true = command.upgrade

    def cut(*args: object) -> None:
        true(*args)  # type: ignore[arg-type]
        raise InterruptedError

    monkeypatch.setattr(command, "upgrade", cut)
    with pytest.raises(InterruptedError):
        migrate(empty)
    assert current(empty) is None and not described().keys() & columns(empty).keys()
    monkeypatch.undo()
    assert migrate(empty) == newest()


def changed(url: str, work: Callable[[Connection], dict[str, int]]) -> dict[str, int]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


def fill(connection: Connection) -> dict[str, int]:
    """Rows in every table; columns that have a default keep it, so that documents are ones the product reads."""
    for table in tables(connection):
        for n in range(ROWS):
            values = {each.name: sample(each, n) for each in table.columns if given(each)}
            connection.execute(table.insert().values(values))
    return counts(connection)


def counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar_one()
        for table in tables(connection)
    }


def tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [each for each in found.sorted_tables if not each.name.startswith(WITHOUT_ROWS)]


def given(column: Column[Any]) -> bool:
    return column.server_default is None and column.identity is None and column.autoincrement is not True


def sample(column: Column[Any], n: int) -> object:
    if isinstance(column.type, LargeBinary):
        return b"%d" % n
    return n + 1 if isinstance(column.type, Integer) else f"{column.name}-{n}"
