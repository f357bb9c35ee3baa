"""Before a late agreement ends by itself its debtor is told (domain rules 3.5, 6): by the house, or by its agent."""

from __future__ import annotations

import pytest

from channels.types import Accepted, Fault, Refused
from console.cases import send
from console.debtors.models import contact_point
from console.negotiation import rows
from console.negotiation.accept import reference
from console.negotiation.due import due, pass_due
from console.negotiation.rows import PlanRow
from console.store.base import load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.queries import ItemRow
from console.wire.moment import DAY, HOUR
from tests.negotiation.scene import Scene

LATE_ON = 27  # days from the agreement: the first instalment is due on 10 December, and five days are its grace
OVER_ON = 51  # it is thirty days late


def agreed(scene: Scene) -> PlanRow:
    """Maria also has an SMS number of her own, which she gave for reminders."""
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    scene.world.hear("bom dia", channel="sms")
    scene.world.do(_may_be_reminded, scene.debtor)
    return made


def _may_be_reminded(tx: Tx, debtor_id: str) -> None:
    change(tx, contact_point, {"debtor_id": debtor_id, "channel": "sms"}, source="debtor", disclosure=1,
           consent="granted", consent_at=tx.now)  # fmt: skip


def notices(scene: Scene) -> list[ItemRow]:
    found = [each for each in scene.thread() if each.direction == "out" and load(each.data).get("about") == "plan_late"]
    return sorted(found, key=lambda each: each.position)


def withheld(scene: Scene) -> list[str]:
    lines = [load(each.data) for each in scene.thread() if each.kind == "event"]
    return [line["data"]["code"] for line in lines if line["name"] == "message.withheld"]


def leaves(scene: Scene, item_id: str) -> None:
    assert scene.world.do(send.start, item_id, "w1") is not None
    scene.world.do(send.finish, item_id, Accepted(provider_id=f"SM{item_id[-8:]}"), "w1")


def pass_days(scene: Scene, days: int) -> list[str]:
    """Day by day; the kinds of the bells that rang."""
    rang: list[str] = []
    for _ in range(days):
        scene.world.clock.advance(DAY)
        for kind, row_id in scene.world.see(due):
            scene.world.do(pass_due, kind, row_id)
            rang += [fact.data["kind"] for fact in scene.world.heard if fact.name == "notice.created"]
    return rang


def lines(scene: Scene, name: str) -> int:
    return sum(load(each.data)["name"] == name for each in scene.thread() if each.kind == "event")


def fails(scene: Scene, item_id: str) -> None:
    assert scene.world.do(send.start, item_id, "w1") is not None
    fault = Fault(code="30003", title="unreachable")
    scene.world.do(send.finish, item_id, Refused(fault=fault), "w1")


def test_who_is_late_is_told_and_the_agreement_ends_after_that_alone(scene: Scene) -> None:
    made = agreed(scene)
    assert pass_days(scene, LATE_ON) == ["plan_late"]
    (notice,) = notices(scene)
    assert notice.channel == "sms" and reference(made.id) in notice.text
    assert "venceu em 10/12/2026" in notice.text and "até 08/01/2027" in notice.text and "R$" not in notice.text
    leaves(scene, notice.id)
    assert pass_days(scene, OVER_ON - LATE_ON - 1) == [] and scene.again(made).state == "active"
    assert pass_days(scene, 1) == ["plan_broken"] and scene.again(made).state == "broken"
    assert len(notices(scene)) == 1 and lines(scene, "plan.unnoticed") == 0


def test_what_has_not_left_is_no_notice_and_the_agent_is_asked(scene: Scene) -> None:
    made = agreed(scene)
    rang = pass_days(scene, OVER_ON + 2)
    (notice,) = notices(scene)
    assert (notice.status, scene.again(made).state, scene.again(made).detail) == ("queued", "active", "late")
    assert rang == ["plan_late", "plan_unnoticed"] and lines(scene, "plan.unnoticed") == 1
    leaves(scene, notice.id)
    scene.pass_days(4)
    assert scene.again(made).state == "active"  # five days from its departure
    scene.pass_days(1)
    assert scene.again(made).state == "broken"


