"""The large installation, built once and kept: under the temporary folder, by a hash of what it is built of.

A later run copies SQLite's file, and starts PostgreSQL on the kept folder: what it adds (sessions) is small.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
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
    if not kept.exists():
        part = kept.with_name(f"part-{os.getpid()}.db")
        kept.parent.mkdir(parents=True, exist_ok=True)
        _build(f"sqlite:///{part}", cases, messages)
        part.rename(kept)
    shutil.copy(kept, folder / "acordo.db")
    return f"sqlite:///{folder}/acordo.db"


@contextmanager
def postgresql(cases: int, messages: int) -> Iterator[str]:
    """The URL while the server runs. Raises tests.services.Missing without PostgreSQL."""
    folder = _place("postgresql", cases, messages)
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder / "built"
    server = Postgres(folder, kept=done.exists())
    try:
        if not done.exists():
            _build(server.url, cases, messages)
            done.touch()
        yield server.url
    finally:
        server.stop()


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
