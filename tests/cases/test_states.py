"""The steps of cases and contact points of section 3.6: those of the tables, and every other is refused by name."""

from __future__ import annotations

from itertools import product

import pytest

from console.cases import states as cases
from console.debtors import states as points
from console.errors import Conflict

CASE_STEPS = {
    ("queued", "assigned"), ("queued", "snoozed"), ("queued", "resolved"), ("assigned", "queued"),
    ("assigned", "snoozed"), ("assigned", "resolved"), ("snoozed", "queued"), ("snoozed", "assigned"),
    ("snoozed", "resolved"), ("resolved", "queued"),
}  # fmt: skip
POINT_STEPS = {
    ("active", "wrong_number"), ("active", "removed"), ("wrong_number", "removed"), ("removed", "active"),
    ("removed", "wrong_number"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "then"), list(product(cases.CASE, repeat=2)))
def test_section_3_6_a_case_goes_only_by_its_table(now: str, then: str) -> None:
    if now == then or (now, then) in CASE_STEPS:
        assert cases.step(now, then) == then
    else:
        with pytest.raises(Conflict, match=f"A case that is {now} cannot become {then}"):
            cases.step(now, then)


@pytest.mark.parametrize(("now", "then"), list(product(points.POINT, repeat=2)))
def test_section_3_6_a_contact_point_goes_only_by_its_table(now: str, then: str) -> None:
    if now == then or (now, then) in POINT_STEPS:
        assert points.step(now, then) == then
    else:
        with pytest.raises(Conflict, match=f"A contact point that is {now} cannot become {then}"):
            points.step(now, then)
