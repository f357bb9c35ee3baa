"""Who owes with the debtor, or stands beside them, agrees to nothing in their name (docs/decisions/0029)."""

from __future__ import annotations

import pytest

from channels.types import Sender
from console.debtors.holders import GivenHolder, Role
from console.debtors.resolve import add_point, find_or_add_address
from console.errors import Invalid
from console.negotiation.accept import Evidence, accept_plan
from console.store.transaction import Tx
from tests.negotiation.scene import Scene

ROSA = Sender(wa_id="5511900001111", phone="+5511900001111", name="Rosa")


@pytest.mark.parametrize("role", ["guarantor", "co_debtor", "other"])
def test_anothers_yes_is_none_of_the_debtors(scene: Scene, role: Role) -> None:
    def beside(tx: Tx) -> None:
        holder = GivenHolder(role, "Rosa Antunes", "contrato 7")
        add_point(tx, scene.debtor, find_or_add_address(tx, "whatsapp", ROSA), source="contract", holder=holder)

    scene.world.do(beside)
    made = scene.offered()
    assert scene.says("Acepto", sender=ROSA) == ""
    tap = {"id": f"plan:{made.id}:refuse", "title": "Não quero"}
    assert scene.says("Não quero", sender=ROSA, kind="button", detail=tap) == ""
    hers = scene.world.hear("Tá bom, combinado assim", ROSA)
    assert hers.case == scene.case
    with pytest.raises(Invalid, match="beside the debtor") as refused:
        scene.world.do(accept_plan, scene.ana, made.id, Evidence(evidence={"item": hers.item or ""}))
    assert refused.value.facts["field"] == "evidence.item" and scene.again(made).state == "offered"
    assert scene.says("Aceito") == "accepted"
