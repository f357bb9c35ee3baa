from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where processes come from."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="module")
def here(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One embedded installation a file of tests; its product may be killed and started as they like."""
    folder: Path = tmp_path_factory.mktemp("rig")
    with rig(nursery, folder) as made:
        yield made
