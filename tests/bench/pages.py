"""How long a page takes: its statements alone, and as HTTP from one client, on a large installation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
from msgspec import Struct

from console.access.actor import Actor
from console.clock import SystemClock
from console.log.append import append
from console.people.actors import again
from console.store.store import Store, open_store
from console.store.transaction import Reader
from tests import services
from tests.bench import kept, noise, processes
from tests.bench.large import IDS, Seen
from tests.store.noted import statements_of

Read = Callable[[Reader, Actor], Any]
_AGAIN, _MS = 20, 100.0  # times a page's statements are run, or until that long was spent


class Round(Struct):
    """Milliseconds: the statements of a page by the clock and by CPU, then a page over HTTP."""

    query_p50: float
    query_p99: float
    cpu_p50: float | None  # of the reading thread; PostgreSQL's work is another process's
    cpu_p99: float | None
    http_p50: float | None
    http_p99: float | None
    foreign: float
    worst: str  # the page whose statements took longest


class Large(Struct):
    """A large installation that runs: its store from here, who looks, and a client for each."""

    store: Any
    actors: dict[str, Actor]
    clients: dict[str, httpx2.Client]


@contextmanager
def large(cases: int, messages: int) -> Iterator[Large]:
    with processes.product(cases=cases, messages=messages) as running:
        ready = running.ready
        assert ready is not None and ready.ids is not None and ready.cookies is not None
        store = open_store(ready.database, SystemClock(), append)
        names = Seen.__struct_fields__
        actors = {name: _actor(store, getattr(ready.ids, name)) for name in names}
        clients = {
            name: httpx2.Client(base_url=ready.url, headers={"Cookie": getattr(ready.cookies, name)}) for name in names
        }
        try:
            yield Large(store, actors, clients)
        finally:
            for client in clients.values():
                client.close()


@contextmanager
def large_postgresql(cases: int, messages: int) -> Iterator[Large]:
    """The same on PostgreSQL, for its statements alone: nobody serves."""
    try:
        with kept.postgresql(cases, messages) as url:
            store = open_store(url, SystemClock(), append)
            actors = {name: _actor(store, getattr(IDS, name)) for name in Seen.__struct_fields__}
            try:
                yield Large(store, actors, {})
            finally:
                asyncio.run(store.close())
    except services.Missing as missing:
        raise processes.Missing(str(missing)) from missing


def _actor(store: Store, user_id: str) -> Actor:
    found = store.read_now(again, Actor(id=user_id, name="", role=""))
    assert found is not None
    return found


def measure(at: Large, reads: Mapping[tuple[str, str], tuple[Read, str]], posts: int) -> Round:
    """`reads`: (who, what) to the read and the path of its page."""
    meter = noise.Meter([])
    spent: dict[str, list[tuple[float, float]]] = {}
    for (who, what), (read, _) in reads.items():
        spent[f"{who}: {what}"] = at.store.read_now(_timed, at.actors[who], read)
    clock, cpu = (sorted(each[by] for several in spent.values() for each in several) for by in (0, 1))
    worst = max(spent, key=lambda name: sorted(spent[name])[len(spent[name]) // 2])
    over = sorted(
        _asked(at.clients[who], path) for _ in range(posts) for (who, _), (_, path) in reads.items() if at.clients
    )
    used = meter.stop()
    told = f"{worst} {sorted(spent[worst])[len(spent[worst]) // 2][0]:.2f}"
    embedded = at.store.dialect == "sqlite"
    return Round(
        _at(clock, 0.5), _at(clock, 0.99), _at(cpu, 0.5) if embedded else None, _at(cpu, 0.99) if embedded else None,
        _at(over, 0.5) if over else None, _at(over, 0.99) if over else None, used.foreign, told,
    )  # fmt: skip


def _timed(reader: Reader, actor: Actor, read: Read) -> list[tuple[float, float]]:
    """The statements of a read, noted once and run again: what they take together, each time, by clock and by CPU."""
    noted = statements_of(reader, lambda: read(reader, actor))
    run = reader.cursor.execute
    found: list[tuple[float, float]] = []
    while len(found) < _AGAIN and sum(clock for clock, _ in found) < _MS:
        started, used = time.perf_counter(), time.thread_time()
        for sql, values in noted:
            run(sql, values).fetchall()
        found.append(((time.perf_counter() - started) * 1e3, (time.thread_time() - used) * 1e3))
    return found


def _asked(client: httpx2.Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    if answer.status_code == 429:
        time.sleep(float(answer.headers["retry-after"]))
        return _asked(client, path)
    answer.raise_for_status()
    return (time.perf_counter() - started) * 1e3


def _at(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]
