from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from routing.order import Standing, next_edge, rank_at
from routing.policy import Advantages, Priority, most_s
from tests.routing.cast import HOUR, MINUTE, NOON, POLICY, SECOND, untimed

PLAIN = Standing(queued_at=NOON, waiting_since=NOON)


def terms(case: Standing, now: int = NOON) -> dict[str, int]:
    return {term.name: term.advantage_s for term in rank_at(case, POLICY, now)[1]}


def place(case: Standing, now: int = NOON) -> int:
    return rank_at(case, POLICY, now)[0]


def test_whoever_waits_longer_is_served_first() -> None:
    assert place(replace(PLAIN, waiting_since=NOON - MINUTE)) < place(PLAIN)


def test_a_case_whose_debtor_does_not_wait_stands_where_it_was_queued() -> None:
    assert place(Standing(queued_at=NOON)) == NOON


def test_the_rank_is_the_wait_less_the_terms() -> None:
    case = replace(PLAIN, priority="high", sla_due_at=NOON)
    rank, found = rank_at(case, POLICY, NOON)
    assert rank == NOON - sum(term.advantage_s for term in found) * SECOND


def test_terms_that_give_nothing_are_left_out() -> None:
    assert rank_at(PLAIN, POLICY, NOON)[1] == ()


def test_value_grows_with_the_logarithm_between_the_low_and_the_high_balance() -> None:
    owing = replace(PLAIN, low=10_000, high=1_000_000)
    assert terms(replace(owing, balance=10_000)) == {}
    assert terms(replace(owing, balance=100_000)) == {"value": 150}
    assert terms(replace(owing, balance=1_000_000)) == {"value": 300}


def test_value_is_capped() -> None:
    assert terms(replace(PLAIN, low=10_000, high=1_000_000, balance=10**12)) == {"value": 300}


def test_no_amount_moves_a_hardship_case() -> None:
    assert terms(replace(PLAIN, low=10_000, high=1_000_000, balance=1_000_000, care=True)) == {}


def test_a_portfolio_without_a_spread_of_balances_gives_nothing_for_value() -> None:
    assert terms(replace(PLAIN, low=0, high=0, balance=5_000)) == {}


def test_a_promise_due_within_a_day_helps_and_a_broken_one_more() -> None:
    case = replace(PLAIN, promise_due=NOON)
    assert terms(case, NOON - 25 * HOUR) == {}
    assert terms(case, NOON - 24 * HOUR) == {"promise": 180}
    assert terms(case, NOON + 9 * HOUR) == {"promise": 300}


def test_a_window_that_closes_within_the_hour_helps_until_it_has_closed() -> None:
    case = replace(PLAIN, window_closes_at=NOON)
    assert terms(case, NOON - HOUR - 1) == {}
    assert terms(case, NOON - HOUR) == {"window": 600}
    assert terms(case, NOON - 15 * MINUTE) == {"window": 1_200}
    assert terms(case, NOON) == {}


def test_the_last_lawful_hour_helps_until_it_is_over() -> None:
    case = replace(PLAIN, lawful_until=NOON)
    assert terms(case, NOON - 61 * MINUTE) == {}
    assert terms(case, NOON - 60 * MINUTE) == {"lawful": 300}
    assert terms(case, NOON - 1) == {"lawful": 600}
    assert terms(case, NOON) == {}


def test_the_sla_helps_before_it_is_missed_and_more_after() -> None:
    case = replace(PLAIN, sla_due_at=NOON + 5 * MINUTE)
    assert terms(case, NOON + 2 * MINUTE) == {}
    assert terms(case, NOON + 3 * MINUTE) == {"sla": 300}
    assert terms(case, NOON + 5 * MINUTE) == {"sla": 600}


def test_priority_moves_by_an_hour_each_way() -> None:
    assert terms(replace(PLAIN, priority="high")) == {"priority": 3_600}
    assert terms(replace(PLAIN, priority="low")) == {"priority": -3_600}


def test_an_urgent_case_stands_before_everything_that_has_not_waited_for_weeks() -> None:
    urgent = replace(PLAIN, priority="urgent")
    longest = Standing(
        queued_at=NOON - 24 * HOUR,
        waiting_since=NOON - 24 * HOUR,
        priority="high",
        balance=10**9,
        low=1,
        high=10**9,
        promise_due=NOON,
        window_closes_at=NOON + MINUTE,
        lawful_until=NOON + MINUTE,
        sla_due_at=NOON - 23 * HOUR,
    )
    assert place(urgent) < place(longest)


def test_past_three_targets_age_alone_decides() -> None:
    case = replace(PLAIN, sla_due_at=NOON + 5 * MINUTE, balance=10**9, low=1, high=10**9, priority="low")
    assert terms(case, NOON + 15 * MINUTE) == {"overdue": most_s(Advantages())}


moments = st.none() | st.integers(NOON - 30 * HOUR, NOON + 30 * HOUR)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    since = draw(st.integers(NOON - 30 * HOUR, NOON))
    return Standing(
        queued_at=since,
        waiting_since=draw(st.sampled_from([since, None])),
        priority=draw(st.sampled_from(get_args(Priority))),
        balance=draw(st.integers(0, 10**9)),
        low=draw(st.integers(0, 10**5)),
        high=draw(st.integers(0, 10**8)),
        care=draw(st.booleans()),
        promise_due=draw(moments),
        window_closes_at=draw(moments),
        lawful_until=draw(moments),
        sla_due_at=draw(st.none() | st.integers(since + 1, since + 5 * HOUR)),
    )


@untimed
@given(standings(), st.integers(0, 40 * HOUR))
def test_the_rank_changes_by_itself_at_an_edge_and_only_there(case: Standing, later_ms: int) -> None:
    now = NOON
    while (edge := next_edge(case, POLICY, now)) is not None and edge <= NOON + later_ms:
        assert edge > now
        now = edge
    assert rank_at(case, POLICY, now) == rank_at(case, POLICY, NOON + later_ms)


@untimed
@given(standings(), standings())
def test_nothing_newer_but_the_urgent_passes_a_case_past_three_targets(old: Standing, new: Standing) -> None:
    old = replace(old, waiting_since=old.queued_at, sla_due_at=old.queued_at + 5 * MINUTE)
    now = old.queued_at + 15 * MINUTE
    new = replace(new, queued_at=old.queued_at + 1, waiting_since=old.queued_at + 1)
    if new.priority != "urgent":
        assert place(old, now) < place(new, now)


@untimed
@given(standings())
def test_every_term_is_capped(case: Standing) -> None:
    give = most_s(POLICY.advantages)
    gained = sum(seconds for name, seconds in terms(case).items() if (name, case.priority) != ("priority", "urgent"))
    assert gained <= give
