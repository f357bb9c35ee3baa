"""Memory while messages come: 40 a second for a minute, or (long) an hour; the end against the tenth part of the way.

In the short form what is kept of the first minutes still grows: it says that nothing runs away, not that it is flat.
"""

from __future__ import annotations

import asyncio
import time

from msgspec import Struct

from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken
from tests.bench.wire import Posts

RATE = 40
SECONDS, LONG_SECONDS = 60, 3_600
GOAL = 1.05  # the end over the sixth part (the tenth minute of an hour)
PRODUCT = "product"


class Round(Struct):
    early: float  # MiB
    late: float
    refused: int
    foreign: float


def take(asked: Asked) -> Taken:
    """One round says it: memory does not depend on the neighbours."""
    seconds = LONG_SECONDS if asked.long else SECONDS
    with processes.product(agents=1, queued=forms.CONTACTS) as running:
        found = asyncio.run(_round(running, seconds))
    ratio = found.late / found.early
    row = Row(f"memory after {seconds} s at {RATE} messages a second", found.late, "MiB", found.early, ratio,
              f"at most {GOAL:g} × after {seconds // 6} s", ratio <= GOAL)  # fmt: skip
    return Taken({PRODUCT: [found]}, [row])


async def _round(running: processes.Running, seconds: int) -> Round:
    assert running.ready is not None
    ready, posts = running.ready, Posts(running.port)
    host = f"127.0.0.1:{running.port}"
    meter, early = noise.Meter([running.pid]), 0.0
    start = time.perf_counter()
    for second in range(seconds):
        if second == seconds // 6:
            early = _resident(running)
        for index, each in enumerate(forms.messages(ready.url + ready.path, RATE, contacts=1, seed=10_000 + second,
                                                    first=second * RATE % forms.CONTACTS)):  # fmt: skip
            due = start + second + index / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await posts.post(each.raw(ready.path, host), _answered)
    await asyncio.sleep(2)
    return Round(early, _resident(running), posts.refused, meter.stop().foreign)


def _resident(running: processes.Running) -> float:
    return float(sum(each.memory_info().rss for each in noise.family(running.pid))) / 2**20


def _answered() -> None:
    """Nobody waits for this answer."""
