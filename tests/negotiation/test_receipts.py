"""What may be called the confirmation of a payment, and what a receipt that was shown pauses."""

from __future__ import annotations

import pytest

from console.cases import messages
from console.cases.pairs import pick
from console.cases.subject import subject
from console.errors import GateBlocked, GateDeferred
from console.gate.guard import judge
from console.gate.receipts import claimed_until
from console.gate.types import Decision, Message
from console.ledger.models import payment
from console.negotiation import claims, disputes
from console.store.statement import add, change
from console.store.transaction import Tx
from console.timeline.models import item
from console.timeline.queries import ItemRow
from console.wire.ids import new_id
from tests.negotiation.scene import Scene


def judged(scene: Scene, text: str) -> Decision:
    """What the gate says to what Ana calls a receipt."""
    wish = Message(channel="whatsapp", purpose="payment_confirmation", text=text, sender="ana")
    row = scene.row
    return scene.world.see(lambda reader: judge(reader, subject(reader, row, pick(reader, row, "whatsapp")), wish))


def book_elsewhere(tx: Tx, scene: Scene) -> None:
    add(
        tx, payment, id=new_id(), debtor_id=scene.debtor, portfolio_id="another", method="pix", amount_minor=5,
        currency="BRL", paid_at=tx.now, value_date="2026-11-19", state="confirmed", detail="{}", created_at=tx.now,
    )  # fmt: skip


def test_only_a_payment_to_this_portfolio_is_confirmed(scene: Scene) -> None:
    scene.world.do(book_elsewhere, scene)
    assert judged(scene, "Recebemos seu pagamento. Obrigada!").purpose == "proactive"
    scene.pays(10_000)
    assert judged(scene, "Recebemos seu pagamento. Obrigada!").purpose == "payment_confirmation"
    assert judged(scene, "Maria, falta pagar o resto da fatura hoje.").purpose == "proactive"


def test_a_person_who_calls_a_demand_a_receipt_does_not_go_round_a_dispute(scene: Scene) -> None:
    scene.answers()
    scene.pays(10_000)
    new = disputes.NewDispute(client_id=new_id(), charges="all", reason="not_mine", text="não reconheço")
    scene.world.do(disputes.open_dispute, scene.ana, scene.case, new)
    assert judged(scene, "Recebemos seu pagamento. Obrigada!").code == "ALLOW"
    assert judged(scene, "Maria, falta pagar o resto da fatura hoje.").code == "DISPUTE_OPEN"


def fail(tx: Tx, item_id: str) -> None:
    change(tx, item, {"id": item_id}, status="failed")


def receipt(scene: Scene) -> ItemRow:
    return next(each for each in scene.thread() if each.direction == "out" and each.author_id == "system")


def test_a_receipt_that_failed_is_written_again_as_one_and_nothing_else_is(scene: Scene) -> None:
    scene.answers()
    scene.pays(10_000)
    first = receipt(scene)
    scene.world.do(fail, first.id)
    again, _ = scene.world.do(messages.retry, scene.ana, first.id, new_id(), scene.row.epoch, {})
    assert (again.purpose, again.text) == ("payment_confirmation", first.text)
    scene.world.do(fail, again.id)
    third, _ = scene.world.do(messages.retry, scene.ana, again.id, new_id(), scene.row.epoch, {})
    assert third.purpose == "payment_confirmation"
    with pytest.raises(GateBlocked) as found:  # judged as what it is: a word of our own accord without a consent
        scene.answers("Falta o resto.", purpose="payment_confirmation", retry_of=first.id)
    assert found.value.facts["reason"] == "NO_WA_OPTIN"


def agree(tx: Tx) -> None:
    tx.run("UPDATE contact_point SET consent = 'granted'", None)


def test_what_is_written_after_a_receipt_was_shown_waits_for_the_end_of_its_pause(scene: Scene) -> None:
    scene.world.do(agree)
    shown = scene.world.hear("segue o comprovante", kind="image").item or ""
    made, _ = scene.world.do(claims.claim_payment, scene.ana, scene.case,
                             claims.NewClaim(client_id=new_id(), item=shown))  # fmt: skip
    for later in (None, "2026-11-19T18:00:00Z"):
        with pytest.raises(GateDeferred) as found:
            scene.answers("Bom dia, Maria! Podemos conversar?", purpose="proactive", send_at=later)
        told = found.value.facts
        assert (told["reason"], told["allowed_at"]) == ("PAYMENT_CLAIM", "2026-11-26T11:00:00.000Z")
    assert scene.answers("Recebi, vou conferir."), "an answer goes on"
    assert scene.world.see(claimed_until, scene.debtor, scene.world.book) == made.check_at
    assert scene.world.see(claimed_until, scene.debtor, "another") is None
    scene.world.do(claims.dismiss_claim, scene.ana, made.id)
    assert scene.world.see(claimed_until, scene.debtor, scene.world.book) is None
    assert scene.answers("Bom dia, Maria! Podemos conversar?", purpose="proactive")
