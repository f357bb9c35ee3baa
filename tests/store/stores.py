"""A store of each kind with every table, and the clock it reads: for tests that must hold on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from console.clock import FixedClock
from console.log.append import append
from console.store.store import Store, open_store
from tests import services
from tests.server import create_tables

NOW = 1_795_000_000_000  # 2026-11-18T16:26:40Z


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a database with every table, to be copied: twenty times faster than making them."""
    url = services.create_database(postgres_url)
    create_tables(url)
    yield urlsplit(url).path.lstrip("/")
    services.drop_database(postgres_url, url)


@pytest.fixture
def postgres_tables(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with every table, this test's alone."""
    url = services.create_database(postgres_url, postgres_template)
    yield url
    services.drop_database(postgres_url, url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with every table and no row, on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_tables")
        return url
    create_tables(f"sqlite:///{tmp_path}/acordo.db")
    return f"sqlite:///{tmp_path}/acordo.db"


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    opened = open_store(database_url, clock, append)
    yield opened
    await opened.close()
