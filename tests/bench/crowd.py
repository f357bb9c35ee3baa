"""Many consoles at once: 1,000 that each follow one of twenty cases, 5,000 that do nothing, and one that never reads.

What carrying costs is the server's CPU with the consoles listening, less its CPU with the same consoles and the same
messages when none of them listens.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import defaultdict

import msgspec
from msgspec import Struct

from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken, at_most, middle
from tests.bench.wire import Console, Posts, console

CONSOLES, SOCKETS_A_USER = 1_000, 10
CASES, RATE, SECONDS, LONG_SECONDS = 20, 100, 10, 60  # each case is followed by fifty; events a second
IDLE = 5_000
STALL_MESSAGES, STALL_TEXT = 150, "olá " * 390
GOAL_CORE, GOAL_P99, GOAL_KIB, GOAL_MIB = 0.15, 25.0, 40.0, 2.0
PATIENCE = 5.0
PRODUCT = "product"


class Round(Struct):
    """`core`: of carrying alone; `p50` and `p99` in ms from due to heard."""

    events: float  # a second
    core: float
    p50: float
    p99: float
    lost: int
    foreign: float


class Held(Struct):
    """KiB of the server's memory a console."""

    kib: float
    consoles: int
    foreign: float


class Stalled(Struct):
    """p99 in ms of the others without and with the stalled one, and by how much the server's memory grew more."""

    p99_before: float
    p99: float
    mib: float
    foreign: float


class Following:
    """Consoles and the cases that they follow: when each message was due, and when each console heard it."""

    def __init__(self) -> None:
        self.due: defaultdict[str, list[float]] = defaultdict(list)
        self.latencies: list[float] = []
        self.frames = 0
        self._ears: list[Ear] = []

    def ear(self, case: str) -> Ear:
        self._ears.append(ear := Ear(self, case))
        return ear

    def begin(self) -> None:
        """From here on it counts: what was heard before is nobody's message that was due."""
        self.frames = 0
        for each in self._ears:
            each.heard = 0


class Ear:
    def __init__(self, all_: Following, case: str) -> None:
        self._all, self._case, self.heard = all_, case, 0

    def __call__(self, frame: bytes) -> None:
        if not frame.startswith(b'{"type":"event'):
            return
        self._all.frames += 1
        if b'"name":"message.created"' in frame[:200]:
            due = self._all.due[self._case]
            if self.heard < len(due):
                self._all.latencies.append(time.perf_counter() - due[self.heard])
            self.heard += 1


