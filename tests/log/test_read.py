"""Whoever asks "after this cursor" misses nothing, and is told to begin anew when that cannot be promised."""

from __future__ import annotations

import asyncio
import threading

import pytest

from console.clock import FixedClock
from console.log import read
from console.log.cursor import Mark, read_cursor
from console.store.store import Store
from console.store.transaction import Tx
from tests.store.stores import NOW


def tell(tx: Tx, name: str, *topics: str) -> None:
    tx.emit(name, topics=topics or ("case:1",), data={"name": name})


def names(replay: read.Replay | None) -> list[str]:
    assert replay is not None
    return [each.event.name for each in replay.told]


async def test_what_happened_after_a_cursor_is_told_in_order(store: Store) -> None:
    await store.write(tell, "before.it")
    cursor = await store.read(read.current)
    for name in ("a", "b", "c"):
        await store.write(tell, name)
    assert names(await store.read(read.since, cursor, ["case:1"])) == ["a", "b", "c"]


async def test_only_the_topics_asked_for_are_told(store: Store) -> None:
    cursor = await store.read(read.current)
    await store.write(tell, "seen", "case:1", "wall:t")
    await store.write(tell, "unseen", "case:2")
    assert names(await store.read(read.since, cursor, ["wall:t", "case:9"])) == ["seen"]
    assert names(await store.read(read.since, cursor, [])) == []


async def test_the_cursor_of_an_event_stands_right_after_it(store: Store) -> None:
    cursor = await store.read(read.current)
    for name in ("a", "b", "c"):
        await store.write(tell, name)
    replay = await store.read(read.since, cursor, ["case:1"])
    assert replay is not None
    assert names(await store.read(read.since, replay.told[1].mark.text(), ["case:1"])) == ["c"]


async def test_the_end_of_a_replay_is_a_cursor_too(store: Store) -> None:
    cursor = await store.read(read.current)
    await store.write(tell, "a")
    replay = await store.read(read.since, cursor, ["case:1"])
    assert replay is not None
    await store.write(tell, "b")
    assert names(await store.read(read.since, replay.until.text(), ["case:1"])) == ["b"]


@pytest.mark.parametrize("cursor", ["", "x", "a.b", "....", "0123.-1", "0123.1.2.3", "0123.1e3", "0123.٣", "a" * 500])
async def test_what_is_no_cursor_resets(store: Store, cursor: str) -> None:
    assert read_cursor(cursor) is None
    assert await store.read(read.since, cursor, ["case:1"]) is None


async def test_a_cursor_from_the_future_resets(store: Store) -> None:
    mark = await store.read(read.here)
    forged = Mark(mark.incarnation, mark.xid + 1_000, mark.seq + 1_000)
    assert await store.read(read.since, forged.text(), ["case:1"]) is None


async def test_a_cursor_of_the_other_databases_form_resets(store: Store) -> None:
    await store.write(tell, "a")
    mark = await store.read(read.here)
    other = Mark(mark.incarnation, 0 if mark.xid else 1, 1)
    assert await store.read(read.since, other.text(), ["case:1"]) is None


async def test_a_cursor_of_another_incarnation_resets(store: Store) -> None:
    await store.write(tell, "a")
    cursor = await store.read(read.current)
    assert await store.write(read.reincarnate) != cursor.split(".")[0]
    assert await store.read(read.since, cursor, ["case:1"]) is None


async def test_beginning_a_log_twice_keeps_its_incarnation(store: Store) -> None:
    assert await store.write(read.begin) == await store.write(read.begin) == "0123456789abcdef0123456789abcdef"


async def test_whoever_is_too_far_back_resets(store: Store) -> None:
    cursor = await store.read(read.current)
    for n in range(6):
        await store.write(tell, f"e{n}")
    assert len(names(await store.read(read.since, cursor, ["case:1"], 6))) == 6
    assert await store.read(read.since, cursor, ["case:1"], 5) is None


