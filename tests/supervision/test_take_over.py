"""Taking over and handing back: fenced by the epoch, kept words, a way back when the supervisor is lost."""

import pytest
from sqlalchemy import select

from console.cases.claim import claim
from console.cases.drafts import keep_draft
from console.cases.queries import DRAFT
from console.cases.reply import Reply, reply
from console.cases.reveal import reveal_address
from console.debtors.models import contact_point
from console.errors import Conflict, Forbidden, NotFound, NotOwner, StaleEpoch
from console.people.models import user
from console.people.presence import connection_changed, set_availability
from console.store.statement import change, rows, value
from console.supervision.barge import barge
from console.supervision.lost import due_hand_backs, hand_back_lost
from console.supervision.take_over import hand_back, take_over
from console.wire.ids import new_id
from tests.world import World


def anas_case(world: World) -> str:
    world.online("ana", "bruno", "sofia")
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    return case_id


def say(world: World, name: str, case_id: str, epoch: int) -> str:
    wish = Reply(client_id=new_id(), epoch=epoch, channel="whatsapp", text="Bom dia!")
    return world.do(reply, world.actor(name), case_id, wish)[0].text


def test_after_a_take_over_the_older_epoch_is_refused(world: World) -> None:
    case_id = anas_case(world)
    world.do(take_over, world.actor("sofia"), case_id, "risco")
    with pytest.raises(StaleEpoch) as refusal:
        say(world, "ana", case_id, epoch=1)
    assert refusal.value.facts["epoch"] == 2
    with pytest.raises(NotOwner):
        say(world, "ana", case_id, epoch=2)


def test_the_supervisors_message_begins_with_name_and_role(world: World) -> None:
    case_id = anas_case(world)
    world.do(take_over, world.actor("sofia"), case_id, "risco")
    assert say(world, "sofia", case_id, epoch=2) == "Sofia Lima (supervisão): Bom dia!"


def test_the_supervisors_words_are_the_answer_too_after_three_bubbles_of_the_agent(world: World) -> None:
    case_id = anas_case(world)
    for _ in range(3):
        say(world, "ana", case_id, epoch=1)
    world.do(take_over, world.actor("sofia"), case_id, "risco")
    assert say(world, "sofia", case_id, epoch=2)


def test_the_agent_goes_on_reading_and_their_draft_is_kept_and_shown(world: World) -> None:
    case_id = anas_case(world)
    world.do(keep_draft, world.actor("ana"), case_id, "Entendo, Maria. Pos", 3)
    row = world.do(take_over, world.actor("sofia"), case_id, "Segue")
    assert row.taken_over_from == world.ids["ana"]
    mine = world.see(lambda reader: DRAFT.first(reader, case_id=case_id, user_id=world.ids["sofia"]))
    hers = world.see(lambda reader: DRAFT.first(reader, case_id=case_id, user_id=world.ids["ana"]))
    assert mine is not None and hers is not None
    assert mine.text == hers.text == "Entendo, Maria. Pos"


def test_handed_back_to_the_agent_who_is_there(world: World) -> None:
    case_id = anas_case(world)
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    row = world.do(hand_back, world.actor("sofia"), case_id, "Ofereci 3x; siga daqui.")
    assert (row.owner_id, row.epoch, row.taken_over_from) == (world.ids["ana"], 3, None)
    assert "note.created" in world.names() and "takeover.ended" in world.names()


def test_handed_back_to_the_queue_when_the_agent_has_left(world: World) -> None:
    case_id = anas_case(world)
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    world.do(set_availability, world.actor("ana"), "offline")
    row = world.do(hand_back, world.actor("sofia"), case_id, "Segue")
    assert (row.status, row.owner_id, row.preferred_id) == ("queued", None, world.ids["ana"])


def test_a_supervisor_lost_for_a_minute_gives_the_case_back(world: World) -> None:
    case_id = anas_case(world)
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    gone = world.clock.now()
    world.do(lambda tx: change(tx, user, {"id": world.ids["sofia"]}, connected=0, connected_until=None, gone_at=gone))
    world.clock.advance(59_000)
    assert world.see(due_hand_backs) == []
    world.clock.advance(1_000)
    assert world.see(due_hand_backs) == [case_id]
    world.do(hand_back_lost, case_id)
    assert world.case(case_id).owner_id == world.ids["ana"]


