"""Domain rules 3.5, rule 9: what keeps an offer back goes by the gate's own name for it."""

from __future__ import annotations

from typing import Any

import pytest

from console.cases.models import case
from console.debtors.models import debtor
from console.errors import GateBlocked
from console.negotiation.offer import OfferBody, offer_plan
from console.store.base import dump
from console.store.statement import change
from tests.negotiation.scene import Scene


def refused(scene: Scene, *, holds: list[str], stops: list[str]) -> tuple[Any, Any]:
    """Reason and rule of the refusal of an offer under these."""
    scene.identified()
    made = scene.plan()
    marked = [{"stop": each, "at": 0, "by": "ana", "until": None} for each in stops]
    scene.world.do(lambda tx: change(tx, case, {"id": scene.case}, holds=dump(holds)))
    scene.world.do(lambda tx: change(tx, debtor, {"id": scene.debtor}, stops=dump(marked)))
    with pytest.raises(GateBlocked) as found:
        scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp"))
    return found.value.facts["reason"], found.value.facts["rule"]


@pytest.mark.parametrize(
    ("holds", "code", "rule"),
    [
        (["distress"], "HARDSHIP_HOLD", "hold"),
        (["hardship"], "HARDSHIP_HOLD", "hold"),
        (["vulnerable"], "HARDSHIP_HOLD", "hold"),
        (["deceased"], "HARDSHIP_HOLD", "hold"),
        (["legal"], "LEGAL_ONLY", "debt_state"),
        (["time_barred"], "TIME_BARRED", "debt_state"),
        (["hardship", "legal", "time_barred"], "TIME_BARRED", "debt_state"),
        (["hardship", "legal"], "LEGAL_ONLY", "debt_state"),
    ],
)
def test_a_hold_keeps_an_offer_back_by_the_gate_s_code(scene: Scene, holds: list[str], code: str, rule: str) -> None:
    assert refused(scene, holds=holds, stops=[]) == (code, rule)


@pytest.mark.parametrize(
    ("stops", "code"),
    [
        (["deceased"], "DECEASED"),
        (["minor"], "MINOR"),
        (["fraud"], "FRAUD_HOLD"),
        (["cease_contact"], "CEASE_CONTACT"),
        (["insolvency"], "INSOLVENCY"),
        (["represented"], "REPRESENTED"),
        (["cease_contact", "fraud"], "FRAUD_HOLD"),
    ],
)
def test_a_stop_keeps_an_offer_back_by_the_gate_s_code(scene: Scene, stops: list[str], code: str) -> None:
    assert refused(scene, holds=["hardship"], stops=stops) == (code, "person_stop")
