"""Three lanes before the one writer: who goes first, and who is turned away."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from console.clock import FixedClock
from console.errors import Unavailable
from console.log.append import append
from console.store.lanes import CHEAP, FIRST, LONGEST, PATIENCE_S, REST, RETRY_S, STATUS, Lanes, Load, lane
from console.store.sqlite import BATCH, SqliteStore
from console.store.transaction import Tx
from tests.server import create_tables


def filled(*counts: int) -> Lanes[str]:
    lanes: Lanes[str] = Lanes()
    lanes.add((where, f"{where}{n}") for where, count in enumerate(counts) for n in range(count))
    return lanes


def test_the_lanes_are_taken_eight_three_one() -> None:
    taken = filled(100, 100, 100).take(24)
    assert [sum(each.startswith(str(where)) for each in taken) for where in (FIRST, STATUS, REST)] == [16, 6, 2]


def test_an_empty_lane_leaves_its_share_to_the_others() -> None:
    assert filled(0, 0, 5).take(12) == ["20", "21", "22", "23", "24"]
    assert len(filled(2, 40, 0).take(30)) == 30


def test_in_a_lane_whoever_came_first_is_served_first_and_nobody_is_left_behind() -> None:
    lanes = filled(20, 20, 20)
    taken = [each for _ in range(20) for each in lanes.take(7)]
    assert len(taken) == 60 and not lanes
    for where in (FIRST, STATUS, REST):
        assert [each for each in taken if each[0] == str(where)] == [f"{where}{n}" for n in range(20)]


@pytest.mark.parametrize("where", [FIRST, STATUS, REST])
def test_a_lane_in_which_one_would_wait_too_long_turns_people_away(where: int) -> None:
    load = Load()
    for _ in range(50):
        load.took(0.001 * CHEAP, CHEAP)  # a millisecond a change
    load.waiting[where] = int(PATIENCE_S[where] * 990)
    load.admit(where)
    assert load.strain() < 1
    load.waiting[where] = int(PATIENCE_S[where] * 1_010)
    with pytest.raises(Unavailable) as refusal:
        load.admit(where)
    assert load.strain() > 1 and RETRY_S[0] <= float(str(refusal.value.facts["retry_after"])) <= RETRY_S[1]


def test_the_others_lengthen_a_wait_by_their_shares() -> None:
    load = Load()
    for _ in range(50):
        load.took(0.001 * CHEAP, CHEAP)
    load.waiting[:] = [80, 1_000, 1_000]
    assert load.wait_s(FIRST) == pytest.approx(0.080 + 0.030 + 0.010, rel=0.01)


def test_whoever_is_told_to_come_back_is_not_told_the_same_as_everybody() -> None:
    load = Load()
    load.waiting[REST] = LONGEST + 1
    told = set()
    for _ in range(200):
        with pytest.raises(Unavailable) as refusal:
            load.admit(REST)
        told.add(refusal.value.facts["retry_after"])
    assert len(told) > 2


def test_a_lane_is_full_at_its_length_however_fast_the_disk() -> None:
    load = Load()
    load.waiting[REST] = LONGEST + 1
    load.admit(FIRST)
    with pytest.raises(Unavailable):
        load.admit(REST)


async def test_what_people_wait_for_overtakes_what_came_before_it(tmp_path: Path, clock: FixedClock) -> None:
    create_tables(f"sqlite:///{tmp_path}/acordo.db")
    store = SqliteStore(str(tmp_path / "acordo.db"), clock, append)
    order: list[str] = []
    held, begun = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        begun.set()
        held.wait(20)

    async def write(where: int, name: str) -> None:
        lane.set(where)
        await store.write(lambda tx: order.append(name))

    first = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(begun.wait, 20)
    rest = [asyncio.create_task(write(REST, "rest")) for _ in range(BATCH)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    urgent = asyncio.create_task(write(FIRST, "first"))
    await asyncio.sleep(0.01)
    held.set()
    await asyncio.gather(first, urgent, *rest)
    assert order.index("first") < 10 and len(order) == BATCH + 1
    assert store.load.waiting == [0, 0, 0]
    await store.close()
