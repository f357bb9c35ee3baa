"""An installation that carries imports out: the fixtures of the flows about files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.app import WORKERS
from tests.flows.desk import Scene
from tests.server import running


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={"jobs": WORKERS["jobs"]}) as server:
        yield Scene(server)


@pytest.fixture(autouse=True)
def fresh_limits(scene: Scene) -> None:
    """A fast machine brings more files in these tests than one person may in a minute."""
    scene.server.services.limits.forget()
