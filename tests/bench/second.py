"""Through a second process: a webhook at one server, its event at the consoles of the other, by PostgreSQL and Redis.

Ten consoles stand at each of two servers; both hear the same messages, so that what the way between them adds is the
difference within one run.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Callable

import msgspec
from msgspec import Struct

from tests import services
from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken, at_most, middle
from tests.bench.wire import Posts, console

RATE, SECONDS, LONG_SECONDS = 40, 10, 60
CONSOLES = 10  # at each server
PATIENCE = 5.0
GOAL_P50, GOAL_P99 = 2.0, 10.0  # milliseconds more
HERE, THERE = "the same process", "a second one"


class Round(Struct):
    """Milliseconds from due to heard."""

    p50: float
    p99: float
    lost: int
    foreign: float


def take(asked: Asked) -> Taken:
    seconds = LONG_SECONDS if asked.long else SECONDS
    found: dict[str, list[Round]] = {HERE: [], THERE: []}
    for _ in range(asked.reps):
        for name, each in _measure(seconds).items():
            found[name].append(each)
    here, there = found[HERE], found[THERE]
    lost = sum(each.lost for each in (*here, *there))
    return Taken(
        dict(found),
        [
            at_most(f"through a second process by Redis, {RATE} messages/s: added p50",
                    middle(there, "p50") - middle(here, "p50"), "ms", GOAL_P50),
            at_most("… added p99", middle(there, "p99") - middle(here, "p99"), "ms", GOAL_P99),
            Row("… events lost", lost, "events", None, None, "none", lost == 0),
        ],
    )  # fmt: skip


def _measure(seconds: int) -> dict[str, Round]:
    """Raises Missing without PostgreSQL or Redis."""
    try:
        server, redis = services.Postgres(), services.Redis()
    except services.Missing as missing:
        raise processes.Missing(str(missing)) from missing
    try:
        more = {"database": services.create_database(server.url), "redis": redis.url}
        with processes.product(supervisors=2 * CONSOLES, **more) as first:
            with processes.product(join=1, **more) as second:
                return asyncio.run(_round(first, second, seconds))
    finally:
        redis.stop()
        server.remove()


async def _round(first: processes.Running, second: processes.Running, seconds: int) -> dict[str, Round]:
    assert first.ready is not None
    ready, posts = first.ready, Posts(first.port)
    several = forms.messages(ready.url + ready.path, RATE * seconds, contacts=100, seed=9)
    due: dict[bytes, float] = {}
    spent: defaultdict[str, list[float]] = defaultdict(list)
    for number, cookie in enumerate(ready.supervisors):
        name, port = (HERE, first.port) if number % 2 else (THERE, second.port)
        await console(port, cookie, '{"type":"hello","topics":["wall"]}', _ear(due, spent[name]))
    await asyncio.sleep(1)
    meter = noise.Meter([first.pid, second.pid])
    start = time.perf_counter() + 0.1
    for index, each in enumerate(several):
        moment = start + index / RATE
        marked = f"m{index:06}".encode()
        due[marked] = moment
        (request,) = forms.messages(ready.url + ready.path, 1, contacts=1, seed=50_000 + index, first=each.contact,
                                    text=marked.decode())  # fmt: skip
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        await posts.post(request.raw(ready.path, f"127.0.0.1:{first.port}"), _answered)
    wanted, ends = len(several) * CONSOLES, time.perf_counter() + PATIENCE
    while min(len(spent[HERE]), len(spent[THERE])) < wanted and time.perf_counter() < ends:
        await asyncio.sleep(0.05)
    used = meter.stop()
    return {name: _figures(spent[name], wanted, used.foreign) for name in (HERE, THERE)}


def _ear(due: dict[bytes, float], spent: list[float]) -> Callable[[bytes], None]:
    def heard(frame: bytes) -> None:
        if b'"name":"message.created"' in frame[:200]:
            text = msgspec.json.decode(frame)["data"]["text"].encode()
            if text in due:
                spent.append((time.perf_counter() - due[text]) * 1e3)

    return heard


def _figures(spent: list[float], wanted: int, foreign: float) -> Round:
    if not spent:
        raise RuntimeError("nothing was heard")
    several = sorted(spent)
    return Round(statistics.median(several), several[int(len(several) * 0.99)], wanted - len(several), foreign)


def _answered() -> None:
    """Nobody waits for this answer."""
