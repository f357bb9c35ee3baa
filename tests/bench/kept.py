"""The large installation, built once and kept: under the temporary folder, by a hash of what it is built of.

A later run copies SQLite's file, and starts PostgreSQL on the kept folder: what it adds (sessions) is small. One run at
a time has a sample, from before it is looked for until it is done with it: two that found none would build it over each
other, and no two servers of PostgreSQL stand on one folder.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from console.clock import SystemClock
from console.log.append import append
from console.log.read import begin
from console.store import migrations
from console.store.migrate import migrate
from console.store.store import open_store
from tests.bench import large
from tests.services import Postgres

_TABLES = Path(migrations.__file__).parent / "versions"


def sqlite(cases: int, messages: int, folder: Path) -> str:
    """The URL of a copy in `folder`."""
    kept = _place("sqlite", cases, messages) / "acordo.db"
    with alone(kept.parent):
        if not kept.exists():
            shutil.rmtree(kept.parent, ignore_errors=True)  # half of it, of a builder that was ended
            kept.parent.mkdir()
            part = kept.with_name("part.db")
            _build(f"sqlite:///{part}", cases, messages)
            part.rename(kept)
        shutil.copy(kept, folder / "acordo.db")
    return f"sqlite:///{folder}/acordo.db"


@contextmanager
def postgresql(cases: int, messages: int) -> Iterator[str]:
    """The URL while the server runs. Raises tests.services.Missing without PostgreSQL."""
    folder = _place("postgresql", cases, messages)
    done = folder / "built"
    with alone(folder):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # half of it, of a builder that was ended
        server = Postgres(folder, kept=done.exists())
        try:
            if not done.exists():
                _build(server.url, cases, messages)
                done.touch()
            yield server.url
        finally:
            server.stop()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold this folder, which need not be there yet; whoever else wants it waits. It is let go of when the process
    ends, however it ends.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another run has {folder.name}: waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _place(kind: str, cases: int, messages: int) -> Path:
    """Its folder: another one when a revision, or what fills it, changes."""
    told = hashlib.sha256(f"{cases} {messages}".encode())
    for each in (Path(large.__file__), *sorted(_TABLES.glob("*.sql"))):
        told.update(each.read_bytes())
    return Path(tempfile.gettempdir()) / "acordo-bench" / f"{kind}-{told.hexdigest()[:16]}"


def _build(url: str, cases: int, messages: int) -> None:
    print(f"building {cases:,} cases and {messages:,} messages; it is done once", flush=True)
    migrate(url)
    store = open_store(url, SystemClock(), append)
    try:
        store.write_now(begin)
        store.write_now(large.fill, cases, messages)
    finally:
        asyncio.run(store.close())
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
