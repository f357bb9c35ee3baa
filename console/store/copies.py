"""The whole database as files, of one moment while others write, and back: SQLite by its backup API, PostgreSQL by
COPY.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import psycopg
from psycopg import sql

EMBEDDED = "database.sqlite"
_LEFT_OUT = frozenset({"alembic_version", "event"})
"""The revision is the manifest's; the log begins anew, since after a restore every cursor resets."""

_TABLES = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
)
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
    " AND is_generated = 'NEVER' ORDER BY ordinal_position"
)
_SERIALS = (
    "SELECT column_name, pg_get_serial_sequence(quote_ident(%s), column_name) FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = %s"
)
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


class Damaged(Exception):
    """A copy that is not whole, or a database that cannot take it now; the text says what to do."""


def copy_out(url: str, folder: Path) -> Iterator[Path]:
    """One file after the other, each written into `folder` from the same moment of the database."""
    if url.startswith("sqlite:///"):
        yield _embedded(Path(url.removeprefix("sqlite:///")), folder)
        return
    with psycopg.connect(url, autocommit=False) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL statement_timeout = 0")
        for table in _tables(connection):
            path = folder / f"{table}.copy"
            names = sql.SQL(", ").join(map(sql.Identifier, _columns(connection, table)))
            with connection.cursor() as cursor, path.open("wb") as out:
                with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), names)) as rows:
                    for block in rows:
                        out.write(block)
            yield path


def copy_in(url: str, files: Mapping[str, Path]) -> None:
    """Fill a database of the copy's own schema. Raises Damaged."""
    if url.startswith("sqlite:///"):
        check_embedded(files[EMBEDDED])
        files[EMBEDDED].replace(url.removeprefix("sqlite:///"))
        return
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        tables = _tables(connection)
        missing = sorted({f"{table}.copy" for table in tables} - files.keys())
        if missing:
            raise Damaged(f"the backup lacks {', '.join(missing)}")
        for table in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            names = sql.SQL(", ").join(map(sql.Identifier, _columns(connection, table)))
            with connection.cursor() as cursor, files[f"{table}.copy"].open("rb") as source:
                with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as rows:
                    while block := source.read(1024 * 1024):
                        rows.write(block)
            _move_serials(connection, table)


def check_embedded(path: Path) -> None:
    """Raises Damaged, with SQLite's own words."""
    try:
        with closing(apsw.Connection(str(path))) as connection:
            said = connection.execute("PRAGMA integrity_check").get
    except apsw.Error as error:
        said = str(error)
    if said != "ok":
        raise Damaged(f"the database in it is damaged: {said}")


def empty(url: str) -> None:
    """Take everything out of a PostgreSQL that nobody else uses. Raises Damaged."""
    with psycopg.connect(url) as connection:
        must_be_alone(connection)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def must_be_alone(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(_OTHERS).fetchone()
    if row is not None and row[0]:
        raise Damaged("somebody else uses the database: stop every acordo serve and worker first")


def _embedded(path: Path, folder: Path) -> Path:
    target = folder / EMBEDDED
    reading = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    with closing(reading) as source, closing(apsw.Connection(str(target))) as copy:
        with copy.backup("main", source, "main") as work:
            work.step(-1)  # in one step: writers go on meanwhile, and it is one moment
    check_embedded(target)
    return target


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES) if name not in _LEFT_OUT]


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    return [name for (name,) in connection.execute(_COLUMNS, (table,))]


def _move_serials(connection: psycopg.Connection[Any], table: str) -> None:
    """Numbers given from now on are above those that came."""
    for column, sequence in connection.execute(_SERIALS, (table, table)).fetchall():
        if sequence:
            clause = sql.SQL("SELECT setval({}, (SELECT coalesce(max({}), 0) + 1 FROM {}), false)")
            connection.execute(clause.format(sequence, sql.Identifier(column), sql.Identifier(table)))
