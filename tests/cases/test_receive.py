"""A debtor writes: one debtor, one case, one thread."""

from channels.types import Sender
from console.cases.queries import of_debtor
from console.timeline.queries import page
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
