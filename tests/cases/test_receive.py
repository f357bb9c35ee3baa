"""A debtor writes: one debtor, one case, one thread."""

import pytest

from channels.types import Renumbered, Sender
from console.cases.claim import claim
from console.cases.identity import Check, Checks, check_identity
from console.cases.queries import of_debtor
from console.debtors.models import contact_point
from console.debtors.queries import points_of
from console.intake.take import carry_out
from console.store.statement import change
from console.timeline.queries import page
from console.wire.ids import new_id
from tests.world import JOAO, MARIA, World


def test_a_first_message_opens_a_case_in_the_queue(world: World) -> None:
    received = world.hear()
    row = world.case(received.case)
    assert (row.status, row.owner_id, row.epoch, row.inbound) == ("queued", None, 0, 1)
    assert row.waiting_since == world.clock.now() and row.sla_due_at == world.clock.now() + 300_000
    assert world.names()[:1] == ["message.created"] and "case.created" in world.names()


def test_the_forms_of_a_number_are_one_debtor(world: World) -> None:
    first = world.hear(sender=MARIA)
    second = world.hear(sender=Sender(wa_id="551187654321", phone="+551187654321"))
    assert second.case == first.case
    assert world.case(first.case).inbound == 2


def test_two_people_have_two_cases(world: World) -> None:
    assert world.hear(sender=MARIA).case != world.hear(sender=JOAO).case


def test_a_message_on_another_channel_joins_the_same_thread_when_the_address_is_known(world: World) -> None:
    received = world.hear()
    row = world.case(received.case)
    assert [
        item.kind for item in world.see(page, row.id, before=None, after=None, limit=10, whispers_of=None, side=True)
    ] == ["message"]
    assert len(world.see(of_debtor, row.debtor_id)) == 1


@pytest.mark.parametrize(
    "new", [Sender(wa_id="551191112222", phone="+551191112222"), Sender(user_id="BR.2")], ids=["number", "id"]
)
def test_whoever_has_a_new_number_or_id_is_identified_again_section_3_7(world: World, new: Sender) -> None:
    known = Sender(wa_id=MARIA.wa_id, phone=MARIA.phone, user_id="BR.1")
    case = world.hear(sender=known).case or ""
    world.do(claim, world.actor("ana"), case)
    (point,) = world.see(points_of, world.case(case).debtor_id)
    world.do(lambda tx: change(tx, contact_point, {"id": point.id}, disclosure=1))
    world.do(check_identity, world.actor("ana"), case, Checks([Check("product", True), Check("birth_date", True)]))
    (proven,) = world.see(points_of, world.case(case).debtor_id)
    assert (world.case(case).disclosure, proven.verified, proven.disclosure) == (2, 1, 1)
    moved = Renumbered(provider_id=new_id(), old=known, new=new, at=world.clock.now())
    inbox = world.inbox()
    world.do(carry_out, inbox, moved, {}, lambda _: inbox)
    (doubted,) = world.see(points_of, world.case(case).debtor_id)
    assert (world.case(case).disclosure, doubted.verified, doubted.disclosure) == (0, 0, 0)
    assert "case.updated" in world.names()
    assert world.hear(sender=new).case == case
