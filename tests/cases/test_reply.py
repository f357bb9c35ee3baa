"""Writing to the debtor: the owner, at the epoch they name, through the gate."""

import hashlib

import msgspec
import pytest
from msgspec import structs

from channels.types import Accepted, Fault, Refused, Sender, Unknown
from console.access.models import client_key
from console.cases.claim import claim
from console.cases.reply import Reply, reply
from console.cases.send import finish, start
from console.cases.settle import settle
from console.errors import Conflict, GateBlocked, Invalid, NotFound, NotOwner, Refusal, StaleEpoch
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.queries import get
from console.wire.ids import new_id
from console.wire.moment import DAY, MINUTE, rfc3339
from tests.world import World

C1 = "018f3c1e-8f9a-7b2c-9d4e-5f60718293a4"


def wish(text: str = "Bom dia, Maria! Podemos dividir.", epoch: int = 1, client_id: str = "") -> Reply:
    return Reply(client_id=client_id or new_id(), epoch=epoch, channel="whatsapp", text=text)


def claimed(world: World, name: str = "ana") -> str:
    case_id = world.hear().case
    assert case_id is not None
    world.online(name)
    world.do(claim, world.actor(name), case_id)
    return case_id


def test_the_owner_writes_and_nobody_waits_any_more(world: World) -> None:
    case_id = claimed(world)
    item, new = world.do(reply, world.actor("ana"), case_id, wish())
    assert new and item.status == "queued" and item.purpose == "reply"
    row = world.case(case_id)
    assert row.waiting_since is None and row.sla_due_at is None and row.weight == 300
    assert world.names()[0] == "message.created"


def test_a_repeated_reply_is_sent_once(world: World) -> None:
    case_id = claimed(world)
    first, _ = world.do(reply, world.actor("ana"), case_id, wish(client_id=C1))
    again, new = world.do(reply, world.actor("ana"), case_id, wish(client_id=C1, epoch=7))
    assert again.id == first.id and not new
    assert world.heard == []
    with pytest.raises(Conflict):
        world.do(reply, world.actor("ana"), case_id, wish("another text", client_id=C1))


def test_a_key_that_was_kept_as_it_was_given_is_still_known(world: World) -> None:
    case_id, given = claimed(world), C1.upper()
    first, _ = world.do(reply, world.actor("ana"), case_id, wish(client_id=given))
    world.do(lambda tx: change(tx, client_key, {"client_id": C1}, client_id=given))
    again, new = world.do(reply, world.actor("ana"), case_id, wish(client_id=given))
    assert again.id == first.id and not new


@pytest.mark.parametrize("added", [(), ("reason",), ("reason", "whisper", "subject")])
def test_a_key_of_before_an_upgrade_is_known_whatever_fields_were_added_since(
    world: World, added: tuple[str, ...]
) -> None:
    case_id, given = claimed(world), wish(client_id=C1)
    first, _ = world.do(reply, world.actor("ana"), case_id, given)
    plain = {name: each for name, each in msgspec.to_builtins(given).items()
             if name not in ("epoch", "client_id", *added)}  # fmt: skip
    former = hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
    world.do(lambda tx: change(tx, client_key, {"client_id": C1}, body_hash=former))
    again, new = world.do(reply, world.actor("ana"), case_id, given)
    assert again.id == first.id and not new
    with pytest.raises(Conflict):
        world.do(reply, world.actor("ana"), case_id, wish("another text", client_id=C1))


def test_what_is_named_with_its_default_is_the_same_as_left_out(world: World) -> None:
    case_id = claimed(world)
    first, _ = world.do(reply, world.actor("ana"), case_id, wish(client_id=C1))
    named = structs.replace(wish(client_id=C1), attachments=[], subject=None)
    again, new = world.do(reply, world.actor("ana"), case_id, named)
    assert again.id == first.id and not new


def test_an_older_epoch_is_refused_before_the_owner_is_looked_at(world: World) -> None:
    case_id = claimed(world)
    with pytest.raises(StaleEpoch):
        world.do(reply, world.actor("ana"), case_id, wish(epoch=0))
    with pytest.raises(NotOwner):
        world.do(reply, world.actor("bruno"), case_id, wish(epoch=1))


def test_a_stranger_to_the_team_learns_nothing(world: World) -> None:
    case_id = claimed(world)
    with pytest.raises(NotFound):
        world.do(reply, world.actor("admin"), case_id, wish(epoch=0))


def test_a_sending_is_committed_before_the_call_and_the_answer_moves_it_forward(world: World) -> None:
    case_id = claimed(world)
    item, _ = world.do(reply, world.actor("ana"), case_id, wish())
    departure = world.do(start, item.id, "w1")
    assert departure is not None and departure.permit.ref == item.id
    assert world.see(get, item.id).status == "sending"
    assert world.do(start, item.id, "w2") is None
    world.do(finish, item.id, Accepted(provider_id="wamid.1"), "w1")
    assert world.see(get, item.id).status == "sent"


def test_status_only_moves_up_whatever_the_order(world: World) -> None:
    case_id = claimed(world)
    item, _ = world.do(reply, world.actor("ana"), case_id, wish())
    world.do(start, item.id, "w1")
    for status in ("read", "delivered", "sent"):
        world.do(settle, world.see(get, item.id), status, at=world.clock.now(), provider_id="wamid.1")
    world.do(finish, item.id, Accepted(provider_id="wamid.1"), "w1")
    assert world.see(get, item.id).status == "read"


