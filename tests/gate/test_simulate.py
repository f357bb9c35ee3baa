"""A month of planned contacts under a profile: the calendar and the counts say what it would be."""

from __future__ import annotations

import pytest

from console.commands.gate import register
from console.gate.profiles import profiles
from console.gate.simulate import Plan, simulate, told
from tests.gate.cast import SAO_PAULO, local

FIRST = local(SAO_PAULO, "2026-12-01 10:00")
AFTERNOON = local(SAO_PAULO, "2026-12-01 16:30")  # a lawful hour in every zone of every country


def plan(**changes: object) -> Plan:
    given = {"profile": "BR-SP", "first": FIRST, "every_days": 1, "days": 14, "channels": ("whatsapp",)}
    return Plan(**{**given, **changes})  # type: ignore[arg-type]


def test_every_day_is_three_a_week_and_never_on_sunday() -> None:
    steps = simulate(plan())
    allowed = [each for each in steps if each.decision.outcome == "allow"]
    assert len(steps) == 14 and len(allowed) == 6
    assert told(steps)["ALLOW"] == 6 and set(told(steps)) <= {"ALLOW", "CAP_WEEK", "OUT_OF_HOURS"}
    assert all(each.decision.allowed_at is not None for each in steps if each.decision.outcome == "defer")


def test_colombia_locks_the_channel_and_the_machine_to_one_a_week() -> None:
    steps = simulate(plan(profile="CO", channels=("whatsapp", "sms"), every_days=2))
    assert [each.decision.code for each in steps][:3] == ["ALLOW", "CHANNEL_LOCK", "CAP_WEEK"]


@pytest.mark.parametrize("profile", sorted(profiles()))
def test_every_profile_lets_something_leave_in_a_month(profile: str) -> None:
    assert told(simulate(plan(profile=profile, days=30, channels=("sms",), first=AFTERNOON))).get("ALLOW", 0) >= 1


@pytest.mark.parametrize("change", [{"profile": "XX"}, {"every_days": 0}, {"days": 400}, {"channels": ()}])
def test_a_plan_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"there is no profile XX|a plan has channels"):
        simulate(plan(**change))


def test_the_command_knows_it() -> None:
    import argparse

    parser = argparse.ArgumentParser()
    register(parser)
    asked = parser.parse_args(["simulate", "CL", "--every", "3", "--channel", "email"])
    assert (asked.profile, asked.every, asked.channel) == ("CL", 3, ["email"])
