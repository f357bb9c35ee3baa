"""A verb is a plain function of a transaction: it commits whole, or leaves nothing, whoever it shares a commit with."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import psycopg
import pytest
from sqlalchemy import bindparam, select

from console.clock import FixedClock
from console.errors import Conflict, Unavailable
from console.log.append import append
from console.log.read import after, here
from console.people.models import team
from console.store.lanes import REST
from console.store.sqlite import SqliteStore
from console.store.statement import Query, add, add_once, change, put, remove, row, value
from console.store.store import Store, open_store
from console.store.transaction import Event, Reader, Tx
from tests.store.stores import NOW

_NAMES = Query(select(team.c.name).order_by(team.c.name), value)


def make(tx: Tx, name: str, *, refuse: bool = False) -> str:
    add(tx, team, id=name, name=name, created_at=tx.now)
    tx.emit("team.created", topics=["wall:x"], data={"name": name})
    if refuse:
        raise Conflict("not this one")
    return name


def names(reader: Reader) -> list[str]:
    return _NAMES.all(reader)


async def test_a_write_resumes_with_the_result_after_the_commit(store: Store) -> None:
    assert await store.write(make, "Ana") == "Ana"
    assert await store.read(names) == ["Ana"]


async def test_a_refused_verb_rolls_back_alone(store: Store) -> None:
    verbs = [store.write(make, f"t{n:02}", refuse=n % 3 == 0) for n in range(30)]
    outcomes = await asyncio.gather(*verbs, return_exceptions=True)
    refused = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Conflict)]
    assert refused == list(range(0, 30, 3))
    assert await store.read(names) == [f"t{n:02}" for n in range(30) if n % 3]


async def test_a_refused_verb_leaves_no_event(store: Store) -> None:
    mark = await store.read(here)
    await asyncio.gather(*(store.write(make, f"t{n}", refuse=n % 2 == 0) for n in range(10)), return_exceptions=True)
    told = await store.read(after, mark, 100)
    assert sorted(each.event.data.decode() for each in told) == [f'{{"name":"t{n}"}}' for n in range(1, 10, 2)]


async def test_whatever_a_verb_raises_reaches_its_caller_and_nobody_else(store: Store) -> None:
    def broken(tx: Tx) -> None:
        raise ZeroDivisionError

    fine, wrong = await asyncio.gather(store.write(make, "Ana"), store.write(broken), return_exceptions=True)
    assert fine == "Ana" and isinstance(wrong, ZeroDivisionError)


async def test_a_constraint_decides_uniqueness_and_the_next_verb_goes_on(store: Store) -> None:
    def twice(tx: Tx) -> None:
        make(tx, "Ana")
        make(tx, "Ana")

    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.write(twice)
    assert await store.write(make, "Bruno") == "Bruno"
    assert await store.read(names) == ["Bruno"]


async def test_nobody_hears_of_what_did_not_commit(store: Store) -> None:
    heard: list[Event] = []
    store.on_commit = lambda events, woken: heard.extend(events)
    await asyncio.gather(*(store.write(make, f"t{n}", refuse=n == 3) for n in range(6)), return_exceptions=True)
    assert sorted(each.data.decode() for each in heard) == [f'{{"name":"t{n}"}}' for n in (0, 1, 2, 4, 5)]


async def test_an_event_is_readable_when_it_is_heard(store: Store) -> None:
    seen: list[bool] = []

    def listen(events: Sequence[Event], woken: frozenset[str]) -> None:
        told = store.read_now(after, mark, 10)
        horizon_passed = store.dialect == "postgresql" or {e.seq for e in events} <= {t.event.seq for t in told}
        seen.append(bool(store.read_now(names)) and horizon_passed)

    mark = await store.read(here)
    store.on_commit = listen
    await store.write(make, "Ana")
    assert seen == [True]


async def test_workers_are_woken_after_the_commit_and_not_by_a_refused_verb(store: Store) -> None:
    woken: set[str] = set()
    store.on_commit = lambda events, names: woken.update(names)

    def wake(tx: Tx, worker: str, refuse: bool) -> None:
        tx.wake(worker)
        if refuse:
            raise Conflict

    await asyncio.gather(
        store.write(wake, "assigner", False), store.write(wake, "dispatcher", True), return_exceptions=True
    )
    assert woken == {"assigner"}


async def test_what_is_deferred_runs_once_before_the_log_is_written(store: Store) -> None:
    mark = await store.read(here)

    def verb(tx: Tx) -> None:
        for _ in range(3):
            tx.defer("sum", lambda tx: tx.emit("sum.made", topics=["wall:x"], data={}))
        tx.emit("part.made", topics=["wall:x"], data={})

    await store.write(verb)
    if store.dialect == "sqlite":
        assert [each.event.name for each in await store.read(after, mark, 9)] == ["part.made", "sum.made"]
    else:
        assert {each.event.name for each in await store.read(after, mark, 9)} == {"part.made", "sum.made"}


async def test_a_part_of_a_verb_happens_whole_or_leaves_nothing_of_it(store: Store) -> None:
    mark = await store.read(here)

    def one(tx: Tx, name: str, refuse: bool) -> None:
        tx.defer(name, lambda tx: tx.emit("sum.made", topics=["wall:x"], data={"name": name}))
        make(tx, name, refuse=refuse)

    def verb(tx: Tx) -> list[str]:
        refused = []
        for name in ("Ana", "Bia", "Caio"):
            try:
                with tx.part():
                    one(tx, name, name == "Bia")
            except Conflict:
                refused.append(name)
        return refused

    assert await store.write(verb) == ["Bia"]
    assert await store.read(names) == ["Ana", "Caio"]
    told = sorted((each.event.name, each.event.data.decode()) for each in await store.read(after, mark, 9))
    assert told == sorted((f"{kind}", f'{{"name":"{name}"}}') for kind in ("team.created", "sum.made")
                          for name in ("Ana", "Caio"))  # fmt: skip


async def test_a_verb_may_not_be_a_coroutine(store: Store) -> None:
    async def waits(tx: Tx) -> None:
        """Would hold the transaction open while it waits for something else."""

    with pytest.raises(TypeError, match="may not await"):
        await store.write(waits)  # type: ignore[unused-coroutine]
    with pytest.raises(TypeError, match="may not await"):
        store.write_now(waits)  # type: ignore[unused-coroutine]


async def test_a_read_sees_one_moment_and_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await store.read(lambda reader: make(reader, "Ana"))  # type: ignore[arg-type]


async def test_a_verb_is_told_the_domains_time_and_the_real_one(store: Store, clock: FixedClock) -> None:
    clock.advance(1_000)
    assert await store.write(lambda tx: (tx.now, tx.real)) == (NOW + 1_000, NOW + 1_000)


async def test_a_command_writes_without_a_loop_and_its_events_are_in_the_log(store: Store) -> None:
    mark = store.read_now(here)
    assert await asyncio.to_thread(store.write_now, make, "Ana") == "Ana"
    assert [each.event.name for each in await store.read(after, mark, 9)] == ["team.created"]


async def test_closing_finishes_what_waits(database_url: str, clock: FixedClock) -> None:
    store = open_store(database_url, clock, append)
    verbs = [asyncio.ensure_future(store.write(make, f"t{n}")) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert sorted(await asyncio.gather(*verbs)) == sorted(f"t{n}" for n in range(20))


async def test_a_caller_that_gave_up_does_not_stop_the_others(store: Store) -> None:
    first = asyncio.ensure_future(store.write(make, "Ana"))
    await asyncio.sleep(0)
    first.cancel()
    assert await store.write(make, "Bruno") == "Bruno"


async def test_rows_are_added_once_put_changed_and_removed_as_asked(store: Store) -> None:
    def verb(tx: Tx) -> list[object]:
        first = add_once(tx, team, ["name"], id="1", name="Ana", created_at=1)
        again = add_once(tx, team, ["name"], id="2", name="Ana", created_at=2)
        put(tx, team, ["id"], id="1", name="Bruno", created_at=3)
        changed = change(tx, team, {"id": "1"}, disabled_at=9)
        found = Query(select(team.c.id, team.c.name, team.c.disabled_at), row).all(tx)
        return [first, again, changed, found, remove(tx, team, id="1"), remove(tx, team, id="1")]

    assert await store.write(verb) == [True, False, 1, [("1", "Bruno", 9)], 1, 0]


async def test_a_statement_takes_none_as_a_value(store: Store) -> None:
    def verb(tx: Tx) -> list[int | None]:
        add(tx, team, id="1", name="Ana", created_at=1, disabled_at=5)
        change(tx, team, {"id": "1"}, disabled_at=None)
        return Query(select(team.c.disabled_at).where(team.c.id == bindparam("id")), value).all(tx, id="1")

    assert await store.write(verb) == [None]


# ── SQLite's group commit ────────────────────────────────────────────────────────────────────────────────────────────


async def test_all_who_wait_share_one_commit(tmp_path: object, clock: FixedClock) -> None:
    store = _sqlite(tmp_path, clock)
    gate, begun = threading.Event(), threading.Event()
    commits: list[int] = []
    store.on_commit = lambda events, woken: commits.append(len(events))
    first = asyncio.ensure_future(store.write(_held, begun, gate))
    await asyncio.to_thread(begun.wait, 10)  # the writer holds the first; these gather behind it
    rest = [asyncio.ensure_future(store.write(make, f"t{n}")) for n in range(100)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *rest)
    await store.close()
    assert commits == [1, 100]


async def test_where_many_wait_nobody_has_a_savepoint_until_one_is_refused(tmp_path: object, clock: FixedClock) -> None:
    store = _sqlite(tmp_path, clock)
    runs: list[str] = []

    def counted(tx: Tx, name: str, *, refuse: bool = False) -> str:
        runs.append(name)
        return make(tx, name, refuse=refuse)

    async def all_of(*said: str) -> list[object]:
        runs.clear()
        many = (store.write(counted, name, refuse=name.startswith("no")) for name in said)
        return await asyncio.gather(*many, return_exceptions=True)

    assert await all_of("a", "b", "c", "d") == ["a", "b", "c", "d"] and runs == ["a", "b", "c", "d"]
    told = await all_of("e", "f", "no1", "g")
    assert told[:2] == ["e", "f"] and isinstance(told[2], Conflict) and told[3] == "g"
    assert runs == ["e", "f", "no1", "e", "f", "no1", "g"]  # from the beginning, each in a savepoint
    await all_of("h", "no2", "i", "j")
    assert runs == ["h", "no2", "i", "j"]  # and so for a while
    assert await store.read(names) == list("abcdefghij")
    await store.close()


async def test_a_full_queue_turns_away_whoever_comes_to_a_door(
    tmp_path: object, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.store.lanes.LONGEST", 3)
    store = _sqlite(tmp_path, clock)
    gate, begun = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(_held, begun, gate))
    await asyncio.to_thread(begun.wait, 10)
    store.load.admit(REST)
    rest = [asyncio.ensure_future(store.write(make, f"t{n}")) for n in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        store.load.admit(REST)
    assert "retry_after" in refused.value.facts
    gate.set()
    await asyncio.gather(first, *rest)
    store.load.admit(REST)
    await store.close()


async def test_a_full_disk_is_no_fault_of_the_verb(tmp_path: object, clock: FixedClock) -> None:
    import apsw

    def full(tx: Tx) -> None:
        make(tx, "half")
        raise apsw.FullError("database or disk is full")

    store = _sqlite(tmp_path, clock)
    with pytest.raises(Unavailable):
        await store.write(full)
    assert await store.write(make, "after") == "after" and await store.read(names) == ["after"]
    await store.close()


async def test_a_lock_held_by_another_process_for_too_long_is_an_answer_and_not_a_crash(
    tmp_path: object, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import apsw

    monkeypatch.setattr("console.store.sqlite.BUSY_MS", 50)
    store = _sqlite(tmp_path, clock)
    other = apsw.Connection(store.path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        await store.write(make, "Ana")
    other.execute("ROLLBACK")
    other.close()
    assert await store.write(make, "Ana") == "Ana"
    await store.close()


def _held(tx: Tx, begun: threading.Event, gate: threading.Event) -> None:
    """A verb that takes its time."""
    begun.set()
    gate.wait(10)
    make(tx, "first")


def _sqlite(tmp_path: object, clock: FixedClock) -> SqliteStore:
    from tests.server import create_tables

    create_tables(f"sqlite:///{tmp_path}/acordo.db")
    return SqliteStore(f"{tmp_path}/acordo.db", clock, append)


# ── PostgreSQL that goes away ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.pg
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_connections_that_were_cut_while_they_lay_idle_are_replaced_unseen(store: Store) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %(me)s"

    def kill(reader: Reader) -> None:
        (me,) = reader.run("SELECT pg_backend_pid()", None).fetchone()
        reader.run(cut, {"me": me})

    await asyncio.gather(*(store.write(make, f"t{n}") for n in range(8)))
    await store.read(kill)
    assert len(await asyncio.gather(*(store.write(make, f"u{n}") for n in range(16)))) == 16
    assert len(await asyncio.gather(*(store.read(names) for _ in range(8)))) == 8


@pytest.mark.pg
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_verb_cut_off_twice_is_an_answer_and_leaves_nothing(store: Store) -> None:
    ran: list[int] = []

    def cut(tx: Tx) -> None:
        ran.append(1)
        make(tx, f"t{len(ran)}")
        (me,) = tx.run("SELECT pg_backend_pid()", None).fetchone()
        with psycopg.connect(store.url, autocommit=True) as other:  # type: ignore[attr-defined]
            other.execute("SELECT pg_terminate_backend(%s)", (me,))

    with pytest.raises(Unavailable):
        await store.write(cut)
    assert len(ran) == 2 and await store.read(names) == []


async def test_a_search_for_nothing_is_a_mistake_told_and_keeps_nobody_waiting(store: Store) -> None:
    """A future takes no StopIteration: whoever asked, or shares the commit, would wait for ever."""

    def lost(reader: Reader) -> str:
        return next(name for name in names(reader) if name == "nobody")

    for broken in (store.read(lost), store.write(lost)):
        with pytest.raises(RuntimeError, match="found nothing"):
            await asyncio.wait_for(broken, 10)
    told = await asyncio.wait_for(asyncio.gather(store.write(lost), store.write(make, "a"), return_exceptions=True), 10)
    assert isinstance(told[0], RuntimeError) and told[1] == "a"
