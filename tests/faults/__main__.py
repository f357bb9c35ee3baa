"""`make soak`: hours of faults in minutes, on an embedded set-up and then on PostgreSQL and Redis with two servers and
two workers. Counts what it killed; ends by itself, with 1 when something that must hold did not.

usage: python -m tests.faults [--seed N] [--kills N] [--on embedded|several]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests import services
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig
from tests.faults.storm import Storm

KILLS = 200  # of each
NAMES = {"embedded": "embedded", "several": "PostgreSQL and Redis"}
Place = Callable[[Nursery, Path], AbstractContextManager[Rig]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=KILLS, help="on each of the two set-ups (default: %(default)s)")
    parser.add_argument("--on", choices=NAMES, action="append", help="only this set-up (default: one, then the other)")
    asked = parser.parse_args()
    places: dict[str, Place] = {"embedded": _embedded, "several": _several}
    print(f'seed {asked.seed}: again by make soak ARGS="--seed {asked.seed} --kills {asked.kills}"', flush=True)
    nursery, found = Nursery(), 0
    try:
        for on in asked.on or places:
            found += _stormed(NAMES[on], places[on], nursery, asked.seed, asked.kills)
    except services.Missing as missing:
        print(f"left out: PostgreSQL and Redis: {missing}")
    finally:
        nursery.close()
        services.stop_postgres()
    return 1 if found else 0


def _stormed(name: str, place: Place, nursery: Nursery, seed: int, kills: int) -> int:
    """How many things did not hold, each told."""
    folder = Path(mkdtemp(prefix="acordo-soak-"))
    with place(nursery, folder) as here:
        storm = Storm(here, seed, say=lambda line: print(f"{name}: {line}", flush=True))
        found = asyncio.run(storm.run(kills))
    for each in found:
        print(each)
    left = f"; what was left lies in {folder}" if found else ""
    print(f"{name}: {storm.kills.total()} killed, {len(found)} violations{left}", flush=True)
    return len(found)


def _embedded(nursery: Nursery, folder: Path) -> AbstractContextManager[Rig]:
    return rig(nursery, folder)


@contextmanager
def _several(nursery: Nursery, folder: Path) -> Iterator[Rig]:
    """Raises services.Missing."""
    database, redis = services.create_database(services.postgres_server()), services.Redis()
    try:
        with rig(nursery, folder, serve=2, work=2, database=database, redis=redis.url) as here:
            yield here
    finally:
        redis.stop()


if __name__ == "__main__":
    sys.exit(main())
