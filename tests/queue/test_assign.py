"""Who gets the case: at once, within capacity, with its reason; and what time brings back."""

from channels.types import Sender
from console.cases.detail import assignments
from console.people.accounts import set_capacity
from console.people.presence import set_availability
from console.queue.assign import drain
from console.queue.sweep import bring_back, due_edges, due_returns, pass_edge
from console.supervision.wall import open_requests
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE
from console.wire.paging import WHOLE
from tests.world import JOAO, World


def test_a_queued_case_reaches_the_free_agent_with_its_reason(world: World) -> None:
    world.online("ana")
    case_id = world.hear().case or ""
    given, _ = world.do(drain)
    row = world.case(case_id)
    assert given == 1 and (row.status, row.owner_id, row.epoch) == ("assigned", world.ids["ana"], 1)
    assert "case.assigned" in world.names()
    (record,) = [
        each for each in world.see(assignments, world.actor("sofia"), case_id, WHOLE).items if each.cause == "routed"
    ]
    assert record.why["load"] == {"before": 0.0, "after": 1.0, "capacity": 8.0}


def test_nobody_gets_work_beyond_their_capacity(world: World) -> None:
    world.online("ana")
    world.do(set_capacity, world.ids["ana"], 2_000, 30, True)
    for number in range(4):
        world.hear(sender=Sender(wa_id=f"55119876500{number:02}", phone=f"+55119876500{number:02}"))
    given, _ = world.do(drain)
    assert given == 2
    assert world.do(drain)[0] == 0


def test_who_is_away_gets_nothing(world: World) -> None:
    world.online("ana")
    world.do(set_availability, world.actor("ana"), "away", "lunch")
    world.hear()
    assert world.do(drain)[0] == 0


def test_nobody_on_shift_rings_the_alarm_once_and_is_called_off_when_somebody_comes(world: World) -> None:
    case_id = world.hear().case or ""
    world.do(drain)
    world.do(drain)
    alarms = world.see(open_requests, world.actor("sofia"))
    assert [each.reason for each in alarms] == ["nobody_on_shift"] and world.case(case_id).rescue == 1
    world.online("ana")
    world.do(drain)
    assert world.see(open_requests, world.actor("sofia")) == [] and world.case(case_id).rescue == 0


def test_an_unopened_case_comes_back_after_two_minutes_and_not_to_the_same_agent(world: World) -> None:
    world.online("ana")
    case_id = world.hear().case or ""
    world.do(drain)
    world.clock.advance(2 * MINUTE)
    assert world.see(due_returns) == [(case_id, "unopened")]
    world.do(bring_back, case_id, "unopened")
    assert world.case(case_id).status == "queued"
    assert world.do(drain)[0] == 0
    world.online("bruno")
    assert world.do(drain)[0] == 1 and world.case(case_id).owner_id == world.ids["bruno"]


def test_the_answer_to_an_owner_who_left_is_queued_at_once_with_the_preference_kept(world: World) -> None:
    world.online("ana")
    case_id = world.hear().case or ""
    world.do(drain)
    world.do(set_availability, world.actor("ana"), "offline")
    world.hear("alguém?")
    row = world.case(case_id)
    assert (row.status, row.owner_id, row.preferred_id) == ("queued", None, world.ids["ana"])


def test_silence_parks_a_case_and_the_answer_unparks_it(world: World) -> None:
    from console.cases.reply import Reply, reply

    world.online("ana")
    case_id = world.hear().case or ""
    world.do(drain)
    wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Bom dia!")
    world.do(reply, world.actor("ana"), case_id, wish)
    assert world.case(case_id).weight == 300
    world.clock.advance(4 * HOUR)
    assert case_id in world.see(due_edges)
    world.do(pass_edge, case_id)
    assert world.case(case_id).weight == 0
    world.hear("voltei")
    assert world.case(case_id).weight == 1_000


def test_the_last_agent_is_preferred_when_the_case_comes_back(world: World) -> None:
    from console.cases.work import resolve

    world.online("ana", "bruno")
    case_id = world.hear().case or ""
    world.do(drain)
    owner = world.case(case_id).owner_id
    name = next(each for each, user_id in world.ids.items() if user_id == owner)
    world.do(resolve, world.actor(name), case_id, "paid")
    again = world.hear("mais uma dúvida")
    row = world.case(case_id)
    assert again.case == case_id and (row.status, row.owner_id, row.epoch) == ("assigned", owner, 2)
    assert world.hear(sender=JOAO).case != case_id
