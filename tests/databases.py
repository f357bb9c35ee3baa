"""Which database the tests of a run stand on: SQLite, or with `--database=postgresql` PostgreSQL, the same tests.

`running()` and `make_world()` take a new one of the run's kind. On PostgreSQL it is a copy of a template that was
filled once, and it is dropped with the test or the server that used it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from console.store.store import Store
from tests import services

KINDS = ("sqlite", "postgresql")
ELSEWHERE = frozenset(
    {
        "architecture",
        "bench",
        "browser",
        "channels",
        "cluster",
        "commands",
        "demo",
        "docs",
        "faults",
        "log",
        "jobs",
        "realtime",
        "routing",
        "sandbox",
        "setup",
        "store",
    }
)
"""Folders that need no database, or name each one that they stand on: their tests run once."""
_kind = KINDS[0]
_opened: list[tuple[Store, str]] = []


def use(kind: str) -> None:
    """Before the first test."""
    global _kind
    _kind = kind


def is_postgresql() -> bool:
    return _kind == "postgresql"


def new(folder: Path, make: Callable[[str], None]) -> str:
    """The URL of a database of this run's kind, made by `make(url)`; on PostgreSQL a copy of what it made once."""
    if not is_postgresql():
        url = f"sqlite:///{folder}/acordo.db"
        make(url)
        return url
    return services.create_database(services.postgres_server(), _template(make))


def drop(url: str) -> None:
    """Let go of one that `new` made; a SQLite goes with its folder."""
    if url.startswith("postgresql"):
        services.drop_database(services.postgres_server(), url)


def opened(store: Store, url: str) -> None:
    """Of a test that has no server: to be closed, and dropped, when it ends."""
    _opened.append((store, url))


def close_opened() -> None:
    while _opened:
        store, url = _opened.pop()
        asyncio.run(store.close())
        drop(url)


@cache
def _template(make: Callable[[str], None]) -> str:
    url = services.create_database(services.postgres_server())
    make(url)
    return urlsplit(url).path.lstrip("/")