def test_who_takes_over_without_a_connection_has_the_grace_from_then_on(world: World) -> None:
    """They may have left the desk an hour ago, and act by HTTP alone."""
    case_id = anas_case(world)
    gone = world.clock.now()
    world.do(lambda tx: change(tx, user, {"id": world.ids["sofia"]}, connected=0, connected_until=None, gone_at=gone))
    world.clock.advance(3_600_000)
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    assert world.see(due_hand_backs) == []
    world.clock.advance(59_000)
    assert world.see(due_hand_backs) == []
    world.clock.advance(1_000)
    assert world.see(due_hand_backs) == [case_id]


def test_a_supervisor_who_never_had_a_connection_has_the_grace_from_the_take_over_on(world: World) -> None:
    """A new account, or a token alone: no moment tells since when they are gone."""
    world.online("ana")
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    world.clock.advance(59_000)
    assert world.see(due_hand_backs) == []
    world.clock.advance(1_000)
    assert world.see(due_hand_backs) == [case_id]
    world.do(hand_back_lost, case_id)
    assert world.case(case_id).owner_id == world.ids["ana"]


def test_a_presence_by_http_is_a_connection_for_its_minute_and_the_grace_follows(world: World) -> None:
    case_id = anas_case(world)
    world.do(connection_changed, world.ids["sofia"], False)
    world.do(set_availability, world.actor("sofia"), "online")
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    world.clock.advance(119_000)
    assert world.see(due_hand_backs) == []
    world.clock.advance(1_000)
    assert world.see(due_hand_backs) == [case_id]


@pytest.mark.parametrize("act", ["reply", "draft", "reveal"])
def test_what_is_done_on_the_case_without_a_connection_is_a_sign_of_life(world: World, act: str) -> None:
    """By HTTP alone: written, half written, or shown and so in the audit. The agent's own acts are none."""
    case_id = anas_case(world)
    sofia = world.actor("sofia")
    world.do(connection_changed, sofia.id, False)
    world.do(take_over, sofia, case_id, "Segue")
    world.clock.advance(50_000)
    if act == "reply":
        say(world, "sofia", case_id, epoch=2)
    elif act == "draft":
        world.do(keep_draft, sofia, case_id, "Bom d", 1)
    else:
        (point,) = world.see(rows, select(contact_point.c.id), value)
        world.do(reveal_address, sofia, point)
    world.clock.advance(59_000)
    world.do(keep_draft, world.actor("ana"), case_id, "Então", 1)
    assert world.see(due_hand_backs) == []
    world.clock.advance(1_000)
    assert world.see(due_hand_backs) == [case_id]


def test_a_barge_lets_both_write_and_dies_with_the_epoch(world: World) -> None:
    case_id = anas_case(world)
    world.do(barge, world.actor("sofia"), case_id)
    assert say(world, "sofia", case_id, epoch=1).startswith("Sofia Lima (supervisão): ")
    assert say(world, "ana", case_id, epoch=1) == "Bom dia!"
    world.do(take_over, world.actor("sofia"), case_id, "Segue")
    world.do(hand_back, world.actor("sofia"), case_id, "Segue")
    with pytest.raises(NotOwner):
        say(world, "sofia", case_id, epoch=3)


def test_only_supervisors_intervene_and_existence_is_decided_first(world: World) -> None:
    case_id = anas_case(world)
    with pytest.raises(Forbidden):
        world.do(take_over, world.actor("bruno"), case_id, "Segue")
    with pytest.raises(Forbidden):
        world.do(take_over, world.actor("caio"), case_id, "Segue")
    with pytest.raises(NotFound):
        world.do(take_over, world.actor("admin"), case_id, "Segue")
    with pytest.raises(NotFound):
        world.do(take_over, world.actor("bruno"), "no-such-case", "")


def test_what_was_not_taken_over_cannot_be_handed_back(world: World) -> None:
    case_id = anas_case(world)
    with pytest.raises(Conflict):
        world.do(hand_back, world.actor("sofia"), case_id, "Segue")
