from __future__ import annotations

import pytest

from routing.load import CaseLoad, is_over, may_start, next_change, parked, shown, total, weight
from routing.policy import Policy, Weights
from tests.routing.cast import HOUR, MINUTE, NOON, POLICY, agent

SILENT = CaseLoad(quiet_since=NOON)


def test_a_debtor_who_waits_weighs_a_whole_case() -> None:
    assert weight(CaseLoad(waiting_since=NOON - 9 * HOUR), POLICY, NOON) == 1_000


def test_a_case_that_waits_for_its_debtor_weighs_three_tenths() -> None:
    assert weight(SILENT, POLICY, NOON + MINUTE) == 300


def test_a_case_parks_when_the_debtor_has_been_silent_for_four_hours() -> None:
    assert weight(SILENT, POLICY, NOON + 4 * HOUR - 1) == 300
    assert weight(SILENT, POLICY, NOON + 4 * HOUR) == 0


def test_a_promise_plan_or_snooze_parks_until_it_ends() -> None:
    case = CaseLoad(quiet_since=NOON, hold_until=NOON + HOUR)
    assert parked(case, POLICY, NOON)
    assert weight(case, POLICY, NOON + HOUR) == 300


def test_an_answer_unparks_whatever_runs() -> None:
    case = CaseLoad(waiting_since=NOON, quiet_since=NOON, hold_until=NOON + 30 * 24 * HOUR)
    assert weight(case, POLICY, NOON + 5 * HOUR) == 1_000
    assert not parked(case, POLICY, NOON + 5 * HOUR)


def test_a_case_we_opened_weighs_nothing_until_the_debtor_speaks() -> None:
    assert weight(CaseLoad(), POLICY, NOON) == 0


def test_a_channel_may_weigh_less() -> None:
    policy = Policy(weights=Weights(channels={"email": 500}))
    assert weight(CaseLoad(channel="email", waiting_since=NOON), policy, NOON) == 500
    assert weight(CaseLoad(channel="sms", waiting_since=NOON), policy, NOON) == 1_000


@pytest.mark.parametrize(
    "case",
    [
        SILENT,
        CaseLoad(quiet_since=NOON, hold_until=NOON + HOUR),
        CaseLoad(quiet_since=NOON, hold_until=NOON + 9 * HOUR),
        CaseLoad(quiet_since=NOON - 5 * HOUR, hold_until=NOON + HOUR),
        CaseLoad(waiting_since=NOON, quiet_since=NOON),
        CaseLoad(),
    ],
)
def test_the_next_change_is_the_next_moment_at_which_the_weight_differs(case: CaseLoad) -> None:
    now, found, expected = NOON, [], []
    while (change := next_change(case, POLICY, now)) is not None:
        found.append((change, weight(case, POLICY, change)))
        now = change
    before = weight(case, POLICY, NOON)
    for minute in range(1, 10 * 60 + 1):
        at = NOON + minute * MINUTE
        if weight(case, POLICY, at) != before:
            before = weight(case, POLICY, at)
            expected.append((at, before))
    assert found == expected


def test_ten_times_three_tenths_is_exactly_three() -> None:
    assert total([SILENT] * 10, POLICY, NOON) == 3_000
    assert shown(3_000) == 3.0


@pytest.mark.parametrize(("load", "wire"), [(0, 0.0), (300, 0.3), (1_300, 1.3), (150, 0.2), (149, 0.1), (6_000, 6.0)])
def test_a_load_has_one_decimal_on_the_wire(load: int, wire: float) -> None:
    assert shown(load) == wire


def test_nothing_starts_beyond_the_capacity() -> None:
    assert may_start(agent("ana", load=5_000), 1_000)
    assert not may_start(agent("ana", load=5_001), 1_000)


def test_nothing_starts_beyond_the_most_cases_held_however_light() -> None:
    assert may_start(agent("ana", held=29), 0)
    assert not may_start(agent("ana", held=30), 0)


def test_an_agent_who_is_over_gets_not_even_a_case_that_weighs_nothing() -> None:
    ana = agent("ana", load=6_300)
    assert is_over(ana)
    assert not may_start(ana, 0)
    assert not is_over(agent("ana", load=6_000, held=30))
