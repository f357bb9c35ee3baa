"""The two transactions around a call: who may still say something after the sender was taken for dead."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from channels.types import Accepted, Fault, Outcome, Refused
from console.cases.claim import claim
from console.cases.identity import Check, Checks, check_identity
from console.cases.reply import Reply, reply
from console.cases.send import USUAL_LEASE_MS, finish, put_back, recover, start
from console.cases.settle import settle
from console.debtors.models import contact_point
from console.debtors.view import contact_points
from console.errors import GateBlocked
from console.gate.models import contact, decision
from console.outbox.queries import due, lost
from console.people.accounts import disable_user, enable_user
from console.store.base import load
from console.store.statement import Statement, row, rows, value
from console.timeline.queries import ItemRow, get
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE, SECOND, rfc3339
from console.workers.lookups import tell
from tests.world import World

LATE = Refused(fault=Fault(code="deadline", title="The permit had run out", retryable=True))


def queued(world: World) -> ItemRow:
    case_id = world.hear().case
    assert case_id is not None
    world.online("ana")
    world.do(claim, world.actor("ana"), case_id)
    item, _ = world.do(
        reply, world.actor("ana"), case_id, Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Bom dia!")
    )
    return item


def given_up(world: World) -> ItemRow:
    """Sent by somebody who was then not heard of until its lease ran out."""
    item = queued(world)
    assert world.do(start, item.id, "asleep") is not None
    world.clock.advance(USUAL_LEASE_MS + SECOND)
    assert [row.item_id for row in world.see(lost)] == [item.id]
    world.do(recover, item.id)
    return item


def wakes(world: World, outcome: Outcome) -> tuple[str | None, list[str]]:
    """The message's status after its first sender woke and told this, and what is due then."""
    item = given_up(world)
    world.do(finish, item.id, outcome, "asleep")
    world.clock.advance(HOUR)
    return world.see(get, item.id).status, [row.item_id for row in world.see(due, 10)]


def test_what_was_given_up_is_not_tried_again_by_whoever_wakes(world: World) -> None:
    assert wakes(world, LATE) == ("failed", [])


def test_whoever_wakes_may_say_that_it_left(world: World) -> None:
    assert wakes(world, Accepted(provider_id="wamid.1")) == ("sent", [])


def test_who_is_still_waited_for_is_tried_again_after_a_refusal(world: World) -> None:
    item = queued(world)
    world.do(start, item.id, "w")
    world.do(finish, item.id, LATE, "w")
    world.clock.advance(HOUR)
    assert [row.item_id for row in world.see(due, 10)] == [item.id]


def test_what_could_not_leave_goes_back_as_it_was(world: World) -> None:
    item = queued(world)
    before = world.see(due, 10)
    world.do(start, item.id, "w")
    world.do(put_back, item.id, "w")
    (after,) = world.see(due, 10)
    assert (after.item_id, after.state, after.attempts, after.due_at) == (item.id, "ready", 0, before[0].due_at)
    assert world.see(lambda reader: reader.run("SELECT state FROM contact", None).fetchall()) == [("returned",)]
    assert load(world.see(get, item.id).data)["attempts"] == 0
    world.clock.advance(HOUR)
    assert world.see(lost) == []
    assert world.do(start, item.id, "w") is not None


def test_nobody_puts_back_what_another_sends_or_gave_up(world: World) -> None:
    item = queued(world)
    world.do(start, item.id, "w")
    world.do(put_back, item.id, "another")
    assert world.see(due, 10) == []
    world.do(recover, item.id)
    world.do(put_back, item.id, "w")
    assert world.see(due, 10) == [] and world.see(get, item.id).status == "unconfirmed"


def test_a_clock_set_back_delays_no_message(world: World) -> None:
    item = queued(world)
    world.clock.advance(-HOUR)
    assert [row.item_id for row in world.see(due, 10)] == [item.id]
    assert world.do(start, item.id, "w") is not None


def test_a_clock_set_back_makes_no_lease_longer(world: World) -> None:
    item = queued(world)
    assert world.do(start, item.id, "dead") is not None
    assert world.see(lost) == []
    world.clock.advance(-HOUR)
    assert [row.item_id for row in world.see(lost)] == [item.id]


DEAD = Fault(code="131026", title="Undeliverable", effect="invalid_address")


def undelivered(world: World) -> ItemRow:
    """Taken by the provider, then told as failed: the address is taken for dead."""
    item = queued(world)
    world.do(start, item.id, "w")
    world.do(finish, item.id, Accepted(provider_id="wamid.1"), "w")
    world.do(lambda tx: settle(tx, get(tx, item.id), "failed", at=tx.now, fault=DEAD))
    assert state_of_address(world, item) == "invalid" and world.case(item.case_id).waiting_since is not None
    return item


def state_of_address(world: World, item: ItemRow) -> str:
    (point,) = world.see(contact_points, world.case(item.case_id).debtor_id)
    return point.state


def test_what_arrives_after_it_was_told_as_failed_ends_the_wait_and_clears_the_address(world: World) -> None:
    item = undelivered(world)
    world.do(lambda tx: settle(tx, get(tx, item.id), "delivered", at=tx.now))
    assert state_of_address(world, item) == "active" and world.case(item.case_id).waiting_since is None


