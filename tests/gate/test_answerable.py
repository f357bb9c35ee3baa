"""Until when a debtor who waits may be answered: as an answer at any hour, then in the hours of the law."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from console.gate.answerable import answerable_until
from console.gate.house import House
from console.gate.profiles import effective
from console.gate.types import Day, Window
from console.wire.moment import HOUR, MINUTE
from tests.gate.cast import SAO_PAULO, SP, local

EXEMPT = effective((SP,))  # answers within 24 hours at any hour; else Monday to Friday 8 to 20, Saturday 8 to 14
BOUND = structs.replace(EXEMPT, reactive_exempt_from_window=False)
HOUSE = House(
    billing="first_party", whatsapp_attested=True, creditor_names=frozenset(), link_domains=frozenset(),
    numbers=frozenset(), windows=(), closed_days=frozenset(), amounts_at_level_1=True, proceedings_started=False,
    collector="", creditor="Loja Ipê",
)  # fmt: skip
DAYS: tuple[Day, ...] = ("MON", "TUE", "WED", "THU", "FRI")
MORNINGS = (Window(days=DAYS, opens=8 * 60, closes=12 * 60),)


def at(text: str) -> int:
    return local(SAO_PAULO, text)


@pytest.mark.parametrize(
    ("heard", "now", "until"),
    [
        ("2026-11-23 19:50", "2026-11-23 19:55", "2026-11-24 20:00"),  # an answer, then the open hours of the next day
        ("2026-11-23 21:00", "2026-11-23 22:00", "2026-11-24 21:00"),  # an answer to its end, where the hours are over
        ("2026-11-23 10:00", "2026-11-24 10:00", "2026-11-24 20:00"),  # no answer any more
        ("2026-11-23 10:00", "2026-11-25 19:50", "2026-11-25 20:00"),
        ("2026-11-23 10:00", "2026-11-25 20:00", "2026-11-26 20:00"),  # over: the next hours count
        ("2026-11-23 10:00", "2026-11-28 14:00", "2026-11-30 20:00"),  # Saturday afternoon
    ],
)
def test_where_answers_are_exempt(heard: str, now: str, until: str) -> None:
    assert answerable_until(EXEMPT, "whatsapp", HOUSE, (), at(heard), at(now)) == at(until)


@pytest.mark.parametrize(
    ("heard", "now", "until"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:01", "2026-11-23 20:00"),
        ("2026-11-23 19:50", "2026-11-23 19:55", "2026-11-23 20:05"),  # they are still there for a quarter of an hour
        ("2026-11-23 21:00", "2026-11-23 21:05", "2026-11-23 21:15"),
        ("2026-11-23 21:00", "2026-11-23 21:15", "2026-11-24 20:00"),
        ("2026-11-24 07:50", "2026-11-24 07:51", "2026-11-24 20:00"),  # by then the hours have begun
    ],
)
def test_where_hours_bind_answers(heard: str, now: str, until: str) -> None:
    assert answerable_until(BOUND, "whatsapp", HOUSE, (), at(heard), at(now)) == at(until)


def test_the_debtors_own_hours_and_the_houses_count_too() -> None:
    heard, now = at("2026-11-23 07:00"), at("2026-11-24 09:00")
    assert answerable_until(EXEMPT, "sms", HOUSE, MORNINGS, heard, now) == at("2026-11-24 12:00")
    strict = structs.replace(HOUSE, windows=MORNINGS, closed_days=frozenset({date(2026, 11, 25)}))
    assert answerable_until(EXEMPT, "sms", strict, (), heard, at("2026-11-24 12:00")) == at("2026-11-26 12:00")


def test_it_is_always_yet_to_come() -> None:
    heard = at("2026-11-27 13:00") + 1
    for minutes in range(0, 6 * 24 * 60, 7):
        now = heard + minutes * MINUTE
        for law in (EXEMPT, BOUND):
            until = answerable_until(law, "email", HOUSE, MORNINGS, heard, now)
            assert until is not None and now < until <= now + 4 * 24 * HOUR


def test_hours_that_never_come_end_nothing() -> None:
    never = (Window(days=("SUN",), opens=600, closes=660),)  # the law is closed on Sundays
    assert answerable_until(EXEMPT, "sms", HOUSE, never, at("2026-11-23 10:00"), at("2026-11-25 10:00")) is None
