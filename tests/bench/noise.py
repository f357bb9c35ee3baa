"""CPU on a machine that others use too: what some process trees used, and what strangers used meanwhile."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from msgspec import Struct

_TICKS = os.sysconf("SC_CLK_TCK")
CALM = 0.3  # cores; with more of them used by strangers, CPU a unit is to be read and not the wall clock


class Used(Struct, frozen=True):
    """`wall` and `own` in seconds, `own` being CPU of the watched trees; `foreign` in cores."""

    wall: float
    own: float
    foreign: float


class Meter:
    """Counts from its making to `stop`. Foreign is what is neither the watched trees' nor this process's children's."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._at, self._busy, self._own, self._mine = self._now()

    def stop(self) -> Used:
        at, busy, own, mine = self._now()
        wall, used = at - self._at, own - self._own
        foreign = (busy - self._busy - used - (mine - self._mine)) / wall
        return Used(wall, used, max(0.0, round(foreign, 2)))

    def _now(self) -> tuple[float, float, float, float]:
        return time.perf_counter(), _busy(), sum(_tree(pid) for pid in self._pids), _mine()


def foreign(seconds: float = 0.5) -> float:
    """Cores used by others just now."""
    meter = Meter([])
    time.sleep(seconds)
    return meter.stop().foreign


def _busy() -> float:
    with Path("/proc/stat").open() as file:
        fields = [int(each) for each in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS  # all but idle and waiting for the disk; steal included


def _tree(pid: int) -> float:
    total = 0.0
    for each in family(pid):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def family(pid: int) -> list[psutil.Process]:
    """A process and its children; none when it is gone."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _mine() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return sum(each.ru_utime + each.ru_stime for each in used)
