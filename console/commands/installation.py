"""What every command stands on: settings, a database of the right schema, and one line for what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import psycopg
import sqlalchemy.exc

from channels.errors import ServiceFailed
from console.app import make_services
from console.errors import NotFound, Refusal
from console.log.read import begin
from console.services import Services
from console.settings import BadSetting, Settings, load
from console.store import migrate
from console.store.vault import VaultError


class Trouble(Exception):
    """What a person must hear, in one line that says how to mend it."""


SOON_CHECKED = 256 * 1024 * 1024
"""Bytes of a database that are looked through in about a second."""
TROUBLES = (Trouble, Refusal, BadSetting, ServiceFailed, VaultError, OSError, apsw.Error, psycopg.Error,
            sqlalchemy.exc.DBAPIError)  # fmt: skip
"""What ends a command with one line. Anything else is a fault of ours and shows where it happened."""


def line_of(error: Exception) -> str:
    """The one line; never a text of a database driver, which may hold a password."""
    if isinstance(error, NotFound):
        text = "there is no such thing"
    elif isinstance(error, Refusal):
        field = error.facts.get("field")
        text = f"{field}: {error.detail}" if field else error.detail
    elif isinstance(error, (apsw.Error, psycopg.Error, sqlalchemy.exc.DBAPIError)):
        text = f"the database does not answer as it should ({type(error).__name__}); acordo doctor says more"
    elif isinstance(error, OSError) and not isinstance(error, (BadSetting, Trouble)):
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or type(error).__name__
    else:
        text = str(error)
    return " ".join(text.split())


@contextmanager
def installation(settings: Settings | None = None) -> Iterator[Services]:
    """The services of a command, on a database of the right schema; an empty embedded one is made."""
    settings = settings or load()
    prepare(settings)
    with opened(settings) as services:
        yield services


@contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The services of a process, whatever the schema; its database is let go of at the end."""
    services = services_of(settings)
    try:
        yield services
    finally:
        asyncio.run(services.store.close())


def services_of(settings: Settings) -> Services:
    """The long-lived things of a process of a real installation."""
    return make_services(settings, origins=frozenset(settings.trusted_origins))


def prepare(settings: Settings) -> None:
    """Make an empty embedded database. Raises Trouble for a schema that is not the newest."""
    has, needs = schema(settings), migrate.newest()
    if has == needs:
        return
    must_not_be_newer(has)
    if has is None and settings.sqlite_path is not None:
        upgrade(settings)
        return
    if has is None:
        raise Trouble("the database is empty: run acordo migrate")
    raise Trouble(f"the database has the schema {has}, this program needs {needs}: run acordo migrate")


def must_not_be_newer(has: str | None) -> None:
    """Raises Trouble for a schema that a later program made: this one would not know what it writes into."""
    if has is not None and migrate.is_newer(has):
        raise Trouble(
            f"the database has the schema {has}, which is newer than this program ({migrate.newest()}): "
            "install the acordo it was migrated with, or a later one"
        )


def must_be_sound(settings: Settings) -> None:
    """Refuse an embedded database that cannot be synced or whose pages are damaged, before anybody writes on it. Raises
    Trouble, naming it.

    A large one is looked through by `acordo doctor` alone: a restart after a crash must not take minutes.
    """
    path = settings.sqlite_path
    if path is None or not path.exists():
        return
    _must_be_sqlite(path)
    _must_be_synced(path)
    if path.stat().st_size > SOON_CHECKED:
        return
    try:
        with closing(apsw.Connection(str(path))) as connection:
            connection.set_busy_timeout(10_000)
            said = str(connection.execute("PRAGMA quick_check(1)").get)
    except apsw.Error as error:
        said = str(error)
    if said != "ok":
        why = " ".join(said.split())
        raise Trouble(f"{path} is damaged ({why}): nothing was changed; go back to the latest backup")


def _must_be_synced(path: Path) -> None:
    """What the log holds is in the file, and on the disk, before anybody is answered that it is there: the process
    before this one may have ended because it could not be synced (`store.unsynced`).
    """
    try:
        with closing(apsw.Connection(str(path))) as connection:
            connection.set_busy_timeout(10_000)
            connection.execute("PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE)")
    except apsw.IOError as error:
        raise Trouble(f"{path} cannot be written for good ({error}): look at the disk, then start again") from error
    except apsw.Error:
        return  # a page that is damaged is named by who looks for it, and who holds the file writes its log himself


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest schema; a new one gets its log begun."""
    migrate.migrate(settings.database_url)
    with opened(settings) as services:
        services.store.write_now(begin)


def schema(settings: Settings) -> str | None:
    """The schema's name; None for an empty database."""
    path = settings.sqlite_path
    if path is not None:
        if not path.exists():
            return None
        _must_be_sqlite(path)
    try:
        return migrate.current(settings.database_url)
    except (apsw.Error, sqlalchemy.exc.DBAPIError, sqlalchemy.exc.ArgumentError, ValueError):
        if path is not None:
            raise Trouble(f"{path} cannot be read as a database: move it away, or set ACORDO_DATABASE_URL") from None
        raise Trouble(
            "the database does not answer: is it running, and are host, user, password and name of "
            "ACORDO_DATABASE_URL right? For example postgresql://user:password@host/acordo"
        ) from None


def _must_be_sqlite(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(16)
    if head and head != b"SQLite format 3\0":
        raise Trouble(f"{path} is not a database: move it away, or set ACORDO_DATABASE_URL")
