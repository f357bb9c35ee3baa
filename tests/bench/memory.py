"""What `acordo demo` holds when nobody does anything: resident memory of its processes, its scripted people on."""

from __future__ import annotations

import time

from msgspec import Struct

from tests.bench import noise, processes
from tests.bench.table import Asked, Taken, at_most

IDLE_SECONDS = 30
GOAL = 250  # MiB
PRODUCT = "acordo demo"


class Round(Struct):
    mebibytes: float
    processes: int
    cpu: float  # cores it used meanwhile
    foreign: float


def take(asked: Asked) -> Taken:
    """One round says it all; memory does not depend on the neighbours."""
    with processes.demo() as running:
        meter = noise.Meter([running.pid])
        time.sleep(IDLE_SECONDS)
        used = meter.stop()
        family = noise.family(running.pid)
        resident = sum(each.memory_info().rss for each in family)
    found = Round(resident / 2**20, len(family), used.own / used.wall, used.foreign)
    return Taken({PRODUCT: [found]}, [at_most(f"{PRODUCT}, idle", found.mebibytes, "MiB", GOAL)])
