"""Messages in: signed webhooks from wrk's 32 connections, the floor and the product in turn.

Everybody has written once before, so that what is measured is a message to an open case. The product is held against
`sqlite_group`: the same form and signature, one transaction of five statements, group commit, synchronous=FULL; on
PostgreSQL against `pg_group`, the same by one statement a batch, each round on databases of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tests import services
from tests.bench import forms, noise, processes
from tests.bench.table import Asked, Row, Taken, middle, of_pairs
from tests.bench.wire import Posts

CONNECTIONS = 32
SECONDS = 4
FLOOR, FLOOR_POSTGRESQL, PRODUCT = "sqlite_group", "pg_group", "product"
MESSAGES = 48_000
INBOXES = 8  # one inbox's limit is 1,000 deliveries a second
GOAL = 0.4  # of the floor, in requests a second
_SCRIPT = r"""
local i = 0
function init(args)
  requests = {}
  for line in io.lines(os.getenv("BENCH_FORMS")) do
    local path, signature, body = line:match("^(%S+) (%S+) (.*)$")
    requests[#requests + 1] = wrk.format("POST", path,
      {["Content-Type"] = "application/x-www-form-urlencoded", ["X-Twilio-Signature"] = signature}, body)
  end
end
function request() i = i + 1; return requests[(i - 1) % #requests + 1] end
"""
_TOLD = r"""
function done(all, latency, requests)
  io.write(string.format('RESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"bad":%d}\n', all.requests, all.duration,
    latency:percentile(50), latency:percentile(99),
    all.errors.connect + all.errors.read + all.errors.write + all.errors.timeout + all.errors.status))
end
"""


class Round(Struct):
    """`rate` in requests a second, `p50` and `p99` in milliseconds, `cpu` in microseconds of the server a request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    foreign: float
    bad: int


def take(asked: Asked) -> Taken:
    """Requests a second of the same round decide. CPU is told beside it: the floor waits for the disk, we compute."""
    return _taken("messages in, SQLite FULL", _measure(asked.reps, FLOOR, lambda: ""), FLOOR)


def take_postgresql(asked: Asked) -> Taken:
    """Raises Missing without PostgreSQL, too. CPU is that of the servers before it: the database's own counts as
    others'."""
    try:
        server = services.Postgres()
    except services.Missing as missing:
        raise processes.Missing(str(missing)) from missing
    try:
        found = _measure(asked.reps, FLOOR_POSTGRESQL, lambda: services.create_database(server.url))
    finally:
        server.remove()
    return _taken("messages in, PostgreSQL", found, FLOOR_POSTGRESQL)


def _taken(name: str, found: dict[str, list[Round]], other: str) -> Taken:
    ours, floor = found[PRODUCT], found[other]
    rate = of_pairs(ours, floor, lambda one, other: one.rate / other.rate)
    cpu = of_pairs(ours, floor, lambda one, other: one.cpu / other.cpu)
    bad = sum(each.bad for each in ours)
    return Taken(
        dict(found),
        [
            Row(name, middle(ours, "rate"), "requests/s", middle(floor, "rate"), rate,
                f"at least {GOAL:g} of the floor", rate >= GOAL),
            Row("… CPU a message", middle(ours, "cpu"), "µs", middle(floor, "cpu"), cpu, "", None),
            Row("… not answered by 200", bad, "messages", None, None, "none", bad == 0),
        ],
    )  # fmt: skip


def _measure(rounds: int, floor: str, new_database: Callable[[], str]) -> dict[str, list[Round]]:
    """`new_database` gives a URL, or "" for SQLite. Raises Missing without wrk."""
    processes.need("wrk")
    found: dict[str, list[Round]] = {floor: [], PRODUCT: []}
    for _ in range(rounds):
        for name, kept in found.items():
            with _server(name, new_database()) as (running, urls):
                kept.append(_round(running, urls))
    return found


@contextmanager
def _server(name: str, database: str) -> Iterator[tuple[processes.Running, list[str]]]:
    """A server, and the URLs that deliveries are signed for."""
    if name != PRODUCT:
        with processes.floor(database) as running:
            yield running, [forms.FLOOR_URL]
        return
    with processes.product(database=database, inboxes=INBOXES) as running:
        assert running.ready is not None
        yield running, [running.ready.url + path for path in running.ready.paths]


def _round(running: processes.Running, urls: list[str]) -> Round:
    several = forms.messages(urls, forms.CONTACTS + MESSAGES)
    asyncio.run(_greet(running.port, several[: forms.CONTACTS]))
    with TemporaryDirectory() as folder:
        written = Path(folder, "forms")
        forms.write(written, several[forms.CONTACTS :])
        meter = noise.Meter([running.pid])
        told = wrk(running.port, _SCRIPT, BENCH_FORMS=str(written))
        used = meter.stop()
    if told["requests"] > MESSAGES:
        raise RuntimeError("the messages did not suffice: the last ones were duplicates")
    return round_of(told, used)


def product_round() -> Round:
    """One of the product on SQLite."""
    with _server(PRODUCT, "") as (running, urls):
        return _round(running, urls)


def round_of(told: dict[str, int], used: noise.Used) -> Round:
    """What wrk counted, with what was used meanwhile."""
    requests = max(1, told["requests"])
    rate = requests / told["us"] * 1e6
    return Round(rate, told["p50"] / 1e3, told["p99"] / 1e3, used.own / requests * 1e6, used.foreign, told["bad"])


async def _greet(port: int, several: list[forms.Signed]) -> None:
    """Everybody writes once, eight at a time."""
    posts = Posts(port)
    host = f"127.0.0.1:{port}"
    for start in range(0, len(several), 8):
        await asyncio.gather(*(posts.one(each.raw(each.path, host)) for each in several[start : start + 8]))
    if posts.refused:
        raise RuntimeError(f"{posts.refused} of the first messages were refused")


def wrk(
    port: int, script: str, *, connections: int = CONNECTIONS, seconds: int = SECONDS, **env: str
) -> dict[str, int]:
    """Requests made and refused, microseconds they took in all and each (`p50`, `p99`). `script` makes them, in Lua."""
    with TemporaryDirectory() as folder:
        post = Path(folder, "post.lua")
        post.write_text(script + _TOLD)
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(post),
             f"http://127.0.0.1:{port}"],
            env={**os.environ, **env}, capture_output=True, text=True, timeout=seconds + 40, check=True,
        )  # fmt: skip
    told: dict[str, int] = json.loads(done.stdout.split("RESULT ", 1)[1].splitlines()[0])
    return told
