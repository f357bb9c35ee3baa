"""Two processes that both believe they route: each case goes to one, and nobody gets more than they may hold."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from channels.types import Sender
from console.cases.models import assignment, case
from console.log.append import append
from console.people.models import user
from console.queue.assign import drain
from console.store.statement import Query, change, row
from console.store.store import open_store
from console.store.transaction import Tx
from tests.world import World

_GIVEN = Query(select(case.c.id, case.c.epoch, case.c.owner_id).where(case.c.owner_id.is_not(None)), row)
_ASSIGNED = Query(
    select(assignment.c.case_id, func.count()).where(assignment.c.cause == "routed").group_by(assignment.c.case_id), row
)
CASES, ROOM = 12, 5


async def test_two_that_route_at_once_give_each_case_once_and_nobody_too_much(world: World) -> None:
    for n in range(CASES):
        world.hear(sender=Sender(wa_id=f"55119870000{n:02}", phone=f"+55119870000{n:02}", name="Maria"))
    world.do(room, [world.ids["ana"], world.ids["bruno"]])
    world.online("ana", "bruno")
    other = open_store(world.url, world.clock, append)
    try:
        rounds = (store.write(drain) for store in (world.store, other, world.store, other))
        assert sum(given for given, _ in await asyncio.gather(*rounds)) == 2 * ROOM
    finally:
        await other.close()
    given = world.see(lambda reader: _GIVEN.all(reader))
    assert {epoch for _, epoch, _ in given} == {1}
    owners = [owner for _, _, owner in given]
    assert sorted(owners.count(each) for each in set(owners)) == [ROOM, ROOM]
    assert set(dict(world.see(lambda reader: _ASSIGNED.all(reader))).values()) == {1}


def room(tx: Tx, users: list[str]) -> None:
    for each in users:
        change(tx, user, {"id": each}, max_held=ROOM, capacity=1_000_000)
