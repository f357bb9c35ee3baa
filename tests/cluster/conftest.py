"""One cluster for the tests of this folder; each leaves every member running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.rig import Cluster, started


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with started(servers=3, workers=2) as made:
        yield made


@pytest.fixture(autouse=True)
def _whole(cluster: Cluster) -> Iterator[None]:
    """Whatever a test stopped runs again."""
    yield
    assert cluster.postgres is not None and cluster.redis is not None
    cluster.postgres.start()
    cluster.redis.start()
    for each in cluster.members:
        if not each.runs:
            each.start()
    cluster.settle()
