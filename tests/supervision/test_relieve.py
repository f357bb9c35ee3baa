"""One person's cases moved in one act, and back in one."""

import pytest

from console.cases.claim import claim
from console.cases.look import look
from console.errors import Conflict, Forbidden, NotFound
from console.supervision.relieve import Moved, Relieve, Restore, relieve, restore
from console.supervision.take_over import take_over
from console.wire.ids import new_id
from tests.world import JOAO, MARIA, World


def two_cases(world: World) -> list[str]:
    world.online("ana", "bruno", "sofia")
    found = [world.hear(sender=each).case or "" for each in (MARIA, JOAO)]
    for each in found:
        world.do(claim, world.actor("ana"), each)
    return found


def moved(world: World, to: str | None = None, client_id: str = "018f3c1e-8f9a-7b2c-9d4e-5f60718293a4") -> Moved:
    body = Relieve(client_id=client_id, to=to and world.ids[to])
    return world.do(relieve, world.actor("sofia"), world.ids["ana"], body)


def brought_back(world: World, cases: list[str]) -> Moved:
    return world.do(restore, world.actor("sofia"), world.ids["ana"], Restore(client_id=new_id(), cases=cases))


def owners(world: World, cases: list[str]) -> list[str | None]:
    names = {found: name for name, found in world.ids.items()}
    return [names.get(world.case(each).owner_id or "") for each in cases]


def test_all_go_to_a_colleague_and_come_back(world: World) -> None:
    cases = two_cases(world)
    done = moved(world, "bruno")
    assert set(done.moved) == set(cases) and done.stayed == []
    assert owners(world, cases) == ["bruno", "bruno"]
    assert set(brought_back(world, done.moved).moved) == set(cases)
    assert owners(world, cases) == ["ana", "ana"]


def test_all_go_to_the_queue_and_are_not_given_straight_back(world: World) -> None:
    cases = two_cases(world)
    moved(world)
    assert [world.case(each).status for each in cases] == ["queued", "queued"]
    assert all(world.ids["ana"] in world.case(each).excluded for each in cases)


def test_repeated_it_does_nothing_twice(world: World) -> None:
    cases = two_cases(world)
    first = moved(world, "bruno")
    epochs = [world.case(each).epoch for each in cases]
    assert moved(world, "bruno") == first
    assert [world.case(each).epoch for each in cases] == epochs


def test_what_a_colleague_has_opened_stays_with_them(world: World) -> None:
    cases = two_cases(world)
    done = moved(world, "bruno")
    world.do(look, world.actor("bruno"), cases[0], 1)
    back = brought_back(world, done.moved)
    assert (back.moved, back.stayed) == ([cases[1]], [cases[0]])
    assert owners(world, cases) == ["bruno", "ana"]


def test_what_was_taken_over_stays_with_the_supervisor(world: World) -> None:
    cases = two_cases(world)
    world.do(take_over, world.actor("sofia"), cases[0])
    assert moved(world, "bruno").moved == [cases[1]]
    assert owners(world, cases) == ["sofia", "bruno"]


def test_not_to_themselves(world: World) -> None:
    two_cases(world)
    with pytest.raises(Conflict, match="name somebody else"):
        moved(world, "ana")


def test_only_a_supervisor_of_the_team_may(world: World) -> None:
    two_cases(world)
    body = Relieve(client_id=new_id())
    for name in ("bruno", "caio"):
        with pytest.raises(Forbidden):
            world.do(relieve, world.actor(name), world.ids["ana"], body)
    with pytest.raises(NotFound):
        world.do(relieve, world.actor("sofia"), "nobody", body)
