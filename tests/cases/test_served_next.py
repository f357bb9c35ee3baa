"""The order of a list by wait: whoever is served next on top, and behind them all the cases in which nobody waits."""

from __future__ import annotations

from typing import Literal

import pytest

from channels.types import Sender
from console.cases import claim, work
from console.cases.lists import list_cases
from console.cases.narrowed import CaseQuery
from console.cases.reply import Reply, reply
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE
from tests.world import World

View = Literal["mine", "team", "queue", "all"]


def heard(world: World, number: int, owner: str = "ana") -> str:
    """Somebody new writes, a minute after the one before; with `owner` they have the case."""
    world.clock.advance(MINUTE)
    phone = f"55119876500{number:02}"
    case = world.hear(sender=Sender(wa_id=phone, phone=f"+{phone}")).case or ""
    if owner:
        world.do(claim.claim, world.actor(owner), case)
    return case


def answer(world: World, case: str) -> None:
    wish = Reply(client_id=new_id(), epoch=world.case(case).epoch, channel="whatsapp", text="Bom dia!")
    world.do(reply, world.actor("ana"), case, wish)


def listed(world: World, view: View, limit: int = 50, who: str = "ana") -> list[str]:
    query = CaseQuery(view=view, sort="wait", limit=limit)
    return [each.id for each in world.see(list_cases, world.actor(who), query).items]


@pytest.mark.parametrize("view", ["mine", "team"])
def test_an_answered_case_stands_behind_those_that_wait(world: World, view: View) -> None:
    world.online("ana")
    first, second, third = (heard(world, n) for n in range(3))
    assert listed(world, view) == [first, second, third]
    answer(world, first)
    assert listed(world, view) == [second, third, first]
    assert listed(world, view, limit=1) == [second]
    world.clock.advance(MINUTE)
    answer(world, second)
    assert listed(world, view) == [third, first, second]


def test_no_priority_lifts_an_answered_case_over_one_that_waits(world: World) -> None:
    world.online("ana")
    first, second = heard(world, 1), heard(world, 2)
    answer(world, first)
    world.do(work.prioritise, world.actor("ana"), first, "urgent")
    world.do(work.prioritise, world.actor("ana"), second, "low")
    assert listed(world, "mine") == [second, first]


def test_what_was_put_aside_or_resolved_stands_behind_too_and_comes_forward_again(world: World) -> None:
    world.online("ana")
    aside, settled, waits = (heard(world, n) for n in range(3))
    queued = heard(world, 3, owner="")
    world.do(work.snooze, world.actor("ana"), aside, world.clock.now() + HOUR)
    world.do(work.resolve, world.actor("ana"), settled, "no_contact")
    assert listed(world, "all") == [waits, queued, aside, settled]
    world.do(work.reopen, world.actor("ana"), aside)
    assert listed(world, "all") == [aside, waits, queued, settled]


def test_a_case_given_back_to_the_queue_is_served_in_its_turn_though_nobody_waits_in_it(world: World) -> None:
    world.online("ana")
    first, second = heard(world, 1), heard(world, 2, owner="")
    answer(world, first)
    assert listed(world, "team") == [second, first]
    world.clock.advance(MINUTE)
    world.do(claim.release, world.actor("ana"), first)
    third = heard(world, 3, owner="")
    assert world.case(first).waiting_since is None and listed(world, "queue") == [second, first, third]