def test_what_was_proven_of_an_address_ends_with_it_and_is_proven_anew(world: World) -> None:
    item = queued(world)
    world.do(lambda tx: Statement(contact_point.update().values(disclosure=1, verified=1)).run(tx))
    world.do(start, item.id, "w")
    world.do(finish, item.id, Accepted(provider_id="wamid.1"), "w")
    world.do(lambda tx: settle(tx, get(tx, item.id), "failed", at=tx.now, fault=DEAD))
    world.clock.advance(MINUTE)
    world.hear("Estou aqui")

    def proven() -> tuple[int, bool]:
        (point,) = world.see(contact_points, world.case(item.case_id).debtor_id)
        return point.disclosure, point.verified

    assert proven() == (0, False), "a number that works again may be another's"
    checks = [Check("document_digits", True), Check("birth_date", True)]
    world.do(check_identity, world.actor("ana"), item.case_id, Checks(checks))
    assert proven() == (1, True)


def test_whoever_writes_from_an_address_that_was_taken_for_dead_can_be_answered(world: World) -> None:
    item = undelivered(world)
    world.clock.advance(MINUTE)
    world.hear("Estou aqui")
    assert state_of_address(world, item) == "active"
    again = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Bom dia!")
    assert world.do(reply, world.actor("ana"), item.case_id, again)[1]


def test_a_message_from_before_it_died_proves_nothing(world: World) -> None:
    item = undelivered(world)
    world.hear("Cheguei tarde", at=world.clock.now() - HOUR)
    assert state_of_address(world, item) == "invalid"


def test_a_later_wait_is_not_ended_by_an_older_message_that_arrives(world: World) -> None:
    item = undelivered(world)
    world.do(lambda tx: settle(tx, get(tx, item.id), "delivered", at=tx.now))
    world.clock.advance(MINUTE)
    world.hear("E agora?")
    since = world.case(item.case_id).waiting_since
    world.do(lambda tx: settle(tx, get(tx, item.id), "read", at=tx.now))
    assert since is not None and world.case(item.case_id).waiting_since == since


def test_a_record_that_is_another_messages_says_nothing(world: World) -> None:
    item = given_up(world)
    other, _ = world.do(
        reply, world.actor("ana"), item.case_id, Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Bom dia!")
    )
    world.do(start, other.id, "w")
    world.do(finish, other.id, Accepted(provider_id="wamid.2"), "w")
    assert not world.do(tell, item.id, Accepted(provider_id="wamid.2"))
    assert world.see(get, item.id).status == "unconfirmed"
    assert world.do(tell, item.id, Accepted(provider_id="wamid.1", status="delivered"))
    assert world.see(get, item.id).status == "delivered"


def scheduled(world: World) -> ItemRow:
    """Ana's, for in an hour."""
    case_id = world.hear().case or ""
    world.online("ana")
    world.do(claim, world.actor("ana"), case_id)
    wish = Reply(
        client_id=new_id(), epoch=1, channel="whatsapp", text="Bom dia!", send_at=rfc3339(world.clock.now() + HOUR)
    )
    return world.do(reply, world.actor("ana"), case_id, wish)[0]


def test_what_a_disabled_agent_scheduled_does_not_leave_and_their_case_hears_of_it(world: World) -> None:
    item = scheduled(world)
    world.do(disable_user, world.ids["ana"])
    world.clock.advance(HOUR)
    assert world.do(start, item.id, "w") is None
    ended = world.see(get, item.id)
    assert (ended.status, load(ended.data)["cancelled"]) == ("cancelled", {"why": "SENDER_DISABLED"})
    assert {"message.updated", "case.updated"} <= set(world.names())
    decided = world.see(rows, select(decision.c.outcome, decision.c.code).where(decision.c.item_id == item.id), row)
    assert decided == [("block", "SENDER_DISABLED")]
    assert world.see(rows, select(contact.c.id).where(contact.c.item_id == item.id), value) == []


def test_what_they_scheduled_leaves_if_they_are_back_by_then(world: World) -> None:
    item = scheduled(world)
    world.do(disable_user, world.ids["ana"])
    world.do(enable_user, world.ids["ana"])
    world.clock.advance(HOUR)
    assert world.do(start, item.id, "w") is not None


def test_what_waits_for_its_next_attempt_does_not_leave_either(world: World) -> None:
    item = queued(world)
    world.do(start, item.id, "w")
    world.do(finish, item.id, LATE, "w")
    world.do(disable_user, world.ids["ana"])
    world.clock.advance(MINUTE)
    assert world.do(start, item.id, "w") is None
    assert load(world.see(get, item.id).data)["cancelled"] == {"why": "SENDER_DISABLED"}


def test_whoever_was_disabled_a_moment_ago_writes_nothing_more(world: World) -> None:
    item = queued(world)
    world.do(disable_user, world.ids["ana"])
    wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="E mais isto.")
    with pytest.raises(GateBlocked) as refused:
        world.do(reply, world.actor("ana"), item.case_id, wish)
    assert refused.value.facts["reason"] == "SENDER_DISABLED"
