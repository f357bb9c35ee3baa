"""A dispute is answered by the day that the law of the place names: told when it is near, an alarm when it is over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from console.cases.models import case
from console.cases.queries import OPEN_REQUESTS
from console.cases.send import start
from console.debtors.models import debtor
from console.negotiation import disputes, rows
from console.negotiation.answering import UNDUE
from console.negotiation.rows import DisputeRow
from console.store.base import load
from console.store.statement import change
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.negotiation.scene import Scene


def contested(scene: Scene, reason: str = "wrong_amount", place: str = "") -> DisputeRow:
    def moved(tx: Tx) -> None:
        change(tx, debtor, {"id": scene.debtor}, jurisdiction=place)

    if place:
        scene.world.do(moved)
    first = next(each for each in scene.debt.charges if each.total and "DISPUTED" not in each.overlays)
    new = disputes.NewDispute(client_id=new_id(), charges=[first.id], reason=reason)
    return scene.world.do(disputes.open_dispute, scene.sofia, scene.case, new)[0]


def alarms(scene: Scene) -> list[str]:
    return [each.reason for each in scene.world.see(lambda reader: OPEN_REQUESTS.all(reader, case_id=scene.case))]


def events(scene: Scene) -> list[str]:
    return [
        str(load(each.data)["name"])
        for each in sorted(scene.thread(), key=lambda each: each.position)
        if each.kind == "event"
    ]


@pytest.mark.parametrize(
    ("place", "reason", "day"),
    [
        ("", "other", "2026-12-04"),  # ten business days of Brazil, over the holiday of the 20th
        ("ES", "other", "2026-12-04"),  # the fifteenth day would be the 4th too: whichever is sooner
        ("ES", "unauthorised_fee", "2026-11-24"),  # five days for undue charges
        ("ES", "wrong_amount", "2026-11-24"),
        ("CO", "wrong_amount", "2026-12-04"),
        ("XX", "wrong_amount", "2026-12-04"),  # a place without a profile has the house's rule
    ],
)
def test_section_3_6_the_answer_is_due_by_the_law_of_the_place(scene: Scene, place: str, reason: str, day: str) -> None:
    made = contested(scene, reason, place)
    assert (made.answer_by, scene.row.answer_by) == (day, day)
    assert day.split("-")[::-1] == scene.said()[-1].split(" até ")[1][:10].split("/") if not place else True


def test_reasons_that_say_it_is_not_owed_are_reasons() -> None:
    assert set(disputes.REASONS) >= UNDUE and {"prescribed", "other"} == set(disputes.REASONS) - UNDUE


def test_what_acknowledges_a_dispute_leaves_though_all_is_contested_then(scene: Scene) -> None:
    new = disputes.NewDispute(client_id=new_id(), charges="all", reason="wrong_amount")
    made, _ = scene.world.do(disputes.open_dispute, scene.sofia, scene.case, new)
    told = next(each for each in scene.thread() if made.reference in (each.text or ""))
    assert scene.world.do(start, told.id, "w1") is not None
    assert next(each.status for each in scene.thread() if each.id == told.id) == "sending"


def test_it_is_told_when_it_is_near_and_stands_before_the_supervisors_when_it_is_over(scene: Scene) -> None:
    made = contested(scene)
    today = date.fromisoformat("2026-11-19")
    scene.pass_days((date.fromisoformat(made.answer_by) - today).days - 3)
    assert "dispute.near" not in events(scene)
    scene.world.do(lambda tx: change(tx, case, {"id": scene.case}, status="assigned", owner_id=scene.sofia.id))
    scene.pass_days(1)
    assert events(scene).count("dispute.near") == 1 and alarms(scene) == []
    notices = [fact for fact in scene.world.heard if fact.name == "notice.created"]
    assert [(fact.data["kind"], *fact.topics) for fact in notices] == [("dispute_near", f"user:{scene.sofia.id}")]
    scene.pass_days(2)
    assert alarms(scene) == []
    scene.pass_days(5)
    assert alarms(scene) == ["answer_overdue"] and events(scene).count("dispute.overdue") == 1
    assert events(scene).count("dispute.near") == 1
    given = disputes.Resolution(outcome="rejected", note="conferido")
    scene.world.do(disputes.resolve_dispute, scene.sofia, scene.case, made.id, given)
    assert (alarms(scene), scene.row.answer_by) == ([], None)
    scene.pass_days(30)
    assert alarms(scene) == []


def test_the_case_shows_the_first_of_several_and_the_alarm_stays_with_the_other(scene: Scene) -> None:
    first, second = contested(scene, "other"), contested(scene, "unauthorised_fee", "ES")
    assert scene.row.answer_by == second.answer_by and second.answer_by < first.answer_by
    scene.pass_days(40)
    assert alarms(scene) == ["answer_overdue"]
    given = disputes.Resolution(outcome="withdrawn", note="desistiu")
    scene.world.do(disputes.resolve_dispute, scene.sofia, scene.case, second.id, given)
    assert (alarms(scene), scene.row.answer_by) == (["answer_overdue"], first.answer_by)


def test_one_that_is_opened_again_is_answered_from_then_on(scene: Scene) -> None:
    made = contested(scene)
    scene.world.do(disputes.resolve_dispute, scene.sofia, scene.case, made.id,
                   disputes.Resolution(outcome="rejected", note="conferido"))  # fmt: skip
    scene.pass_days(20)
    again: Any = scene.world.do(disputes.move_dispute, scene.sofia, made.id, "reopened", "novo documento")
    assert again.answer_by == scene.row.answer_by and again.answer_by > made.answer_by
    assert scene.world.see(rows.one, DisputeRow, made.id).check_at is not None
