"""What `acordo demo` holds when nobody does anything: resident memory of its processes, its scripted people on."""

from __future__ import annotations

import time

from msgspec import Struct

from tests.bench import noise, processes

IDLE_SECONDS = 30
GOAL = 250  # MiB
PRODUCT = "acordo demo"


class Round(Struct):
    mebibytes: float
    processes: int
    cpu: float  # cores it used meanwhile
    foreign: float


def measure(rounds: int) -> dict[str, list[Round]]:
    """One round says it all; memory does not depend on the neighbours."""
    with processes.demo() as running:
        meter = noise.Meter([running.pid])
        time.sleep(IDLE_SECONDS)
        used = meter.stop()
        family = noise.family(running.pid)
        resident = sum(each.memory_info().rss for each in family)
    return {PRODUCT: [Round(resident / 2**20, len(family), used.own / used.wall, used.foreign)]}
