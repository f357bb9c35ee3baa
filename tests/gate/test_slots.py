"""Two workers and one slot (domain reference §1.6, case 20), with the database that reserves it: exactly one passes."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from console.cases import claim, reply, send
from console.debtors.models import contact_point
from console.log.append import append
from console.store.statement import Statement
from console.store.store import open_store
from console.wire.ids import new_id
from console.wire.moment import DAY
from tests.world import World, make_world


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, whatever the run stands on."""
    embedded = f"sqlite:///{tmp_path}/acordo.db"
    return embedded if request.param == "sqlite" else str(request.getfixturevalue("postgres_database"))


def planned(world: World) -> list[str]:
    """Two SMS of two people to one debtor, long after the last word of theirs, both due now."""
    case = world.hear(channel="sms").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    world.do(lambda tx: Statement(contact_point.update().values(consent="granted")).run(tx))
    world.clock.advance(4 * DAY)  # Monday, and nobody answers anybody any more
    items = []
    for who in ("ana", "bruno"):  # of one person they would be bubbles of one contact
        if who != "ana":
            world.do(claim.assign, world.actor("sofia"), case, user_id=world.ids[who], team_id=None)
        wish = reply.Reply(
            client_id=new_id(), epoch=world.case(case).epoch, channel="sms", text="Olá, Maria.", purpose="proactive",
            send_at="2026-11-23T14:00:00Z",
        )  # fmt: skip
        items.append(world.do(reply.reply, world.actor(who), case, wish)[0].id)
    world.clock.advance(3_600_000)
    return items


def test_two_workers_race_for_the_last_slot_of_a_day_and_one_passes(tmp_path: Path, url: str) -> None:
    world = make_world(tmp_path, url)
    items = planned(world)
    start, left, broken = threading.Barrier(2), [], []

    def work(item: str) -> None:
        store = open_store(url, world.clock, append)  # a process of its own
        try:
            start.wait(10)
            left.append(store.write_now(send.start, item, f"worker of {item}"))
        except Exception as error:
            broken.append(error)
        finally:
            asyncio.run(store.close())

    workers = [threading.Thread(target=work, args=(item,)) for item in items]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)
    assert broken == [] and len(left) == 2
    assert sum(each is not None for each in left) == 1
    statuses: dict[str, Any] = {item: _status(world, item) for item in items}
    assert sorted(statuses.values()) == ["held", "sending"]
    asyncio.run(world.store.close())


def _status(world: World, item: str) -> str:
    from console.timeline.queries import get

    return world.see(get, item).status or ""
