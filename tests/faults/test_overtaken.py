"""Two processes say at once what became of a message: who waits for the other has read what is no longer true."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from channels.types import Accepted, Inbound, Outcome, Receipt, Sender, Unknown
from console.cases.changed import told
from console.cases.queries import live
from console.cases.receive import receive
from console.cases.send import finish, recover, start
from console.cases.settle import settle_receipt
from console.intake.models import taken
from console.portfolios.queries import find_inbox
from console.store.base import load
from console.store.statement import add_once
from console.store.transaction import Reader, Tx
from console.timeline.queries import get
from tests.cases.test_send import queued
from tests.faults.rig import until
from tests.world import World, make_world

pytestmark = pytest.mark.pg
ANSWERS: dict[str, Outcome] = {"taken": Accepted(provider_id="wamid.1"), "no answer": Unknown(reason="timeout")}


@pytest.fixture
def world(tmp_path: Path, postgres_database: str) -> Iterator[World]:
    made = make_world(tmp_path, postgres_database)
    yield made
    asyncio.run(made.store.close())


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_callback_that_is_faster_than_the_answer_stands(world: World, answer: str) -> None:
    item = queued(world)
    assert world.do(start, item.id, "w") is not None
    _overtaken(world, _delivered, item.id, finish, item.id, ANSWERS[answer], "w")
    _stands(world, item.id)


def test_whoever_is_given_up_while_its_answer_is_written_down_is_not_given_up(world: World) -> None:
    item = queued(world)
    assert world.do(start, item.id, "w") is not None
    _overtaken(world, _delivered, item.id, recover, item.id)
    _stands(world, item.id)


def test_who_wrote_before_it_waited_is_told_after_whom_it_waited_for(world: World) -> None:
    """The log is in the order of transaction ids, and this one's was the lower: it is done again under a higher."""
    case_id = world.hear().case
    assert case_id is not None
    wrote, held, go_on = threading.Event(), threading.Event(), threading.Event()

    def first(tx: Tx) -> None:
        assert wrote.wait(20)
        row = live(tx, case_id)
        held.set()
        assert go_on.wait(4)
        row.priority = "high"
        told(tx, row)

    def second(tx: Tx) -> None:
        add_once(tx, taken, ("inbox_id", "provider_id"), inbox_id=world.inboxes["sms"], provider_id="m:1")
        wrote.set()
        assert held.wait(4)
        row = live(tx, case_id)
        assert row.priority == "high"
        row.priority = "urgent"
        told(tx, row)

    with ThreadPoolExecutor(2) as threads:
        one, other = (threads.submit(world.store.write_now, each) for each in (first, second))
        assert held.wait(20)
        until(lambda: _waits(world.url), 3)
        go_on.set()
        one.result(20)
        other.result(20)
    found = world.see(lambda reader: reader.run(
        "SELECT data FROM event WHERE case_id = %(case)s AND name = 'case.updated' ORDER BY xid, seq", {"case": case_id}
    ).fetchall())  # fmt: skip
    assert list(dict.fromkeys(load(data)["priority"] for (data,) in found))[-2:] == ["high", "urgent"]


def test_two_first_messages_of_somebody_unknown_are_in_one_case(world: World) -> None:
    """Both find nobody: the second waits at what may stand once, and is done again upon what the first made."""

    def hear(tx: Tx, name: str) -> str | None:
        inbox = find_inbox(tx, world.inboxes["whatsapp"])
        assert inbox is not None
        sender = Sender(phone="+5511942000001")
        message = Inbound(provider_id=name, sender=sender, at=tx.now, kind="text", text=name)
        return receive(tx, inbox, message, window_hours=24).case

    _overtaken(world, hear, "um", hear, "dois")
    found = world.see(
        lambda reader: reader.run("SELECT case_id, text FROM item WHERE kind = 'message'", None).fetchall()
    )
    assert len({case for case, _ in found}) == 1 and sorted(text for _, text in found) == ["dois", "um"]


def _delivered(tx: Tx, item_id: str) -> None:
    receipt = Receipt(provider_id="wamid.1", ref=item_id, status="delivered", at=tx.now)
    settle_receipt(tx, get(tx, item_id), receipt)


def _stands(world: World, item_id: str) -> None:
    """It is delivered, nobody was told anything else since, and each change has a number of its own."""
    assert world.see(get, item_id).status == "delivered"
    told = world.see(_told, item_id)
    assert [status for _, status in told][-1] == "delivered"
    assert [rev for rev, _ in told] == sorted({rev for rev, _ in told})


def _told(reader: Reader, item_id: str) -> list[tuple[int, str]]:
    found = reader.run("SELECT data FROM event WHERE name LIKE 'message.%%' ORDER BY xid, seq", {})
    each = [load(data) for (data,) in found.fetchall()]
    return [(one["rev"], one["status"]) for one in each if one["id"] == item_id]


def _overtaken(world: World, first: Callable[..., Any], item_id: str, second: Callable[..., Any], *args: Any) -> None:
    """Run `first`, and before it commits `second`, until that waits for it."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        first(tx, item_id)
        begun.set()
        assert go_on.wait(4)  # a transaction that stands still is ended after five seconds

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(world.store.write_now, slow)
        assert begun.wait(20)
        other = threads.submit(world.store.write_now, second, *args)
        until(lambda: _waits(world.url) or other.done(), 3)
        time.sleep(0.05)
        go_on.set()
        one.result(20)
        other.result(20)


def _waits(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return found is not None and found[0] > 0
