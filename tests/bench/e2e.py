"""End to end: a signed webhook falls due, and its event reaches 20 consoles that have the wall open.

Open loop at 80 messages a second: latency counts from the moment a message was due, whether or not it could be sent
then. Each message's event is awaited on every console, so that none may be lost. (A team's queue is not told of
a waiting case that was only written to again: nothing of what it shows has changed.)
"""

from __future__ import annotations

import asyncio
import gc
import re
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken, at_most, middle, of_pairs
from tests.bench.wire import Console, Posts, console

RATE, SECONDS = 80, 10
CONSOLES = 20
PATIENCE = 5.0  # seconds that the last events may take
GOAL_P50, GOAL_P99, GOAL_RATIO = 10.0, 50.0, 3.0  # milliseconds; of the floor's p99
FLOOR, PRODUCT = "sqlite_group", "product"
_NAMED = re.compile(rb'"name":"([a-z_.]+)","case":"(\w+)"')


class Round(Struct):
    """Milliseconds from due to heard, over all consoles; `lost` events of all `wanted`."""

    p50: float
    p99: float
    worst: float
    lost: int
    wanted: int
    cpu: float  # microseconds of the server a message
    foreign: float


class Ears:
    """What the consoles hear. The first event of a message's case after it was sent is that message's."""

    def __init__(self) -> None:
        self.learning: int | None = None
        self.cases: dict[int, bytes] = {}  # contact -> case, learnt while one contact at a time writes
        self.due: dict[tuple[int, bytes], deque[float]] = {}  # (console, case) -> moments awaited
        self.latencies: list[float] = []
        self.left = 0

    def of(self, number: int, name: bytes) -> Callable[[bytes], None]:
        def heard(frame: bytes) -> None:
            found = _NAMED.search(frame, 0, 400)
            if found is None or found[1] != name:
                return
            if self.learning is not None and number == 0:
                self.cases[self.learning] = found[2]
            waiting = self.due.get((number, found[2]))
            if waiting:
                self.latencies.append(time.perf_counter() - waiting.popleft())
                self.left -= 1

        return heard


def take(asked: Asked) -> Taken:
    found = _measure(asked.reps)
    ours, floor = found[PRODUCT], found[FLOOR]
    p99, ratio = middle(ours, "p99"), of_pairs(ours, floor, lambda one, other: one.p99 / other.p99)
    lost = sum(each.lost for each in ours)
    name = f"{RATE} messages/s at {CONSOLES} consoles"
    return Taken(
        dict(found),
        [
            at_most(f"{name}, p50", middle(ours, "p50"), "ms", GOAL_P50, middle(floor, "p50")),
            Row("… p99", p99, "ms", middle(floor, "p99"), ratio, f"≤ {GOAL_P99:g} ms and ≤ {GOAL_RATIO:g} × floor",
                p99 <= GOAL_P99 and ratio <= GOAL_RATIO),
            Row("… events lost", lost, f"of {sum(each.wanted for each in ours)}", None, None, "none", lost == 0),
        ],
    )  # fmt: skip


def _measure(rounds: int) -> dict[str, list[Round]]:
    found: dict[str, list[Round]] = {FLOOR: [], PRODUCT: []}
    for _ in range(rounds):
        with processes.floor() as running:
            found[FLOOR].append(asyncio.run(_round(running, forms.FLOOR_URL, "/hooks/twilio")))
        with processes.product(supervisors=CONSOLES) as running:
            assert running.ready is not None
            url = running.ready.url + running.ready.path
            found[PRODUCT].append(asyncio.run(_round(running, url, running.ready.path)))
    return found


async def _round(running: processes.Running, url: str, path: str) -> Round:
    count = RATE * SECONDS
    several = forms.messages(url, forms.CONTACTS + count, seed=2)
    host = f"127.0.0.1:{running.port}"
    ears, posts = Ears(), Posts(running.port)
    consoles = await _open(running, ears)
    await posts.fill(32)
    for each in several[: forms.CONTACTS]:
        await _learn(ears, posts, each.contact, each.raw(path, host))
    messages = [(each.contact, each.raw(path, host)) for each in several[forms.CONTACTS :]]
    meter = noise.Meter([running.pid])
    with _no_collection():
        await _drive(ears, posts, messages)
    used = meter.stop()
    for one in consoles:
        one.transport.close()
    if posts.refused:
        raise RuntimeError(f"{posts.refused} messages were refused")
    found = sorted(each * 1e3 for each in ears.latencies)
    wanted = count * len(consoles)
    return Round(statistics.median(found), found[int(len(found) * 0.99)], found[-1], wanted - len(found), wanted,
                 used.own / count * 1e6, used.foreign)  # fmt: skip


@contextmanager
def _no_collection() -> Iterator[None]:
    """Our own garbage waits: a collection of what four rounds had left stood still for 200 ms, which counted as the
    server's.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _open(running: processes.Running, ears: Ears) -> list[Console]:
    """The consoles. The floor tells everybody everything; the product those who watch the team."""
    ready = running.ready
    opened = []
    for number in range(CONSOLES):
        cookie, hello = "", ""
        if ready is not None:
            cookie, hello = ready.supervisors[number], '{"type":"hello","topics":["wall"]}'
        opened.append(await console(running.port, cookie, hello, ears.of(number, b"message.created")))
    await asyncio.sleep(0.5)
    return opened


async def _learn(ears: Ears, posts: Posts, contact: int, raw: bytes) -> None:
    """A contact writes for the first time: which case that makes."""
    ears.learning = contact
    await posts.one(raw)
    until = time.perf_counter() + PATIENCE
    while contact not in ears.cases and time.perf_counter() < until:
        await asyncio.sleep(0.001)


async def _drive(ears: Ears, posts: Posts, several: list[tuple[int, bytes]]) -> None:
    ears.learning = None
    ears.left = len(several) * CONSOLES
    start = time.perf_counter() + 0.1
    for index, (contact, raw) in enumerate(several):
        due = start + index / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for number in range(CONSOLES):
            ears.due.setdefault((number, ears.cases[contact]), deque()).append(due)
        await posts.post(raw, _nothing)
    until = time.perf_counter() + PATIENCE
    while ears.left > 0 and time.perf_counter() < until:
        await asyncio.sleep(0.05)


def _nothing() -> None:
    """Nobody waits for this answer."""
