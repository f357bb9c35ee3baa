"""How long customers waited: read once for many walls, and never anything but what the books say."""

from __future__ import annotations

import random
from statistics import median
from typing import Any

import pytest
from sqlalchemy import select

from channels.types import Sender
from console.access.actor import Actor
from console.cases.claim import assign, claim
from console.cases.models import case
from console.cases.reply import Reply, reply
from console.people import teams
from console.portfolios.models import portfolio_team
from console.store.base import load
from console.store.statement import add, row, rows
from console.store.transaction import Reader, Tx
from console.supervision.answers import KEPT_MS, Answers, Waits, _read
from console.supervision.wall import wall
from console.timeline.models import item
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE, SECOND
from tests.world import World

PEOPLE = [Sender(wa_id=f"55119876543{n:02}", phone=f"+55119876543{n:02}", name=f"Pessoa {n}") for n in range(12)]


def told(world: World, actor: Actor, answers: Answers) -> dict[str, Any]:
    figures = world.see(lambda reader: wall(reader, actor, answers))["figures"]
    return {name: figures[name] for name in ("response_s", "response_s_by_agent")}


def plain(world: World, seen: frozenset[str]) -> dict[str, Any]:
    """The same, of every item there is."""

    def look(reader: Reader) -> dict[str, list[int]]:
        waits: dict[str, list[int]] = {}
        clause = select(case.c.team_id, item.c.author_id, item.c.at, item.c.direction, item.c.data).join_from(
            item, case, case.c.id == item.c.case_id
        )
        for team, author, at, direction, data in rows(reader, clause, row):
            since = load(data).get("answered")
            if team in seen and direction == "out" and author and since is not None and at > reader.now - HOUR:
                waits.setdefault(author, []).append(at - since)
        return waits

    waits = world.see(look)
    every = [each for one in waits.values() for each in one]
    return {
        "response_s": round(median(every) / SECOND) if every else None,
        "response_s_by_agent": {author: round(median(one) / SECOND) for author, one in waits.items()},
    }


def second_team(world: World) -> str:
    def work(tx: Tx) -> str:
        made = teams.add_team(tx, "Acordos")
        add(tx, portfolio_team, portfolio_id=world.book, team_id=made)
        return made

    return world.do(work)


def answer(world: World, who: Actor, case_id: str) -> None:
    epoch = world.case(case_id).epoch
    world.do(reply, who, case_id, Reply(client_id=new_id(), epoch=epoch, channel="whatsapp", text="Bom dia!"))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_each_wall_tells_what_its_own_teams_answered(world: World, seed: int) -> None:
    chance, answers = random.Random(seed), Answers()
    other = second_team(world)
    world.online("ana", "bruno", "sofia")
    sofia, caio, ana = (world.actor(name) for name in ("sofia", "caio", "ana"))
    lea = Actor(id="lea", name="Lea", role="supervisor", teams=frozenset({other}))
    compared = set()
    for _ in range(40):
        case_id = world.hear("Oi", chance.choice(PEOPLE)).case or ""
        world.clock.advance(chance.randrange(1, 240) * SECOND)
        kept = world.case(case_id)
        if kept.team_id == world.team and kept.owner_id is None:
            world.do(claim, world.actor(chance.choice(["ana", "bruno"])), case_id)
        kept = world.case(case_id)
        if kept.owner_id is not None and chance.random() < 0.8:
            answer(world, ana if kept.owner_id == ana.id else world.actor("bruno"), case_id)
        if kept.team_id == world.team and chance.random() < 0.3:
            world.do(assign, sofia, case_id, user_id=None, team_id=other)
        world.clock.advance(KEPT_MS)
        for who, seen in ((sofia, {world.team}), (lea, {other}), (caio, {world.team, other})):
            found = told(world, who, answers)
            assert found == plain(world, frozenset(seen)), who.name
            compared.add((who.name, found["response_s"]))
    assert len({name for name, seconds in compared if seconds}) == 3 and len(compared) > 10


def test_walls_within_fifteen_seconds_are_told_of_one_reading(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[int] = []

    def read(reader: Reader) -> Waits:
        readings.append(reader.now)
        return plainly(reader)

    plainly, answers = _read, Answers()
    monkeypatch.setattr("console.supervision.answers._read", read)
    world.online("ana", "sofia")
    case_id = world.hear("Oi").case or ""
    world.do(claim, world.actor("ana"), case_id)
    sofia, caio = world.actor("sofia"), world.actor("caio")
    assert told(world, sofia, answers)["response_s"] is None
    world.clock.advance(KEPT_MS - 1)
    answer(world, world.actor("ana"), case_id)
    assert told(world, caio, answers)["response_s"] is None and len(readings) == 1
    world.clock.advance(1)
    assert told(world, caio, answers) == told(world, sofia, answers) == plain(world, frozenset({world.team}))
    assert len(readings) == 2
    world.clock.advance(-MINUTE)  # the demo's clock was put back
    told(world, sofia, answers)
    assert len(readings) == 3
