"""A busy hour: 80 messages and 240 statuses a second, as webhooks, evenly; for twenty seconds or (long) five minutes.

Statuses are Twilio's for messages of ours: sent, delivered and read, in that order for each.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from msgspec import Struct

from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken, at_most, middle
from tests.bench.wire import Posts

IN, STATUSES = 80, 240
SECONDS, LONG_SECONDS = 20, 300
WORDS = ("sent", "delivered", "read")
GOAL_P99 = 100.0  # milliseconds
CONNECTIONS = 64
PRODUCT = "product"


class Round(Struct):
    """Milliseconds from due to answered; `late`: the p99 of the last tenth over that of the second."""

    p50: float
    p99: float
    growth: float
    refused: int
    cpu: float  # of a core
    foreign: float


def take(asked: Asked) -> Taken:
    seconds = LONG_SECONDS if asked.long else SECONDS
    found = []
    for _ in range(1 if asked.long else asked.reps):
        with processes.product(agents=1, queued=forms.CONTACTS, sent=STATUSES * seconds // len(WORDS)) as running:
            found.append(asyncio.run(_round(running, seconds)))
    refused, growth = sum(each.refused for each in found), middle(found, "growth")
    name = f"{IN} + {STATUSES} webhooks a second for {seconds} s"
    return Taken(
        {PRODUCT: found},
        [
            at_most(f"{name}, p99", middle(found, "p99"), "ms", GOAL_P99),
            Row("… refused", refused, "webhooks", None, None, "none", refused == 0),
            Row("… p99 of the last tenth, of the second tenth", growth, "×", None, None, "no growing queue",
                growth <= 2),
        ],
    )  # fmt: skip


async def _round(running: processes.Running, seconds: int) -> Round:
    assert running.ready is not None
    ready, posts = running.ready, Posts(running.port)
    host = f"127.0.0.1:{running.port}"
    messages = forms.messages(ready.url + ready.path, IN * seconds, seed=8)
    requests = [each.raw(ready.path, host) for each in messages]
    path = f"{ready.path}/status"
    several = forms.statuses(ready.url + path, [(sid, word) for word in WORDS for sid in range(ready.sent)])
    told = [each.raw(path, host) for each in several]
    each_second = STATUSES // IN
    plan: list[bytes] = []
    for index, request in enumerate(requests):
        plan += [request, *told[index * each_second : (index + 1) * each_second]]
    await posts.fill(CONNECTIONS)
    spent: list[float] = []
    meter = noise.Meter([running.pid])
    start = time.perf_counter() + 0.2
    for index, request in enumerate(plan):
        due = start + index / (IN + STATUSES)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await posts.post(request, _answered(spent, due))
    ends = time.perf_counter() + 10
    while len(spent) < len(plan) and time.perf_counter() < ends:
        await asyncio.sleep(0.05)
    used = meter.stop()
    tenth = max(1, len(spent) // 10)
    growth = _p99(spent[-tenth:]) / _p99(spent[tenth : 2 * tenth])
    return Round(sorted(spent)[len(spent) // 2] * 1e3, _p99(spent) * 1e3, growth,
                 posts.refused + len(plan) - len(spent), used.own / used.wall, used.foreign)  # fmt: skip


def _answered(spent: list[float], due: float) -> Callable[[], None]:
    return lambda: spent.append(time.perf_counter() - due)


def _p99(several: list[float]) -> float:
    return sorted(several)[int(len(several) * 0.99)]
