"""Fan-out: what the debtor of one case writes, carried to 1,000 consoles that have it open.

The floors are Node's `ws` and, in Python, one prebuilt frame written to each transport (`sansio-frame`), both with
events of the product's size. A round is one message: its webhook, transaction and events; the product's figure holds
the whole of it, the floors' only the sending.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken, at_most, middle, of_pairs
from tests.bench.wire import Posts, console

CONSOLES, SOCKETS_A_USER = 1_000, 10
ROUNDS = 60
GOAL, GOAL_FRAME = 1.0, 1.7  # of Node's ws, of sansio-frame, in CPU a delivery
GOAL_P99 = 60.0  # milliseconds from posted to the last console
FLOOR, FRAME, PRODUCT = "node ws", "sansio-frame", "product"
_WS = "ws@8.23.0"
_WARM_UP = 3


class Round(Struct):
    """`rate` in deliveries a second, `p50` and `p99` in ms, `cpu` in microseconds of the server a delivery."""

    rate: float
    p50: float
    p99: float
    cpu: float
    foreign: float
    size: int  # bytes an event
    deliveries: int


class _Told(Struct):
    events: int
    a_trigger: int
    rate: float
    p50: float
    p99: float
    bytes: float
    connect_us: float


def take(asked: Asked) -> Taken:
    found = _measure(asked.reps)
    name, ours = f"one event to {CONSOLES:,} consoles", found[PRODUCT]
    return Taken(
        dict(found),
        [
            _held(f"{name}, CPU a delivery", ours, found[FLOOR], GOAL, "Node ws"),
            _held("… beside the frame written by hand", ours, found[FRAME], GOAL_FRAME, FRAME),
            at_most("… p99", middle(ours, "p99"), "ms", GOAL_P99, middle(found[FLOOR], "p99")),
        ],
    )


def _held(name: str, ours: list[Round], floor: list[Round], goal: float, whose: str) -> Row:
    ratio = of_pairs(ours, floor, lambda one, other: one.cpu / other.cpu)
    return Row(name, middle(ours, "cpu"), "µs", middle(floor, "cpu"), ratio, f"at most {goal:g} × {whose}",
               ratio <= goal)  # fmt: skip


def _measure(rounds: int) -> dict[str, list[Round]]:
    """Raises Missing without gcc, node, npm or their registry."""
    processes.need("gcc", "node", "npm")
    found: dict[str, list[Round]] = {FLOOR: [], FRAME: [], PRODUCT: []}
    with TemporaryDirectory() as name:
        folder = Path(name)
        program = _built(folder)
        modules = _installed(folder)
        for _ in range(rounds):
            with processes.product(supervisors=CONSOLES // SOCKETS_A_USER) as running:
                mine = _product(running, program, folder)
            found[PRODUCT].append(mine)
            with processes.node(modules, mine.size) as running:
                found[FLOOR].append(_sent(running, program, folder))
            with processes.frame(mine.size) as running:
                found[FRAME].append(_sent(running, program, folder))
    return found


def _built(folder: Path) -> Path:
    source, program = Path(__file__).parent / "floors" / "wsload.c", folder / "wsload"
    subprocess.run(["gcc", "-O2", "-o", str(program), str(source)], check=True)
    return program


def _installed(folder: Path) -> Path:
    (folder / "package.json").write_text("{}")
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", _WS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    if done.returncode != 0:
        raise processes.Missing(f"npm could not install {_WS} (is there a network?)")
    return folder / "node_modules"


def _sent(running: processes.Running, program: Path, folder: Path) -> Round:
    request = f"POST /pub HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nContent-Length: 0\r\n\r\n".encode()
    _write(folder / "triggers", [request] * (ROUNDS + _WARM_UP))
    return _load(running, program, folder)


def _product(running: processes.Running, program: Path, folder: Path) -> Round:
    ready = running.ready
    assert ready is not None
    several = forms.messages(ready.url + ready.path, ROUNDS + _WARM_UP + 1, contacts=1, seed=3)
    raw = [each.raw(ready.path, f"127.0.0.1:{running.port}") for each in several]
    case = asyncio.run(_first(running, raw[0]))
    _write(folder / "triggers", raw[1:])
    (folder / "cookies").write_text("\n".join(ready.supervisors))
    hello = f'{{"type":"hello","topics":["case:{case}"]}}'
    return _load(running, program, folder, str(folder / "cookies"), hello)


async def _first(running: processes.Running, raw: bytes) -> str:
    """The first message opens the case: its id."""
    assert running.ready is not None
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[str] = loop.create_future()

    def listen(frame: bytes) -> None:
        told = msgspec.json.decode(frame)
        if told.get("name") == "message.created" and not heard.done():
            heard.set_result(told["case"])

    wall = await console(running.port, running.ready.supervisors[0], '{"type":"hello","topics":["wall"]}', listen)
    await asyncio.sleep(0.5)
    await Posts(running.port).one(raw)
    case = await asyncio.wait_for(heard, 10)
    wall.transport.close()
    return case


def _load(running: processes.Running, program: Path, folder: Path, *more: str) -> Round:
    command = [str(program), str(running.port), str(CONSOLES), str(ROUNDS), str(folder / "triggers"), *more]
    with _loading(command) as load:
        assert load.stdout is not None
        if load.stdout.readline() != "CONNECTED\n":
            raise RuntimeError(f"the consoles did not connect: {load.communicate()[1].strip()}")
        meter = noise.Meter([running.pid])
        out, why = load.communicate(timeout=120)
        used = meter.stop()
        if load.returncode != 0:
            raise RuntimeError(f"the consoles failed: {why.strip()}")
    told = msgspec.json.decode(out, type=_Told)
    deliveries = (ROUNDS + _WARM_UP) * told.a_trigger * CONSOLES
    cpu = used.own / deliveries * 1e6
    return Round(told.rate, told.p50, told.p99, cpu, used.foreign, round(told.bytes), told.events)


@contextmanager
def _loading(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    load = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_many_files)
    try:
        yield load
    finally:
        load.kill()
        load.wait()


def _many_files() -> None:
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _write(path: Path, requests: list[bytes]) -> None:
    path.write_bytes(b"".join(b"%d\n%b" % (len(each), each) for each in requests))
