"""The vectors of the domain rules, section by section; and that every total is the sum of its parts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import Conflict
from console.ledger.accrual import ORDER, Move, Terms, bucket_of, parts
from console.ledger.authority import Wish, limits, needed
from console.ledger.calendar import is_business_day, next_business_day
from console.ledger.promised import tolerance, verdict
from console.ledger.schedule import due_dates, granted, schedule, split
from console.ledger.states import DISPUTE, PLAN, PROMISE, TABLES, step

BRAZIL = Terms(200, 100)  # 2 % once, 1 % for thirty days
MONDAY = date(2026, 11, 16)


def owes(principal: int, days: int, moves: list[Move] | None = None, due: date = MONDAY) -> tuple[int, int, int]:
    found = parts(principal, 0, due, next_business_day(due, "BR"), BRAZIL, moves or [], due + timedelta(days=days))
    return found.fine, found.interest, found.total


@pytest.mark.parametrize(
    ("principal", "days", "fine", "interest", "total"),
    [
        (25_000, 0, 0, 0, 25_000),
        (25_000, 1, 500, 8, 25_508),
        (25_000, 17, 500, 142, 25_642),
        (25_000, 45, 500, 375, 25_875),
        (9_999, 7, 200, 23, 10_222),
        (100, 1, 2, 0, 102),
        (33_333, 31, 667, 344, 34_344),
        (1_234_567, 92, 24_691, 37_860, 1_297_118),
    ],
)
def test_fine_and_interest_of_section_3_3(principal: int, days: int, fine: int, interest: int, total: int) -> None:
    assert owes(principal, days) == (fine, interest, total)


def test_a_due_date_on_a_weekend_is_paid_without_interest_on_the_next_bank_day_section_3_3() -> None:
    saturday = date(2026, 11, 14)
    assert owes(25_000, 2, due=saturday) == (0, 0, 25_000)
    assert owes(25_000, 3, due=saturday) == (500, 25, 25_525)  # three days, from the original date


def test_the_days_on_which_brazilian_banks_are_shut() -> None:
    assert not is_business_day(date(2026, 2, 16), "BR") and not is_business_day(date(2026, 2, 17), "BR-SP")
    assert not is_business_day(date(2026, 6, 4), "BR") and not is_business_day(date(2026, 11, 20), "BR")
    assert is_business_day(date(2026, 11, 19), "BR") and is_business_day(date(2026, 2, 16), "MX")


def test_a_part_payment_stops_interest_on_what_it_settled_and_the_fine_stays() -> None:
    paid = [Move(MONDAY + timedelta(days=17), "fine", 500), Move(MONDAY + timedelta(days=17), "interest", 142),
            Move(MONDAY + timedelta(days=17), "principal", 10_000)]  # fmt: skip
    fine, interest, total = owes(25_000, 47, paid)
    assert (fine, interest) == (500, 292)  # (25000*17 + 15000*30) * 1 % / 30, rounded once
    assert total == 25_000 + 500 + 292 - 10_642


def test_a_payment_told_late_but_made_in_time_bears_no_fine() -> None:
    assert owes(25_000, 45, [Move(MONDAY, "principal", 25_000)]) == (0, 0, 0)


def test_while_a_plan_lives_nothing_accrues_and_its_discount_shows() -> None:
    as_of = MONDAY + timedelta(days=17)
    found = parts(25_000, 0, MONDAY, MONDAY, BRAZIL, [], MONDAY + timedelta(days=90), frozen=as_of,
                  granted={"interest": 142})  # fmt: skip
    assert (found.fine, found.interest, found.discount, found.total) == (500, 142, 142, 25_500)


@given(
    principal=st.integers(1, 10**9), fees=st.integers(0, 10**6), days=st.integers(-30, 900),
    rates=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)),
    moves=st.lists(st.tuples(st.integers(-10, 900), st.sampled_from(ORDER), st.integers(0, 10**6), st.booleans())),
)  # fmt: skip
def test_the_parts_of_a_charge_always_add_up(
    principal: int, fees: int, days: int, rates: tuple[int, int], moves: list[tuple[int, str, int, bool]]
) -> None:
    told = [Move(MONDAY + timedelta(days=on), name, amount, less) for on, name, amount, less in moves]
    found = parts(principal, fees, MONDAY, MONDAY, Terms(*rates), told, MONDAY + timedelta(days=days))
    assert found.total == principal + fees + found.fine + found.interest - found.discount - found.paid
    assert found.fine >= 0 and found.interest >= 0


@pytest.mark.parametrize(
    ("days", "bucket"), [(-4, "CURRENT"), (0, "CURRENT"), (1, "B1_30"), (30, "B1_30"), (31, "B31_60"), (60, "B31_60"),
                         (61, "B61_PLUS"), (400, "B61_PLUS")]
)  # fmt: skip
def test_ageing_buckets_of_section_3_4(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


@pytest.mark.parametrize(
    ("total", "down", "count", "increment", "amounts"),
    [
        (100_000, 20_000, 6, 1, [13_334, 13_334, 13_333, 13_333, 13_333, 13_333]),
        (25_642, 5_000, 3, 1, [6_881, 6_881, 6_880]),
        (10_001, 0, 4, 1, [2_501, 2_500, 2_500, 2_500]),
        (1_000_000, 0, 7, 1, [142_858, *[142_857] * 6]),  # CLP
        (123_456_700, 0, 6, 5_000, [20_580_000, *[20_575_000] * 4, 20_576_700]),  # COP to fifty pesos
        (99_990, 0, 12, 1, [*[8_333] * 6, *[8_332] * 6]),
    ],
)
def test_instalments_of_section_3_5(total: int, down: int, count: int, increment: int, amounts: list[int]) -> None:
    assert split(total - down, count, increment) == amounts
    lines = schedule(total, down, count, date(2026, 12, 10), MONDAY, "BR", increment=increment)
    assert sum(each.amount for each in lines) == total and len(lines) == count + bool(down)


@given(rest=st.integers(1, 10**13), count=st.integers(1, 60), increment=st.sampled_from([1, 50, 5_000]))
def test_instalments_always_add_up(rest: int, count: int, increment: int) -> None:
    amounts = split(rest, count, increment)
    assert (
        sum(amounts) == rest
        and len(amounts) == count
        and max(amounts[:-1], default=0) - min(amounts[:-1], default=0) <= increment
    )


def test_due_dates_come_from_the_anchor_and_move_to_the_next_bank_day_section_3_5() -> None:
    found = due_dates(date(2026, 10, 31), 5, "BR")
    assert [wanted.isoformat() for _, wanted in found] == [
        "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]  # fmt: skip
    assert [due.isoformat() for due, _ in found] == [
        "2026-11-03", "2026-11-30", "2026-12-31", "2027-02-01", "2027-03-01"]  # fmt: skip
    assert [wanted.day for _, wanted in due_dates(date(2026, 12, 3), 3, "BR", day=15)] == [3, 15, 15]


@given(
    opened=st.lists(st.fixed_dictionaries({name: st.integers(0, 10**9) for name in ORDER}), min_size=1, max_size=8),
    bp=st.integers(0, 10_000),
)
def test_a_discount_is_rounded_once_and_its_shares_add_up(opened: list[dict[str, int]], bp: int) -> None:
    shares = granted(opened, {"interest": bp})
    whole = sum(each["interest"] for each in opened)
    assert sum(each["interest"] for each in shares) == (2 * whole * bp + 10_000) // 20_000
    assert all(0 <= share["interest"] <= each["interest"] for share, each in zip(shares, opened, strict=True))


WISH = {
    "bucket": "B61_PLUS",
    "extras_bp": 0,
    "principal_bp": 0,
    "instalments": 3,
    "total": 10_000,
    "down": 1_000,
    "days": 5,
}


@pytest.mark.parametrize(
    ("level", "change", "role", "because"),
    [
        ("agent", {}, None, ()),
        ("agent", {"extras_bp": 10_000, "principal_bp": 1_000}, None, ()),
        ("agent", {"principal_bp": 1_001}, "senior", ("principal_discount",)),
        ("agent", {"bucket": "B31_60", "principal_bp": 600}, "senior", ("principal_discount",)),
        ("agent", {"bucket": "B1_30", "principal_bp": 1}, "senior", ("principal_discount",)),
        ("agent", {"instalments": 13, "down": 999}, "senior", ("instalments", "down_payment")),
        ("agent", {"down": 0}, "supervisor", ("down_payment",)),
        ("agent", {"instalments": 1, "down": 0}, None, ()),
        ("senior", {"days": 8}, "supervisor", ("validity",)),
        ("supervisor", {"principal_bp": 4_001}, "manager", ("principal_discount",)),
        ("agent", {"instalments": 36, "principal_bp": 7_000}, "manager", ("principal_discount", "instalments")),
        ("manager", {"principal_bp": 7_001}, "", ("principal_discount",)),
    ],
)
def test_authority_of_section_3_5(
    level: str, change: dict[str, object], role: str | None, because: tuple[str, ...]
) -> None:
    found = needed(level, Wish(**{**WISH, **change}), {})  # type: ignore[arg-type]
    assert (None if found is None else found.role) == role
    assert found is None or set(because) <= set(found.because)


def test_a_portfolio_lowers_what_a_level_may_grant() -> None:
    own = {"authority": {"agent": {"instalments": 2}}}
    assert limits("agent", "B61_PLUS", own).instalments == 2 and limits("agent", "B61_PLUS", own).principal_bp == 1_000
    found = needed("agent", Wish(**WISH), own)  # type: ignore[arg-type]
    assert found is not None and found.because == ("instalments",)


@pytest.mark.parametrize(
    ("paid", "over", "outcome"),
    [
        (9_900, False, ("kept", "")), (9_899, False, ("open", "")), (9_899, True, ("broken", "kept_partial")),
        (5_000, True, ("broken", "kept_partial")), (4_999, True, ("broken", "")), (0, True, ("broken", "")),
    ],
)  # fmt: skip
def test_promises_of_section_3_6(paid: int, over: bool, outcome: tuple[str, str]) -> None:
    assert verdict(10_000, paid, "BRL", over=over) == outcome


def test_the_tolerance_of_a_promise_is_one_per_cent_and_at_least_one_unit_section_3_6() -> None:
    assert (tolerance(10_000, "BRL"), tolerance(500_000, "BRL"), tolerance(50, "CLP")) == (100, 5_000, 1)


STEPS = {
    "promise": {"open": "kept broken cancelled", "kept": "open"},
    "plan": {
        "draft": "needs_approval offered refused expired cancelled",
        "needs_approval": "draft refused expired cancelled",
        "offered": "accepted refused expired cancelled",
        "accepted": "active broken cancelled",
        "active": "fulfilled broken cancelled",
        "fulfilled": "active",
        "expired": "accepted",
    },
    "dispute": {
        "opened": "info_requested under_review upheld partially_upheld rejected withdrawn",
        "info_requested": "under_review upheld partially_upheld rejected withdrawn",
        "under_review": "info_requested upheld partially_upheld rejected withdrawn",
        "rejected": "reopened",
        "reopened": "info_requested under_review upheld partially_upheld rejected withdrawn",
    },
    "payment": {"suspense": "confirmed reversed", "confirmed": "reversed"},
    "claim": {"open": "confirmed dismissed lapsed", "lapsed": "confirmed"},
    "link": {
        "creating": "open failed", "open": "paid replaced cancelled", "replaced": "paid", "cancelled": "paid",
        "paid": "paid refunded", "refunded": "paid",
    },
    "recall": {"waiting": "applied tied dismissed", "applied": "dismissed", "dismissed": "tied"},
}  # fmt: skip
"""Every step there is, spelt out here: the tables of the product are no oracle for themselves."""


@pytest.mark.parametrize(
    ("kind", "now", "then"), [(kind, *pair) for kind, table in TABLES.items() for pair in product(table, repeat=2)]
)
def test_section_3_6_it_goes_only_by_its_table(kind: str, now: str, then: str) -> None:
    if then in STEPS[kind].get(now, "").split():
        assert step(kind, now, then) == then
    else:
        with pytest.raises(Conflict, match=f"A {kind} that is {now} cannot become {then}"):
            step(kind, now, then)


def test_section_3_6_no_kind_and_no_state_is_left_out() -> None:
    for kind, table in TABLES.items():
        spelt = set(STEPS[kind]) | {then for steps in STEPS[kind].values() for then in steps.split()}
        assert set(table) == spelt, kind
    assert set(STEPS) == set(TABLES)


def test_the_tables_hold_the_contract_s_states() -> None:
    assert set(PROMISE) == {"open", "kept", "broken", "cancelled"}
    assert set(PLAN) == {"draft", "needs_approval", "offered", "accepted", "active", "fulfilled", "refused", "expired",
                         "broken", "cancelled"}  # fmt: skip
    assert {"opened", "info_requested", "under_review", "upheld", "partially_upheld", "rejected"} <= set(DISPUTE)


def test_a_year_beyond_every_calendar_has_its_weekends_only() -> None:
    new_year = date(2999, 1, 1)
    assert new_year.weekday() == 1 and is_business_day(new_year, "BR")
    assert next_business_day(date(2999, 1, 5), "BR") == date(2999, 1, 7)
