"""The clearance letter is planned by the payment that leaves nothing owed, in its transaction, and given once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from console.access.actor import SYSTEM
from console.jobs.models import job
from console.negotiation import clearance, documents, payments
from console.store.base import load
from console.store.statement import rows
from console.timeline import upload
from console.timeline.queries import AttachmentRow
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
