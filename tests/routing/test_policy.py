from __future__ import annotations

import msgspec
import pytest

from routing.policy import Advantages, Policy, Weights


def test_a_policy_is_data_that_survives_json() -> None:
    policy = Policy(relax_after_s=(10, 20), weights=Weights(channels={"email": 500}))
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy


@pytest.mark.parametrize("relax", [(0, 30), (30, 30), (120, 30)])
def test_rings_must_open_one_after_the_other(relax: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="relax_after_s"):
        Policy(relax_after_s=relax)


def test_steps_must_come_nearer() -> None:
    with pytest.raises(ValueError, match="window_s"):
        Policy(advantages=Advantages(window_s=((900, 1), (3_600, 2))))


def test_urgent_must_outweigh_everything_else() -> None:
    with pytest.raises(ValueError, match="urgent_s"):
        Policy(advantages=Advantages(urgent_s=3_600))


@pytest.mark.parametrize("changes", [{"max_held": -1}, {"weights": Weights(active=-1)}, {"lapse_s": -5}])
def test_numbers_must_not_be_negative(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="negative"):
        Policy(**changes)  # type: ignore[arg-type]
