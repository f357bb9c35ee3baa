"""What waits for the commit: rows of journals, what has an order, and the log of all who share it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from console.errors import Conflict
from console.log.read import after, here
from console.people.models import team
from console.store.statement import add_late
from console.store.store import Store
from console.store.transaction import Tx
from tests.store.test_write import make, names


def journal(tx: Tx, name: str) -> None:
    """A row that waits for the commit."""
    add_late(tx, team, id=name, name=name, created_at=tx.now)


async def test_what_is_written_late_comes_before_the_commit_in_the_order_of_asking_and_falls_with_its_verb(
    store: Store,
) -> None:
    rename = f"UPDATE team SET name = name || {'?' if store.dialect == 'sqlite' else '%s'}"

    def verb(tx: Tx, name: str, refuse: bool = False) -> None:
        tx.run_late(rename, (f" {name}1",))
        with suppress(Conflict), tx.part():
            tx.run_late(rename, (" never",))
            raise Conflict
        make(tx, name, refuse=refuse)
        tx.run_late(rename, (f" {name}2",))

    await store.write(verb, "a")
    with pytest.raises(Conflict):
        await store.write(verb, "b", refuse=True)
    store.write_now(verb, "c")
    assert await store.read(names) == ["a a1 a2 c1 c2", "c c1 c2"]


async def test_rows_of_a_journal_are_written_with_the_commit_and_fall_with_their_verb(store: Store) -> None:
    def verb(tx: Tx, name: str, refuse: bool = False) -> list[str]:
        journal(tx, f"{name} begins")
        with suppress(Conflict), tx.part():
            journal(tx, f"{name} never")
            raise Conflict
        if refuse:
            raise Conflict
        return names(tx)

    several = [store.write(verb, name, name == "b") for name in "abcdef"]
    found = await asyncio.gather(*several, return_exceptions=True)
    assert isinstance(found[1], Conflict)
    if store.dialect == "sqlite":  # one commit for all of them
        assert [each for each in found if each != []] == [found[1]], "nobody reads them before"
    store.write_now(verb, "g")
    assert await store.read(names) == [f"{name} begins" for name in "acdefg"]


async def test_the_events_of_one_commit_stand_in_the_order_of_telling_with_none_of_a_refused_verb(store: Store) -> None:
    mark = await store.read(here)

    def verb(tx: Tx, name: str, refuse: bool = False) -> None:
        for part in "12":
            tx.emit("part.made", topics=["wall:x"], data={"name": name + part})
        if refuse:
            raise Conflict

    several = [store.write(verb, name, name == "c") for name in "abcdef"]
    await asyncio.gather(*several, return_exceptions=True)
    told = [each.event.data.decode() for each in await store.read(after, mark, 99)]
    assert sorted(told) == [f'{{"name":"{name}{part}"}}' for name in "abdef" for part in "12"]
    assert [told.index(f'{{"name":"{name}1"}}') < told.index(f'{{"name":"{name}2"}}') for name in "abdef"] == [True] * 5
    if store.dialect == "sqlite":
        assert told == sorted(told), "one writer takes them as they came"
