"""The wall's snapshot: live cases with their last words."""

import asyncio
from pathlib import Path
from typing import Any

import apsw
from apsw import SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS
from sqlalchemy import select

from console.cases.claim import claim
from console.cases.detail import detail
from console.cases.drafts import keep_draft
from console.cases.models import case
from console.cases.note import note
from console.cases.queries import CaseRow
from console.cases.reply import Reply, reply
from console.clock import SystemClock
from console.log.append import append
from console.log.read import begin
from console.people import accounts
from console.people.agent_line import agent_line
from console.store.migrate import migrate
from console.store.statement import rows
from console.store.store import open_store
from console.store.transaction import Reader, Tx
from console.supervision.answers import Answers
from console.supervision.wall import _live, _standings, wall
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE, SECOND, rfc3339
from tests.bench import large
from tests.store.noted import statements_of
from tests.world import JOAO, World


def seen_by(world: World, name: str) -> dict[str, Any]:
    actor = world.actor(name)
    return world.see(lambda reader: wall(reader, actor, Answers()))


def test_a_tile_comes_with_its_last_three_messages_the_oldest_first(world: World) -> None:
    world.online("ana", "sofia")
    case_id = world.hear("um").case or ""
    for text in ("dois", "três", "quatro"):
        world.hear(text)
    quiet = world.hear("só eu", sender=JOAO).case or ""
    world.do(claim, world.actor("ana"), case_id)
    world.do(note, world.actor("ana"), case_id, new_id(), "só a equipe vê")
    tails = seen_by(world, "sofia")["tails"]
    assert [each["text"] for each in tails[case_id]] == ["dois", "três", "quatro"]
    assert [(each["text"], each["direction"]) for each in tails[quiet]] == [("só eu", "in")]


def test_whoever_may_watch_sees_what_the_owner_has_typed_and_nobody_else_does(world: World) -> None:
    world.online("ana", "sofia")
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    world.do(keep_draft, world.actor("ana"), case_id, "Bom dia, Maria. Pos", 1)

    def typed(name: str) -> Any:
        return world.see(lambda reader: detail(reader, world.actor(name), case_id)).owner_draft

    assert [typed(name)["text"] for name in ("sofia", "caio")] == ["Bom dia, Maria. Pos"] * 2
    assert typed("ana") is None


def test_a_wall_without_cases_has_no_tails(world: World) -> None:
    assert seen_by(world, "sofia")["tails"] == {}


def test_how_long_customers_waited_for_the_answers_of_the_last_hour_is_told_by_agent(world: World) -> None:
    world.online("ana", "sofia")
    assert seen_by(world, "sofia")["figures"]["response_s"] is None
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    world.clock.advance(40 * SECOND)
    for text in ("Bom dia!", "Como posso ajudar?"):  # the second answers nobody who waits
        wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text=text)
        world.do(reply, world.actor("ana"), case_id, wish)
    figures = seen_by(world, "sofia")["figures"]
    assert figures["response_s"] == 40
    assert figures["response_s_by_agent"] == {world.actor("ana").id: 40}
    world.clock.advance(HOUR)
    assert seen_by(world, "sofia")["figures"]["response_s_by_agent"] == {}


def test_a_wall_of_two_hundred_agents_asks_as_little_as_one_of_three(world: World) -> None:
    """What it reads grows with them, how often it asks does not; and each line is what that agent's own would be."""
    world.online("ana")
    world.do(claim, world.actor("ana"), world.hear().case or "")
    few = _statements(world)
    world.do(_hire, world.team, 200)
    assert _statements(world) == few
    lines = seen_by(world, "sofia")["agents"]
    assert len(lines) == 203 and lines == world.see(lambda reader: [agent_line(reader, each.user.id) for each in lines])
    assert next(each for each in lines if each.user.id == world.ids["ana"]).held == 1


def _statements(world: World) -> int:
    """How many one look at the wall takes."""
    return len(world.see(lambda reader: statements_of(reader, lambda: wall(reader, world.actor("sofia"), Answers()))))


def _hire(tx: Tx, team: str, many: int) -> None:
    for number in range(many):
        new = accounts.NewUser(email=f"a{number}@crowd.example", name=f"Agent {number}", role="agent")
        accounts.join_team(tx, accounts.add_user(tx, new), team)


def test_what_is_open_is_counted_without_reading_a_case_and_the_first_are_found_without_the_others(
    tmp_path: Path,
) -> None:
    """Pages of the database that one look of a supervisor takes, with 750 cases of two teams open, and with 2,250."""
    few, many = (_pages(tmp_path / str(cases), cases) for cases in (2_500, 7_500))
    assert many["figures"] < 60, "without the index it is 250"
    assert many["live"] <= few["live"] + 10, "no further than to the last that is shown"


def test_the_figures_are_those_of_the_cases(world: World) -> None:
    world.online("ana", "sofia")
    mine = world.hear("um").case or ""
    world.hear("dois", sender=JOAO)
    world.do(claim, world.actor("ana"), mine)
    world.clock.advance(30 * MINUTE)
    seen = seen_by(world, "sofia")
    told = {name: seen["figures"][name] for name in ("open", "queued", "waiting", "late", "at_risk")}
    (queue,) = [each for each in seen["queues"] if each["depth"]]
    cases = world.see(lambda reader: rows(reader, select(case), CaseRow))
    due = [each for each in cases if each.sla_due_at is not None and each.sla_due_at <= world.clock.now()]
    assert told == {"open": 2, "queued": 1, "waiting": 2, "late": len(due), "at_risk": len(due)} and due
    assert (queue["depth"], queue["late"]) == (1, len([each for each in due if each.status == "queued"]))
    assert queue["oldest_wait"] == rfc3339(min(each.waiting_since or 0 for each in cases if each.status == "queued"))
    assert seen["figures"]["oldest_wait"] == rfc3339(min(each.waiting_since or 0 for each in cases))
    first = sorted(cases, key=lambda each: (each.rank_at, each.id))
    assert [each.id for each in seen["cases"]] == [each.id for each in first]


def _pages(folder: Path, cases: int) -> dict[str, int]:
    """By part of the wall: pages read."""
    folder.mkdir()
    url = f"sqlite:///{folder}/acordo.db"
    migrate(url)
    store = open_store(url, SystemClock(), append)
    store.write_now(begin)
    store.write_now(large.fill, cases, 10)
    teams = [f"t{number:08d}" for number in (0, 1)]
    found: dict[str, int] = {}

    def look(reader: Reader) -> None:
        connection = reader.cursor.connection
        for name, part in (("figures", _standings), ("live", _live)):
            before = _read(connection)
            assert part(reader, teams)
            found[name] = _read(connection) - before

    store.read_now(look)
    asyncio.run(store.close())
    return found


def _read(connection: apsw.Connection) -> int:
    return sum(connection.status(each, False)[0] for each in (SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS))
