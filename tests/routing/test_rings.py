from __future__ import annotations

import pytest

from routing.policy import Policy
from routing.rings import lacking, next_ring_at, reached, rings
from tests.routing.cast import NOON, POLICY, SECOND, need


def wanted_after(seconds: int, *needs: object) -> dict[str, int]:
    ladder = rings(needs, POLICY)  # type: ignore[arg-type]
    return dict(ladder[reached(ladder, NOON, NOON + seconds * SECOND)].wanted)


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, 5), (29, 5), (30, 4), (119, 4), (120, 2), (299, 2), (300, None), (9_999, None)]
)
def test_a_level_falls_in_steps_and_then_the_need_is_dropped(seconds: int, level: int | None) -> None:
    assert wanted_after(seconds, need("bucket:1_30", 5)).get("bucket:1_30") == level


@pytest.mark.parametrize("skill", ["legal", "dispute", "hardship", "lang:es", "country:CO"])
@pytest.mark.parametrize("steps", [None, (), (5,)])
def test_some_skills_never_relax_whatever_a_rule_says(skill: str, steps: tuple[int, ...] | None) -> None:
    assert wanted_after(10**7, need(skill, 3, steps)) == {skill: 3}


def test_a_need_may_relax_in_its_own_time() -> None:
    quick, slow = need("product:card", 1, (5,)), need("bucket:1_30", 2, (600, 1_200))
    assert wanted_after(4, quick, slow) == {"product:card": 1, "bucket:1_30": 2}
    assert wanted_after(5, quick, slow) == {"bucket:1_30": 2}
    assert wanted_after(600, quick, slow) == {"bucket:1_30": 1}
    assert wanted_after(1_200, quick, slow) == {}


def test_any_need_can_be_made_to_hold_for_ever() -> None:
    assert wanted_after(10**7, need("product:card", 2, None)) == {"product:card": 2}


def test_every_ring_is_wider_than_the_one_before() -> None:
    assert [ring.after_s for ring in rings((need("bucket:1_30"),), POLICY)] == [0, 300]
    assert len(rings((need("lang:es"),), POLICY)) == 1
    assert len(rings((), POLICY)) == 1


def test_the_order_of_the_needs_plays_no_part() -> None:
    one, other = need("bucket:1_30", 3), need("lang:es", 2)
    assert rings((one, other), POLICY) == rings((other, one), POLICY)


def test_the_next_ring_opens_at_its_second() -> None:
    ladder = rings((need("bucket:1_30", 3),), POLICY)
    assert next_ring_at(ladder, NOON, NOON) == NOON + 30 * SECOND
    assert next_ring_at(ladder, NOON, NOON + 30 * SECOND - 1) == NOON + 30 * SECOND
    assert next_ring_at(ladder, NOON, NOON + 30 * SECOND) == NOON + 120 * SECOND
    assert next_ring_at(ladder, NOON, NOON + 300 * SECOND) is None


def test_another_policy_opens_rings_at_other_times() -> None:
    assert [ring.after_s for ring in rings((need("high_value"),), Policy(relax_after_s=(7,)))] == [0, 7]


def test_what_is_lacking_is_named() -> None:
    assert lacking({"lang:es": 2}, (("dispute", 1), ("lang:es", 2))) == "dispute"
    assert lacking({"dispute": 1, "lang:es": 1}, (("dispute", 1), ("lang:es", 2))) == "lang:es"
    assert lacking({"dispute": 1, "lang:es": 2}, (("dispute", 1), ("lang:es", 2))) is None
