"""An accepted plan begins the years of prescription anew, and nothing of it is prescribed while it lives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from console.gate.prescribed import Barred, barred, is_over
from console.negotiation import plans
from console.wire.moment import DAY
from tests.negotiation.scene import Scene

FIVE = 5
YEAR = 366 * DAY


@pytest.mark.parametrize(
    ("start", "today", "over"),
    [
        ("2015-01-10", "2020-01-10", False),
        ("2015-01-10", "2020-01-11", True),
        ("2016-02-29", "2021-02-28", False),
        ("2016-02-29", "2021-03-01", True),
    ],
)
def test_the_years_run_to_their_last_day(start: str, today: str, over: bool) -> None:
    assert is_over(date.fromisoformat(start), FIVE, date.fromisoformat(today)) is over
    assert not is_over(date.fromisoformat(start), 0, date.fromisoformat(today))


def test_a_plan_acknowledges_what_it_stands_for(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    made = scene.accepted()
    scene.world.clock.advance(6 * YEAR)  # the due dates are longer past than five years now, and so is the acceptance

    def seen() -> Barred:
        return scene.world.see(barred, scene.debt, scene.debtor, scene.world.book, FIVE)

    assert seen() == Barred()
    scene.world.do(plans.cancel_plan, scene.sofia, made.id, "a pedido")
    assert seen().every and seen().charges == {each.id for each in scene.debt.charges}


def test_a_plan_called_off_leaves_the_years_that_began_with_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.world.clock.advance(4 * YEAR)
    scene.says("oi, quero negociar")
    made = scene.accepted(first_due="2030-12-10")
    scene.world.clock.advance(2 * YEAR)
    scene.world.do(plans.cancel_plan, scene.sofia, made.id, "a pedido")
    assert scene.world.see(barred, scene.debt, scene.debtor, scene.world.book, FIVE) == Barred()
    scene.world.clock.advance(4 * YEAR)
    assert scene.world.see(barred, scene.debt, scene.debtor, scene.world.book, FIVE).every
