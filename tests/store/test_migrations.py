"""A migrated database is the one the code describes, on both databases."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, inspect

from console.store.metadata import metadata
from console.store.migrate import current, migrate, newest


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
