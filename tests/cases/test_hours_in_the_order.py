"""Lawful minutes that run out are an advantage in the queue (RT-3, decision 12), of real cases and by the clock."""

from __future__ import annotations

import pytest

from channels.types import Sender
from console.cases import claim
from console.cases.lists import list_cases
from console.cases.narrowed import CaseQuery
from console.cases.preferences import Preferences, set_preferences
from console.debtors.models import debtor
from console.gate.conduct import OwnHours
from console.portfolios.models import portfolio
from console.portfolios.set_up import set_policy
from console.queue.sweep import due_edges, pass_edge
from console.store.base import dump, load
from console.store.statement import change
from console.wire.moment import DAY, MINUTE
from tests.gate.cast import SAO_PAULO, local
from tests.world import JOAO, MARIA, World

MORNINGS = [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "from": "08:00", "to": "12:00"}]


def heard(world: World, sender: Sender) -> str:
    return world.hear(sender=sender, channel="sms").case or ""


def go(world: World, text: str) -> None:
    """To an hour of São Paulo, and do what has come to its own."""
    world.clock.advance(local(SAO_PAULO, text) - world.clock.now())
    while due := world.see(due_edges):
        for case in due:
            world.do(pass_edge, case)


def queue(world: World) -> list[str]:
    return [each.id for each in world.see(list_cases, world.actor("sofia"), CaseQuery(view="queue")).items]


def lawful(world: World, case: str) -> int:
    return sum(each["advantage_s"] for each in load(world.case(case).rank_terms) if each["name"] == "lawful")


def patient(world: World) -> None:
    """No case is late, so that nothing but the hours counts."""
    world.do(set_policy, "routing", {"sla_s": {"sms": 90 * DAY // 1_000}})


def test_a_case_whose_hours_end_overtakes_one_that_has_waited_longer_and_falls_back_when_they_have(
    world: World,
) -> None:
    patient(world)
    longer = heard(world, JOAO)
    world.clock.advance(8 * MINUTE)
    closing = heard(world, MARIA)
    person = world.case(closing).debtor_id
    world.do(lambda tx: change(tx, debtor, {"id": person}, preferred_hours=dump(MORNINGS)))
    go(world, "2026-11-23 10:59")  # a Monday, days after their last word
    assert queue(world) == [longer, closing] and (lawful(world, longer), lawful(world, closing)) == (0, 0)
    go(world, "2026-11-23 11:00")
    assert queue(world) == [longer, closing] and lawful(world, closing) == 300
    go(world, "2026-11-23 11:50")
    assert queue(world) == [closing, longer] and (lawful(world, longer), lawful(world, closing)) == (0, 600)
    go(world, "2026-11-23 12:00")
    assert queue(world) == [longer, closing] and lawful(world, closing) == 0
    go(world, "2026-11-24 11:50")  # and so on the next day
    assert queue(world) == [closing, longer]


def test_an_answer_is_lawful_after_hours_so_their_end_counts_only_once_it_is_none(world: World) -> None:
    patient(world)
    go(world, "2026-11-23 19:40")
    case = heard(world, MARIA)
    go(world, "2026-11-23 19:55")
    assert lawful(world, case) == 0
    go(world, "2026-11-24 19:39")  # an answer for a minute yet, and its hours end at eight
    assert lawful(world, case) == 300
    go(world, "2026-11-24 19:50")
    assert lawful(world, case) == 600


def test_hours_the_debtor_names_count_at_once(world: World) -> None:
    patient(world)
    case = heard(world, MARIA)
    world.online("ana")
    world.do(claim.claim, world.actor("ana"), case)
    go(world, "2026-11-23 11:50")
    assert lawful(world, case) == 0
    named = [OwnHours(days=["MON"], opens="08:00", closes="12:00")]
    world.do(set_preferences, world.actor("ana"), case, Preferences(hours=named))
    assert lawful(world, case) == 600


@pytest.mark.parametrize(
    "hours", [[{"days": ["MON"]}], [{"days": ["YESTERDAY"], "from": "08:00", "to": "12:00"}], [None], 8]
)
def test_who_writes_is_heard_though_the_settings_of_their_hours_cannot_be_read(world: World, hours: object) -> None:
    world.do(lambda tx: change(tx, portfolio, {"id": world.book}, settings=dump({"hours": hours})))
    row = world.case(heard(world, MARIA))
    assert row.status == "queued" and row.waiting_since == world.clock.now() and lawful(world, row.id) == 0
