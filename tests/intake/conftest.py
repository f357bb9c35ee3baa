"""One running product with a portfolio for a file's tests; no loop but the relay's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.book import Book, open_book
from tests.server import Server, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(workers={}) as made:
        yield made


@pytest.fixture(scope="module")
def book(server: Server) -> Book:
    return open_book(server)
