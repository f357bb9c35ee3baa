"""One running product for a file's tests: each uses cases of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Server, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The product as it is served outside the demo, at a plain-http public URL of the loopback; no loop but the
    relay's.
    """
    with running(workers={}) as started:
        yield started


@pytest.fixture(scope="module")
def demo() -> Iterator[Server]:
    with running(demo=True, workers={}) as started:
        yield started