async def test_a_cursor_before_what_was_pruned_resets_and_one_after_it_goes_on(store: Store, clock: FixedClock) -> None:
    old = await store.read(read.current)
    await store.write(tell, "a")
    between = await store.read(read.since, old, ["case:1"])
    clock.advance(1_000)
    await store.write(tell, "b")
    assert await store.write(read.prune, NOW + 1) == 1
    assert await store.read(read.since, old, ["case:1"]) is None
    assert between is not None
    assert names(await store.read(read.since, between.told[0].mark.text(), ["case:1"])) == ["b"]
    assert await store.write(read.prune, NOW + 1) == 0


async def test_pruning_everything_leaves_the_newest_cursor_good(store: Store) -> None:
    await store.write(tell, "a")
    cursor = await store.read(read.current)
    replayed = await store.read(read.after, Mark(cursor.split(".")[0], 0, 0), 10)
    await store.write(read.prune, NOW + 1)
    newest = replayed[-1].mark.text()
    await store.write(tell, "b")
    assert names(await store.read(read.since, newest, ["case:1"])) == ["b"]


async def test_an_event_comes_back_as_it_was_told(store: Store) -> None:
    cursor = await store.read(read.current)

    def verb(tx: Tx) -> None:
        tx.emit("note.created", topics=["case:1", "wall:t"], data={"text": "olá 👋"}, case="1")

    await store.write(verb)
    replay = await store.read(read.since, cursor, ["case:1"])
    assert replay is not None
    event = replay.told[0].event
    assert (event.name, event.case, event.topics, event.at) == ("note.created", "1", ("case:1", "wall:t"), NOW)
    assert event.data == '{"text":"olá 👋"}'.encode()


async def test_many_writers_at_once_leave_no_gap(store: Store) -> None:
    """Followed live from a moving cursor while they write, every event is told exactly once."""
    cursor = await store.read(read.current)
    found: list[str] = []

    async def follow() -> None:
        nonlocal cursor
        while len(found) < 120:
            replay = await store.read(read.since, cursor, ["case:1"])
            assert replay is not None
            found.extend(names(replay))
            cursor = replay.until.text()

    async with asyncio.timeout(60):
        await asyncio.gather(follow(), *(store.write(tell, f"e{n}") for n in range(120)))
    assert sorted(found) == sorted(f"e{n}" for n in range(120))


async def test_events_of_a_case_come_in_the_order_of_its_lock(store: Store) -> None:
    cursor = await store.read(read.current)
    taken: list[int] = []

    def verb(tx: Tx) -> None:
        tx.lock("case:1")
        taken.append(len(taken))
        tell(tx, f"e{taken[-1]:03}")

    await asyncio.gather(*(store.write(verb) for _ in range(60)))
    async with asyncio.timeout(30):
        while len(names(replay := await store.read(read.since, cursor, ["case:1"]))) < 60:
            await asyncio.sleep(0.01)
    assert names(replay) == sorted(names(replay))


@pytest.mark.pg
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_transaction_parked_before_its_commit_is_not_skipped(store: Store) -> None:
    """It took its sequence number first and commits last: a reader that followed sequences would never see it."""
    cursor = await store.read(read.current)
    parked, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        # The log is written at the end of a verb, so the number is taken here by hand, as a slow commit would have it.
        from console.log.append import append

        tell(tx, "parked")
        append(tx, tx.facts)
        tx.facts.clear()
        parked.set()
        go_on.wait(10)

    waiting = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(parked.wait, 10)
    for n in range(10):
        await store.write(tell, f"e{n}")
    early = await store.read(read.since, cursor, ["case:1"])
    assert early is not None and names(early) == []  # nothing may be told past what could still appear
    go_on.set()
    await waiting
    told = names(await store.read(read.since, early.until.text(), ["case:1"]))
    assert sorted(told) == sorted(["parked", *(f"e{n}" for n in range(10))])
