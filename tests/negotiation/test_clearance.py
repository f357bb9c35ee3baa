"""The clearance letter is planned by the payment that leaves nothing owed, in its transaction, and given once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from console.access.actor import SYSTEM
from console.cases import send
from console.debtors.models import contact_point, debtor
from console.jobs.models import job
from console.negotiation import clearance, documents, payments
from console.store.base import load
from console.store.statement import change, rows
from console.timeline import upload
from console.timeline.queries import AttachmentRow
from console.wire.moment import DAY, HOUR
from tests.negotiation.scene import Scene


def planned(scene: Scene) -> list[dict[str, Any]]:
    clause = select(job.c.payload).where(job.c.kind == clearance.JOB)
    return [load(each) for each in scene.world.see(lambda reader: rows(reader, clause, lambda payload: payload))]


def printed(scene: Scene) -> AttachmentRow:
    drawn = scene.world.see(clearance.letter, scene.case)
    assert drawn is not None and drawn.paper.title == "Carta de quitação"
    given = upload.Given(drawn.name, "application/pdf", b"%PDF-1.4 letter")
    return documents.made_of(upload.judge(given, SYSTEM, scene.world.clock.now(), "kind"), drawn)


def test_only_what_leaves_nothing_owed_plans_a_letter(scene: Scene) -> None:
    scene.pays(1_000)
    assert planned(scene) == [] and scene.world.see(clearance.letter, scene.case) is None
    last, _ = scene.pays(scene.balance)
    assert planned(scene) == [{"case": scene.case, "payment": last.id}]


def test_a_letter_is_given_once_however_often_its_job_runs(scene: Scene) -> None:
    scene.answers()
    scene.identified()
    last, _ = scene.pays(scene.balance)
    assert scene.world.do(clearance.give, scene.case, last.id, printed(scene))
    assert "segue a sua carta de quitação" in scene.said()[-1]
    before = len(scene.said())
    assert not scene.world.do(clearance.give, scene.case, last.id, printed(scene))
    assert len(scene.said()) == before


def test_a_payment_taken_back_meanwhile_leaves_no_letter(scene: Scene) -> None:
    scene.answers()
    scene.identified()
    last, _ = scene.pays(scene.balance)
    file = printed(scene)
    scene.world.do(payments.reverse_payment, scene.sofia, last.id, "chargeback")
    before = len(scene.said())
    assert not scene.world.do(clearance.give, scene.case, last.id, file)
    assert scene.world.see(clearance.letter, scene.case) is None and len(scene.said()) == before


def test_the_owner_hears_of_a_letter_that_may_not_leave(scene: Scene) -> None:
    last, _ = scene.pays(scene.balance)
    assert scene.world.do(clearance.give, scene.case, last.id, printed(scene))
    (line,) = [load(each.data) for each in scene.thread() if each.kind == "event" and "clearance" in each.data]
    assert (line["name"], line["data"]["code"]) == ("clearance.ready", "DISCLOSURE_TOO_HIGH")
    assert [each.data["kind"] for each in scene.world.heard if each.name == "notice.created"] == ["clearance_ready"]


def last(scene: Scene) -> Any:
    return max((each for each in scene.thread() if each.direction == "out"), key=lambda each: each.position)


def in_the_evening(scene: Scene) -> None:
    """Monday at nine, after a holiday and a weekend, Maria writes and is identified."""
    scene.world.clock.advance(4 * DAY + 11 * HOUR)
    scene.world.hear("posso pagar agora?", provider_id="m3")
    scene.identified()


def overnight(scene: Scene) -> Any:
    """Maria pays it all at nine in the evening; her letter as it is planned for the morning."""
    paid, _ = scene.pays(scene.balance)
    assert scene.world.do(clearance.give, scene.case, paid.id, printed(scene))
    return last(scene)


def test_a_letter_that_waits_for_the_morning_leaves_then_where_they_were_known_lately(scene: Scene) -> None:
    in_the_evening(scene)
    letter = overnight(scene)
    assert "carta de quitação" in letter.text and letter.due_at > scene.world.clock.now() + 2 * HOUR
    scene.world.clock.advance(letter.due_at - scene.world.clock.now())
    assert scene.world.do(send.start, letter.id, "w1") is not None, "the hour of their identification is over"


def test_who_was_known_three_months_ago_is_asked_again(scene: Scene) -> None:
    scene.answers()
    scene.identified()
    scene.world.clock.advance(91 * DAY)
    scene.world.hear("já paguei tudo", provider_id="m2")
    found = overnight(scene)
    assert "Para recebê-lo, responda por aqui e confirme que é você." in found.text and "quitação" not in found.text
    assert "clearance.ready" in [load(each.data)["name"] for each in scene.thread() if each.kind == "event"]


@pytest.mark.parametrize("lost", ["shared", "wrong"])
def test_an_address_in_doubt_gets_no_letter_however_lately_it_was_proven(scene: Scene, lost: str) -> None:
    scene.answers()
    scene.identified()
    scene.world.clock.advance(2 * HOUR)
    point = scene.row.last_contact_point_id
    if lost == "shared":
        scene.world.do(lambda tx: change(tx, debtor, {"id": scene.debtor}, shared=1))
    else:
        scene.world.do(lambda tx: change(tx, contact_point, {"id": point}, verified=0, disclosure=0))
    assert "carta de quitação" not in overnight(scene).text


def test_a_receipt_that_waits_beyond_the_conversation_says_no_more_than_it_may_then(scene: Scene) -> None:
    """It was planned with its sums, found too open at its departure, and nothing left at all."""
    in_the_evening(scene)
    scene.world.do(lambda tx: change(tx, contact_point, {"debtor_id": scene.debtor}, disclosure=0))
    scene.pays(1_000)
    receipt = last(scene)
    assert receipt.due_at > scene.world.clock.now() and "R$" not in receipt.text
    scene.world.clock.advance(receipt.due_at - scene.world.clock.now())
    assert scene.world.do(send.start, receipt.id, "w1") is not None