def test_one_that_fails_to_arrive_is_the_agents_to_give_at_once(scene: Scene) -> None:
    made = agreed(scene)
    scene.pass_days(LATE_ON)
    (notice,) = notices(scene)
    fails(scene, notice.id)
    assert pass_days(scene, 30) == ["plan_unnoticed"]
    assert [each.status for each in notices(scene)] == ["failed"] and scene.again(made).state == "active"


def test_where_nothing_may_be_told_the_agent_is_and_nothing_ends(scene: Scene) -> None:
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    rang = pass_days(scene, OVER_ON + 20)
    assert rang[:2] == ["plan_late", "plan_unnoticed"]  # and once more when the next instalment is late as well
    assert (scene.again(made).state, withheld(scene), notices(scene)) == ("active", ["NO_WA_OPTIN"], [])


def test_the_agent_is_asked_though_nobody_looked_on_the_very_day(scene: Scene) -> None:
    scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    scene.pass_days(LATE_ON)
    scene.world.clock.advance((OVER_ON - LATE_ON + 4) * DAY)  # the process stood still
    assert pass_days(scene, 1) == ["plan_unnoticed"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Bom dia, Maria! Como posso ajudar?", "active"),
        ("Fique tranquila: o acordo {reference} continua.", "active"),  # it does not say what is late
        ("Maria, falta a parcela de 10/12. Consegue pagar?", "active"),  # nor this of which agreement
        ("Maria, no acordo {reference} falta a parcela de 10/12. Consegue pagar?", "broken"),
    ],
)
def test_what_the_agent_writes_of_it_is_the_notice(scene: Scene, text: str, state: str) -> None:
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    scene.pass_days(LATE_ON + 3)
    scene.world.hear("oi, sou eu")
    scene.identified()
    leaves(scene, scene.answers(text.format(reference=reference(made.id))))
    scene.pass_days(OVER_ON - LATE_ON - 3)
    assert scene.again(made).state == state


def test_each_instalment_that_ends_it_was_told(scene: Scene) -> None:
    """The first was told and paid in time: that was no notice of the second."""
    made = agreed(scene)
    scene.pass_days(LATE_ON)
    leaves(scene, notices(scene)[0].id)
    first = next(each for each in scene.world.see(rows.instalments, made.id) if each.n == 1)
    scene.pays(first.amount_minor)
    assert scene.again(made).detail == ""
    rang = pass_days(scene, 33)  # the next was due on 11 January
    assert rang == ["plan_late"] and len(notices(scene)) == 2 and "11/01/2027" in notices(scene)[1].text
    scene.pass_days(24)  # it is thirty days late, and its notice has not left
    assert scene.again(made).state == "active"


def test_who_is_not_known_well_enough_reads_once_that_there_is_a_notice(scene: Scene) -> None:
    made = agreed(scene)
    scene.world.do(_supplied_by_anyone, scene.debtor)
    scene.pass_days(LATE_ON + 5)
    (hint,) = notices(scene)
    assert reference(made.id) not in hint.text and "acordo" not in hint.text and "confirme que é você" in hint.text
    assert withheld(scene) == ["DISCLOSURE_TOO_HIGH"]
    leaves(scene, hint.id)
    scene.pass_days(OVER_ON - LATE_ON)
    assert scene.again(made).state == "active"  # it told of nothing


def _supplied_by_anyone(tx: Tx, debtor_id: str) -> None:
    change(tx, contact_point, {"debtor_id": debtor_id, "channel": "sms"}, disclosure=0)


def test_a_payment_calls_off_a_notice_that_waits(scene: Scene) -> None:
    agreed(scene)
    scene.world.clock.advance(10 * HOUR)  # eight in the evening: it waits for the morning
    scene.pass_days(LATE_ON)
    (notice,) = notices(scene)
    assert notice.status == "scheduled"
    scene.pays(34_134)
    (notice,) = notices(scene)
    assert notice.status == "cancelled"
