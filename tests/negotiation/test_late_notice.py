"""Before a late agreement ends by itself its debtor is told (domain rules 3.5, 6): by the house, or by its agent."""

from __future__ import annotations

from channels.types import Accepted
from console.cases import send
from console.debtors.models import contact_point
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


def test_who_is_late_is_told_and_the_agreement_ends_after_that_alone(scene: Scene) -> None:
    made = agreed(scene)
    assert pass_days(scene, LATE_ON) == ["plan_late"]
    (notice,) = notices(scene)
    assert notice.channel == "sms" and reference(made.id) in notice.text
    assert "venceu em 10/12/2026" in notice.text and "até 08/01/2027" in notice.text and "R$" not in notice.text
    leaves(scene, notice.id)
    assert pass_days(scene, OVER_ON - LATE_ON - 1) == [] and scene.again(made).state == "active"
    assert pass_days(scene, 1) == ["plan_broken"] and scene.again(made).state == "broken"
    assert len(notices(scene)) == 1


def test_what_has_not_left_is_no_notice(scene: Scene) -> None:
    made = agreed(scene)
    scene.pass_days(OVER_ON + 2)
    (notice,) = notices(scene)
    assert (notice.status, scene.again(made).state, scene.again(made).detail) == ("queued", "active", "late")
    leaves(scene, notice.id)
    scene.pass_days(4)
    assert scene.again(made).state == "active"
    scene.pass_days(1)
    assert scene.again(made).state == "broken"


def test_where_nothing_may_be_told_the_agent_is_and_nothing_ends(scene: Scene) -> None:
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    rang = pass_days(scene, OVER_ON + 20)
    assert rang == ["plan_late", "plan_unnoticed"]  # the second once, when it would have ended
    assert (scene.again(made).state, withheld(scene), notices(scene)) == ("active", ["NO_WA_OPTIN"], [])


def test_what_the_agent_writes_of_it_is_the_notice(scene: Scene) -> None:
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    scene.pass_days(OVER_ON + 3)
    scene.world.hear("oi, sou eu")
    leaves(scene, scene.answers("Bom dia, Maria! Como posso ajudar?"))
    scene.pass_days(6)
    assert scene.again(made).state == "active"  # it does not name the agreement
    scene.world.hear("oi de novo")
    scene.identified()
    leaves(scene, scene.answers(f"Maria, o acordo {reference(made.id)} está com uma parcela em atraso desde dezembro."))
    scene.pass_days(4)
    assert scene.again(made).state == "active"
    scene.pass_days(1)
    assert scene.again(made).state == "broken"


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