def take(asked: Asked) -> Taken:
    seconds = LONG_SECONDS if asked.long else SECONDS
    found = []
    for _ in range(asked.reps):
        with processes.product(supervisors=CONSOLES // SOCKETS_A_USER) as running:
            found.append(asyncio.run(_followed(running, seconds)))
    lost = sum(each.lost for each in found)
    name = f"{CONSOLES:,} consoles, {middle(found, 'events'):.0f} events/s, each to {CONSOLES // CASES}"
    return Taken(
        {PRODUCT: found},
        [
            at_most(f"{name}: carrying", middle(found, "core"), "of a core", GOAL_CORE),
            at_most("… p99", middle(found, "p99"), "ms", GOAL_P99),
            Row("… not heard", lost, "messages", None, None, "none", lost == 0),
        ],
    )


def take_idle(asked: Asked) -> Taken:
    """One round says it: memory does not depend on the neighbours."""
    with processes.product(supervisors=IDLE // SOCKETS_A_USER) as running:
        found = asyncio.run(_idle(running))
    return Taken({PRODUCT: [found]}, [at_most(f"{IDLE:,} idle consoles, memory each", found.kib, "KiB", GOAL_KIB)])


def take_stalled(asked: Asked) -> Taken:
    found = []
    for _ in range(asked.reps if asked.long else 1):
        with processes.product(supervisors=CONSOLES // SOCKETS_A_USER + 1) as running:
            found.append(asyncio.run(_stalled(running)))
    before, after = middle(found, "p99_before"), middle(found, "p99")
    return Taken(
        {PRODUCT: found},
        [
            Row(f"one of {CONSOLES:,} consoles never reads, p99 of the others", after, "ms", before, after / before,
                "at most 1.5 × without it", after <= 1.5 * before),
            at_most("… memory that it costs", middle(found, "mib"), "MiB", GOAL_MIB),
        ],
    )  # fmt: skip


async def _followed(running: processes.Running, seconds: int) -> Round:
    assert running.ready is not None
    cases, posts = await _cases(running, CASES)
    following = Following()
    opened = await _consoles(running, CONSOLES, following, cases)
    events = await _events_a_message(following, opened, cases, posts, running)
    count = round(RATE / events * seconds)
    base = await _drive(running, posts, following, cases, count, seconds, listened=False)
    for number, each in enumerate(opened):
        each.say(f'{{"type":"subscribe","topics":["case:{cases[number % CASES]}"]}}')
    await asyncio.sleep(1)
    following.begin()
    used = await _drive(running, posts, following, cases, count, seconds, listened=True)
    spent = sorted(each * 1e3 for each in following.latencies)
    wanted = sum(len(each) for each in following.due.values()) * (CONSOLES // CASES)
    for each in opened:
        each.transport.close()
    if not spent:
        raise RuntimeError("no console heard anything")
    return Round(
        following.frames / used.wall / (CONSOLES // CASES), max(0.0, used.own / used.wall - base.own / base.wall),
        _at(spent, 0.5), _at(spent, 0.99), wanted - len(spent), used.foreign,
    )  # fmt: skip


async def _idle(running: processes.Running) -> Held:
    await _consoles(running, 10, Following(), [])
    before = _resident(running)
    meter = noise.Meter([running.pid])
    opened = await _consoles(running, IDLE - 10, Following(), [], first=10)
    await asyncio.sleep(2)
    used = meter.stop()
    return Held((_resident(running) - before) / len(opened) / 1024, len(opened), used.foreign)


async def _stalled(running: processes.Running) -> Stalled:
    assert running.ready is not None
    cases, posts = await _cases(running, 1)
    following = Following()
    opened = await _consoles(running, CONSOLES, following, cases)
    for each in opened:
        each.say(f'{{"type":"subscribe","topics":["case:{cases[0]}"]}}')
    await asyncio.sleep(1)
    meter = noise.Meter([running.pid])
    p99s, grown = [], []
    for stall in (False, True):
        if stall:
            line = await _never_reads(running, running.ready.supervisors[-1], cases[0])
        before = _resident(running)
        following.latencies.clear()
        await _one_by_one(running, posts, following, cases, seed=7 + stall)
        grown.append(_resident(running) - before)
        p99s.append(_at(sorted(each * 1e3 for each in following.latencies), 0.99))
    line.close()
    used = meter.stop()
    return Stalled(p99s[0], p99s[1], max(0.0, grown[1] - grown[0]) / 2**20, used.foreign)


async def _cases(running: processes.Running, contacts: int) -> tuple[list[str], Posts]:
    """The cases of as many first messages."""
    assert running.ready is not None
    ready, posts, found = running.ready, Posts(running.port), []
    heard: asyncio.Queue[str] = asyncio.Queue()

    def listen(frame: bytes) -> None:
        told = msgspec.json.decode(frame)
        if told.get("name") == "message.created":
            heard.put_nowait(told["case"])

    wall = await console(running.port, ready.supervisors[0], '{"type":"hello","topics":["wall"]}', listen)
    await asyncio.sleep(0.5)
    for each in forms.messages(ready.url + ready.path, contacts, contacts=contacts, seed=4):
        await posts.one(each.raw(ready.path, f"127.0.0.1:{running.port}"))
        found.append(await asyncio.wait_for(heard.get(), 10))
    wall.transport.close()
    return found, posts


async def _consoles(
    running: processes.Running, count: int, following: Following, cases: list[str], first: int = 0
) -> list[Console]:
    """Consoles that said hello and subscribed to nothing yet."""
    assert running.ready is not None
    opened = []
    for number in range(first, first + count):
        ear = following.ear(cases[number % len(cases)]) if cases else _nothing
        cookie = running.ready.supervisors[number // SOCKETS_A_USER]
        opened.append(await console(running.port, cookie, '{"type":"hello","topics":[]}', ear))
    await asyncio.sleep(1)
    return opened


async def _events_a_message(
    following: Following, opened: list[Console], cases: list[str], posts: Posts, running: processes.Running
) -> float:
    """How many events one message brings to whoever follows its case."""
    one = opened[0]
    one.say(f'{{"type":"subscribe","topics":["case:{cases[0]}"]}}')
    await asyncio.sleep(0.3)
    following.frames = 0
    await posts.one(_message(running, contact=0, seed=5))
    await asyncio.sleep(0.5)
    one.say(f'{{"type":"unsubscribe","topics":["case:{cases[0]}"]}}')
    await asyncio.sleep(0.3)
    return max(1, following.frames)


async def _drive(
    running: processes.Running, posts: Posts, following: Following, cases: list[str], count: int, seconds: int,
    *, listened: bool,
) -> noise.Used:  # fmt: skip
    """Post as many messages evenly over the time, in turn of the cases. `listened`: latencies are kept."""
    raws = [_message(running, contact=index % len(cases), seed=100 + index + 10_000 * listened)
            for index in range(count)]  # fmt: skip
    await posts.fill(16)
    meter = noise.Meter([running.pid])
    start = time.perf_counter() + 0.1
    for index, raw in enumerate(raws):
        due = start + index * seconds / count
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if listened:
            following.due[cases[index % len(cases)]].append(due)
        await posts.post(raw, _answered)
    used = meter.stop()
    await _quiet(following)
    if posts.refused:
        raise RuntimeError(f"{posts.refused} messages were refused")
    return used


async def _one_by_one(
    running: processes.Running, posts: Posts, following: Following, cases: list[str], seed: int
) -> None:
    for index in range(STALL_MESSAGES):
        raw = _message(running, contact=0, seed=seed * 10_000 + index, text=STALL_TEXT)
        following.due[cases[0]].append(time.perf_counter())
        await posts.one(raw)
        await asyncio.sleep(0.02)
    await _quiet(following)


async def _quiet(following: Following) -> None:
    """Wait until nothing more is heard."""
    ends, last = time.perf_counter() + PATIENCE, -1
    while time.perf_counter() < ends and last != following.frames:
        last = following.frames
        await asyncio.sleep(0.5)


async def _never_reads(running: processes.Running, cookie: str, case: str) -> socket.socket:
    """Shakes hands, follows the case, and never reads again, with a receive buffer as small as it gets."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    wire.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(wire, ("127.0.0.1", running.port))
    at = f"127.0.0.1:{running.port}"
    head = (
        f"GET /ws HTTP/1.1\r\nHost: {at}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://{at}\r\n"
        f"Cookie: {cookie}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await loop.sock_sendall(wire, head.encode())
    await loop.sock_recv(wire, 1_024)
    hello = f'{{"type":"hello","topics":["case:{case}"]}}'.encode()
    await loop.sock_sendall(wire, bytes((0x81, 0x80 | len(hello), 0, 0, 0, 0)) + hello)
    await asyncio.sleep(0.5)
    return wire


def _message(running: processes.Running, *, contact: int, seed: int, text: str = "") -> bytes:
    assert running.ready is not None
    ready = running.ready
    (one,) = forms.messages(ready.url + ready.path, 1, contacts=1, seed=seed, first=contact, text=text)
    return one.raw(ready.path, f"127.0.0.1:{running.port}")


def _resident(running: processes.Running) -> int:
    return sum(each.memory_info().rss for each in noise.family(running.pid))


def _at(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]


def _answered() -> None:
    """Nobody waits for this answer."""


def _nothing(frame: bytes) -> None:
    """Nobody counts what this console hears."""
