"""Bringing the database to the newest schema, and saying whether it is there.

Any number of processes may ask for it at once: one does it, the others wait, look again and find it done. On SQLite it
is one transaction: cut short, nothing of it happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from console.store.sqlite import BUSY_MS

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_207_849_484_145_901  # any number that nobody else locks
PATIENCE_SECONDS = 300  # for whoever migrates a large SQLite before us


def migrate(url: str, to: str = "head") -> str:
    """Upgrade to the newest revision (or to an earlier one); its name. Creates the embedded database's folder."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    config = _config()
    engine = sqlalchemy.create_engine(_engine_url(url), connect_args=_patience(url))
    try:
        with engine.connect() as connection, _alone(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    assert found is not None
    return found


def newest() -> str:
    """The revision this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def revisions() -> list[str]:
    """Every revision this program knows, the first one first."""
    return [each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def is_newer(revision: str) -> bool:
    """Whether a database's revision was made by a later program than this one."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is None
    except CommandError:
        return True


def current(url: str) -> str | None:
    """The revision the database has; None for an empty one."""
    if url.startswith("sqlite:///"):
        return _current_embedded(Path(url.removeprefix("sqlite:///")))
    engine = sqlalchemy.create_engine(_engine_url(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _current_embedded(path: Path) -> str | None:
    """The same by the store's own driver: it may be asked while the store is open in this process (`store.sqlite`)."""
    if not path.exists():
        return None
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.set_busy_timeout(BUSY_MS)
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
            return None
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Nobody else migrates meanwhile; what is done inside is kept at the end, and not at all when it fails."""
    if connection.dialect.name == "sqlite":
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
        return
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    yield
    connection.commit()


def _patience(url: str) -> dict[str, int]:
    return {"timeout": PATIENCE_SECONDS} if url.startswith("sqlite") else {"connect_timeout": 10}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("version_locations", str(_FOLDER / "versions"))
    config.set_main_option("path_separator", "os")
    return config


def _engine_url(url: str) -> str:
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url
