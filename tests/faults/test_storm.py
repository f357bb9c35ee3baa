"""A short storm: people at work while the product and its carriers are killed at random; then all fifteen must hold.

The schedule is seeded (`ACORDO_STORM_SEED` takes another); `make soak` is the same for half an hour.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.faults.nursery import Nursery
from tests.faults.rig import rig
from tests.faults.storm import Storm

KILLS = 6


@pytest.mark.timeout(300)
def test_after_a_short_storm_nothing_is_lost_twice_or_stuck(nursery: Nursery, tmp_path: Path) -> None:
    seed = int(os.environ.get("ACORDO_STORM_SEED", "20261128"))
    with rig(nursery, tmp_path) as here:
        storm = Storm(here, seed, a_second=10)
        found = asyncio.run(storm.run(KILLS))
        assert sum(storm.kills.values()) == KILLS
        assert storm.office.run.wrote and storm.office.run.hooks, "nobody did anything"
        assert not found, f"seed {seed}: " + "\n".join(found)


@pytest.mark.timeout(300)
def test_after_a_short_storm_over_several_processes_the_same_holds(
    nursery: Nursery, tmp_path: Path, postgres_database: str, redis_url: str
) -> None:
    """Two servers and two workers on PostgreSQL and Redis, killed in turn at random."""
    seed = int(os.environ.get("ACORDO_STORM_SEED", "20261129"))
    with rig(nursery, tmp_path, serve=2, work=2, database=postgres_database, redis=redis_url) as here:
        storm = Storm(here, seed, a_second=10)
        found = asyncio.run(storm.run(KILLS))
        assert sum(storm.kills.values()) == KILLS
        assert storm.office.run.wrote and storm.office.run.hooks, "nobody did anything"
        assert not found, f"seed {seed}: " + "\n".join(found)
