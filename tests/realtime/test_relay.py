"""From commit to hub: in log order, each once, whoever committed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from console.clock import FixedClock
from console.log.append import append
from console.log.read import Told
from console.realtime.hub import Hub
from console.store.store import Store, open_store
from console.store.transaction import Tx
from console.workers.relay import Relay


def tell(tx: Tx, name: str) -> None:
    tx.emit(name, topics=["case:1"], data={})


class Heard(Hub):
    """A hub that remembers what was published."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.events: list[Told] = []

    def publish(self, events: list[Told]) -> None:  # type: ignore[override]
        self.events.extend(events)
        super().publish(events)

    @property
    def names(self) -> list[str]:
        return [each.event.name for each in self.events]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.events) < count:
                await asyncio.sleep(0.01)


@pytest.fixture
async def hub(store: Store, clock: FixedClock) -> AsyncIterator[Heard]:
    hub = Heard(clock)
    relay = Relay(store, hub)
    await relay.start()
    running = asyncio.ensure_future(relay.run())
    yield hub
    running.cancel()
    await asyncio.wait([running])


async def test_a_commit_is_published(store: Store, hub: Heard) -> None:
    await store.write(tell, "a")
    await hub.until(1)
    assert hub.names == ["a"]


async def test_what_happened_before_the_start_is_not_published(store: Store, clock: FixedClock) -> None:
    await store.write(tell, "before")
    hub = Heard(clock)
    await Relay(store, hub).start()
    await store.write(tell, "after")
    assert "before" not in hub.names


async def test_another_processes_commits_are_published_too(
    store: Store, hub: Heard, database_url: str, clock: FixedClock
) -> None:
    other = open_store(database_url, clock, append)
    await asyncio.to_thread(other.write_now, tell, "foreign")
    await hub.until(1)
    await other.close()
    assert hub.names == ["foreign"]


async def test_commits_of_two_processes_come_in_log_order_each_once(
    store: Store, hub: Heard, database_url: str, clock: FixedClock
) -> None:
    other = open_store(database_url, clock, append)
    writes = [(store if n % 3 else other).write(tell, f"e{n}") for n in range(60)]
    await asyncio.gather(*writes)
    await hub.until(60)
    await store.write(tell, "last")
    await hub.until(61)
    await other.close()
    marks = [each.mark for each in hub.events]
    assert marks == sorted(marks) and len(set(marks)) == 61
    assert sorted(hub.names) == sorted([*(f"e{n}" for n in range(60)), "last"])


@pytest.mark.pg
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_nothing_is_published_past_a_transaction_that_is_still_open(store: Store, hub: Heard) -> None:
    parked, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        tell(tx, "parked")
        append(tx, tx.facts)
        tx.facts.clear()
        parked.set()
        go_on.wait(10)

    waiting = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(parked.wait, 10)
    for n in range(5):
        await store.write(tell, f"e{n}")
    await asyncio.sleep(0.1)
    assert hub.names == []
    go_on.set()
    await waiting
    await hub.until(6)
    assert hub.names[0] == "parked" and len(hub.names) == 6


async def test_workers_are_rung_after_the_commit(store: Store, clock: FixedClock) -> None:
    rung: list[str] = []
    await Relay(store, Heard(clock), rung.append).start()
    await store.write(lambda tx: tx.wake("assigner"))
    assert rung == ["assigner"]