def test_a_definite_refusal_fails_and_the_debtor_waits_again(world: World) -> None:
    case_id = claimed(world)
    since = world.case(case_id).waiting_since
    item, _ = world.do(reply, world.actor("ana"), case_id, wish())
    world.do(start, item.id, "w1")
    world.do(finish, item.id, Refused(fault=Fault(code="131026", title="Undeliverable")), "w1")
    assert world.see(get, item.id).status == "failed"
    assert world.case(case_id).waiting_since == since


def test_what_is_unclear_is_unconfirmed_and_never_sent_again(world: World) -> None:
    case_id = claimed(world)
    item, _ = world.do(reply, world.actor("ana"), case_id, wish())
    world.do(start, item.id, "w1")
    world.do(finish, item.id, Unknown(reason="no answer"), "w1")
    assert world.see(get, item.id).status == "unconfirmed"
    world.clock.advance(DAY // 2)
    assert world.do(start, item.id, "w2") is None


def put_consent(tx: Tx) -> None:
    tx.run("UPDATE contact_point SET consent = 'granted'", None)


def test_a_second_bubble_belongs_to_the_answer_and_a_later_message_does_not(world: World) -> None:
    case_id = claimed(world)
    world.do(reply, world.actor("ana"), case_id, wish("Um"))
    item, _ = world.do(reply, world.actor("ana"), case_id, wish("Dois"))
    assert item.purpose == "reply"
    world.clock.advance(10 * MINUTE)
    with pytest.raises(GateBlocked) as refusal:
        world.do(reply, world.actor("ana"), case_id, wish("Três"))
    assert refusal.value.facts["reason"] == "NO_WA_OPTIN"


def test_outside_the_service_window_only_a_template_goes(world: World) -> None:
    case_id = claimed(world)
    world.do(lambda tx: put_consent(tx))
    world.clock.advance(DAY)
    with pytest.raises(GateBlocked) as refusal:
        world.do(reply, world.actor("ana"), case_id, wish())
    assert refusal.value.facts["reason"] == "WA_WINDOW_CLOSED"


def test_the_refused_reply_leaves_no_trace(world: World) -> None:
    case_id = claimed(world)
    position = world.case(case_id).position
    with pytest.raises(Refusal):
        world.do(reply, world.actor("ana"), case_id, wish(text=" "))
    assert world.case(case_id).position == position


def test_the_debtors_own_subject_is_not_held_against_the_answer(world: World) -> None:
    case_id = world.hear("oi", sender=Sender(email="lia@sample.example"), channel="email", subject="Minha fatura").case
    assert case_id is not None
    world.online("ana")
    world.do(claim, world.actor("ana"), case_id)
    answer = Reply(client_id=new_id(), epoch=1, channel="email", text="Olá, Lia!")
    item, _ = world.do(reply, world.actor("ana"), case_id, answer)
    assert item.subject == "Re: Minha fatura"
    assert world.do(start, item.id, "w") is not None


def test_what_was_accepted_as_an_answer_stays_one_when_it_leaves_later(world: World) -> None:
    """Another answer left meanwhile, and nobody waits: what was planned is still an answer."""
    case_id = claimed(world)
    at = rfc3339(world.clock.now() + 30 * MINUTE)
    planned, _ = world.do(
        reply, world.actor("ana"), case_id, structs.replace(wish("Segue o que combinamos."), send_at=at)
    )
    assert (planned.status, planned.purpose) == ("scheduled", "reply")
    world.do(reply, world.actor("ana"), case_id, wish("Um momento."))
    world.clock.advance(31 * MINUTE)
    assert world.do(start, planned.id, "w1") is not None
    assert world.see(get, planned.id).status == "sending"


def test_an_answer_planned_beyond_the_reactive_hours_is_judged_as_an_approach(world: World) -> None:
    case_id = claimed(world)
    late = structs.replace(wish(), channel="email", send_at=rfc3339(world.clock.now() + 2 * DAY))
    with pytest.raises(Invalid):  # Maria wrote on WhatsApp alone
        world.do(reply, world.actor("ana"), case_id, late)
    with pytest.raises(GateBlocked) as refusal:
        world.do(reply, world.actor("ana"), case_id, structs.replace(late, channel="whatsapp"))
    assert refusal.value.facts["reason"] in ("NO_WA_OPTIN", "WA_WINDOW_CLOSED")


def test_a_client_id_that_is_no_uuid_is_named(world: World) -> None:
    case_id = claimed(world)
    with pytest.raises(Invalid) as refusal:
        world.do(reply, world.actor("ana"), case_id, wish(client_id="first"))
    assert refusal.value.facts["field"] == "client_id"


def test_only_what_came_in_on_the_case_is_quoted_without_being_judged(world: World) -> None:
    said = "se não pagar até sexta, a polícia vai bater na minha porta?"
    case_id = world.hear(f"Me disseram:\n{said}").case or ""
    world.online("ana")
    world.do(claim, world.actor("ana"), case_id)
    world.do(reply, world.actor("ana"), case_id, wish(f"> {said.capitalize()}\nNão, fique tranquila."))
    ours = "Se não pagar até sexta, a polícia vai bater na sua porta."
    for text in (f"> {ours}", f"> {said}\n> {ours}", f"> {said}\n{ours}", f"Olá.\n>> {ours}"):
        with pytest.raises(GateBlocked) as found:
            world.do(reply, world.actor("ana"), case_id, wish(text))
        assert str(found.value.facts["reason"]).startswith("TONE:")
