"""Jobs on a real database of each kind: claimed once, renewed, tried again, given up."""

from __future__ import annotations

import asyncio

from console.clock import FixedClock
from console.jobs.claim import LEASE_MS, TRIES, claim_jobs, done, failed, give_back, give_back_all, renew, wait
from console.jobs.enqueue import enqueue_job
from console.jobs.queries import dead, find
from console.store.store import Store
from console.wire.moment import HOUR, MINUTE, SECOND


async def test_a_job_is_claimed_when_it_is_due_and_not_before(store: Store, clock: FixedClock) -> None:
    await store.write(enqueue_job, "k", {"a": 1}, run_at=clock.now() + MINUTE)
    assert await store.write(claim_jobs, "one", 10) == []
    clock.advance(MINUTE)
    (row,) = await store.write(claim_jobs, "one", 10)
    assert (row.kind, row.payload, row.attempts) == ("k", '{"a":1}', 1)


async def test_the_oldest_is_claimed_first(store: Store, clock: FixedClock) -> None:
    for name, at in (("late", 2), ("early", 1)):
        await store.write(enqueue_job, name, {}, run_at=clock.now() - HOUR + at)
    assert [row.kind for row in await store.write(claim_jobs, "one", 10)] == ["early", "late"]


async def test_two_claimers_never_share_a_job(store: Store) -> None:
    for n in range(60):
        await store.write(enqueue_job, f"k{n}", {})
    rounds = await asyncio.gather(*(store.write(claim_jobs, f"w{n}", 7) for n in range(12)))
    rest: list[str] = []
    while more := await store.write(claim_jobs, "last", 60):  # skipped while another claimer held them
        rest += [row.id for row in more]
    claimed = [row.id for taken in rounds for row in taken] + rest
    assert len(claimed) == len(set(claimed)) == 60
    assert max(len(taken) for taken in rounds) == 7


async def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out(store: Store, clock: FixedClock) -> None:
    await store.write(enqueue_job, "k", {})
    (mine,) = await store.write(claim_jobs, "one", 1)
    clock.advance(LEASE_MS)
    assert await store.write(claim_jobs, "two", 1) == []
    clock.advance(1)
    (theirs,) = await store.write(claim_jobs, "two", 1)
    assert (theirs.id, theirs.attempts) == (mine.id, 2)
    assert not await store.write(renew, mine)
    assert not await store.write(done, mine)
    await store.write(failed, mine, "too late", 0.5)
    kept = await store.read(find, mine.id)
    assert kept is not None
    assert (kept.state, kept.leased_by, kept.error) == ("leased", "two", "")


async def test_what_a_dead_worker_had_is_run_again_within_half_a_minute(store: Store, clock: FixedClock) -> None:
    """H14: all due work is done within 30 s of the last fault, the time to run it included."""
    await store.write(enqueue_job, "k", {})
    await store.write(claim_jobs, "killed", 1)
    clock.advance(25 * SECOND)
    assert len(await store.write(claim_jobs, "another", 1)) == 1


async def test_a_heartbeat_keeps_a_long_job(store: Store, clock: FixedClock) -> None:
    await store.write(enqueue_job, "k", {})
    (mine,) = await store.write(claim_jobs, "one", 1)
    for _ in range(3):
        clock.advance(LEASE_MS - SECOND)
        assert await store.write(renew, mine)
    assert await store.write(claim_jobs, "two", 1) == []
    assert await store.write(done, mine)
    assert await store.read(find, mine.id) is None


async def test_with_a_key_one_job_waits_and_what_is_asked_for_while_it_runs_is_asked_for_anew(store: Store) -> None:
    for _ in range(3):
        await store.write(enqueue_job, "k", {}, key="same")
    taken = await store.write(claim_jobs, "one", 10)
    assert len(taken) == 1
    await store.write(enqueue_job, "k", {}, key="same")
    await store.write(enqueue_job, "k", {}, key="same")
    assert len(await store.write(claim_jobs, "one", 10)) == 1


async def test_a_failure_waits_longer_each_time_and_is_given_up_with_its_reason(
    store: Store, clock: FixedClock
) -> None:
    await store.write(enqueue_job, "k", {})
    waits = []
    for attempt in range(1, TRIES + 1):
        (row,) = await store.write(claim_jobs, "one", 1)
        assert row.attempts == attempt
        state = await store.write(failed, row, f"reason {attempt}", 0.5)
        if state == "dead":
            break
        later = await store.read(find, row.id)
        assert later is not None
        waits.append(later.run_at - clock.now())
        assert await store.write(claim_jobs, "one", 1) == []
        clock.advance(waits[-1])
    assert waits == sorted(set(waits))
    (given_up,) = await store.read(dead)
    assert (given_up.attempts, given_up.error, given_up.state) == (TRIES, f"reason {TRIES}", "dead")
    clock.advance(1000 * HOUR)
    assert await store.write(claim_jobs, "one", 1) == []


async def test_what_is_hopeless_is_given_up_at_once_and_its_key_is_free(store: Store) -> None:
    await store.write(enqueue_job, "k", {}, key="same")
    (row,) = await store.write(claim_jobs, "one", 1)
    assert await store.write(failed, row, "gone", 0.0, hopeless=True) == "dead"
    await store.write(enqueue_job, "k", {}, key="same")
    assert len(await store.write(claim_jobs, "one", 1)) == 1


async def test_a_job_that_kills_its_workers_is_given_up(store: Store, clock: FixedClock) -> None:
    await store.write(enqueue_job, "k", {})
    for _ in range(TRIES):
        assert len(await store.write(claim_jobs, "one", 1)) == 1
        clock.advance(LEASE_MS + 1)
    assert await store.write(claim_jobs, "one", 1) == []
    (given_up,) = await store.read(dead)
    assert given_up.error == "its workers died"


async def test_a_worker_that_stops_gives_back_its_own_jobs_only(store: Store) -> None:
    for name in ("a", "b"):
        await store.write(enqueue_job, name, {})
    (first,) = await store.write(claim_jobs, "one", 1)
    await store.write(claim_jobs, "two", 1)
    assert await store.write(give_back, "one") == 1
    assert [row.id for row in await store.write(claim_jobs, "three", 10)] == [first.id]


async def test_a_worker_that_is_alone_takes_back_what_a_dead_one_held(store: Store) -> None:
    await store.write(enqueue_job, "k", {})
    (held,) = await store.write(claim_jobs, "dead", 1)
    assert await store.write(claim_jobs, "new", 1) == []
    assert await store.write(give_back_all) == 1
    assert [row.id for row in await store.write(claim_jobs, "new", 1)] == [held.id]
    assert not await store.write(done, held), "whoever lost it changes nothing any more"


def test_the_wait_is_spread_by_jitter_around_its_step() -> None:
    assert wait(1, 0.0) < wait(1, 0.5) < wait(1, 0.99)
    assert wait(1, 0.5) == 5 * SECOND
    assert wait(99, 0.5) == 180 * MINUTE
