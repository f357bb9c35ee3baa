"""Statements for a number of ids: as few texts as need be, since each is planned by itself and kept beside the rest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from channels.types import Sender
from console.cases.lists import list_cases
from console.cases.narrowed import CaseQuery
from console.store.statement import placed, places
from tests.world import make_world

KEPT = "SELECT statement, generic_plans FROM pg_prepared_statements"


@pytest.mark.parametrize("count", [*range(1, 70), 200])
def test_there_is_room_for_every_id_and_each_place_holds_one(count: int) -> None:
    ids = [f"id{n}" for n in range(count)]
    found = placed(ids)
    assert [each.key for each in places(count)] == list(found)
    assert list(dict.fromkeys(found.values())) == ids and len(found) < 2 * count


def test_of_nothing_there_is_no_place() -> None:
    assert placed([]) == {} and places(0) == []


def test_pages_of_every_length_up_to_fifty_are_seven_texts() -> None:
    assert len({len(places(count)) for count in range(1, 51)}) == 7


@pytest.mark.pg
def test_pages_of_different_lengths_share_their_plan_on_postgresql(tmp_path: Path, postgres_database: str) -> None:
    world = make_world(tmp_path, postgres_database)
    for n in range(8):
        phone = f"551198765{n:04}"
        world.hear("oi", sender=Sender(wa_id=phone, phone=f"+{phone}", name=f"Pessoa {n}"))
    for _ in range(6):
        for limit in (5, 6, 7, 8):
            page = world.see(list_cases, world.actor("sofia"), CaseQuery(view="all", limit=limit))
            assert len({each.id for each in page.items}) == limit
    kept = world.see(lambda reader: reader.run(KEPT, None).fetchall())
    asyncio.run(world.store.close())
    (generic,) = [plans for statement, plans in kept if "JOIN portfolio" in statement and "id IN (" in statement]
    assert generic >= 24 - 5 - 5, "beyond those that psycopg and PostgreSQL try it with"
