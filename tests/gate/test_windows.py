"""Openings and closings: exact at their edges, on the nights on which clocks change, on holidays."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.gate.decide import decide
from console.gate.holidays import easter, public_holidays
from console.gate.packs import Hours
from console.gate.profiles import effective
from console.gate.types import DAYS, Place, Window
from console.gate.weeks import week_of
from console.gate.windows import closed_by, lawful_until, local_day, local_midnight, next_open
from console.wire.moment import DAY, HOUR, MINUTE, Ms
from tests.gate.cast import BOGOTA, LIMA, RJ, SANTIAGO, SAO_PAULO, SP, TIJUANA, facts, local, sms

NONE: frozenset[date] = frozenset()
ZONES = (
    "America/Santiago",
    "America/Tijuana",
    "America/Havana",
    "America/Sao_Paulo",
    "Pacific/Easter",
    "Europe/Madrid",
)
FROM, TO = local("UTC", "2024-01-01 00:00"), local("UTC", "2029-01-01 00:00")


def clock(zone: str, opens: int, closes: int) -> Hours:
    return Hours(zone=ZoneInfo(zone), week=week_of([(DAYS, opens, closes)]))


@given(
    zone=st.sampled_from(ZONES),
    at=st.integers(FROM, TO),
    opens=st.integers(0, 1380),
    length=st.integers(1, 600),
    other=st.sampled_from(ZONES),
)
def test_the_next_opening_is_open_never_earlier_and_the_first(
    zone: str, at: Ms, opens: int, length: int, other: str
) -> None:
    clocks = (clock(zone, opens, min(opens + length, 1440)), clock(other, 0, 1200))
    opening = next_open(clocks, at, NONE)
    if opening is None:
        return
    assert opening >= at
    assert closed_by(clocks, opening, NONE) is None
    if opening > at:
        assert closed_by(clocks, opening - 1, NONE) is not None
        steps = range(at, opening, max(1, (opening - at) // 200))
        assert all(closed_by(clocks, step, NONE) is not None for step in steps)


@given(zone=st.sampled_from(ZONES), at=st.integers(FROM, TO), opens=st.integers(0, 1380), length=st.integers(1, 600))
def test_lawful_until_is_the_first_closed_moment(zone: str, at: Ms, opens: int, length: int) -> None:
    clocks = (clock(zone, opens, min(opens + length, 1440)),)
    start = next_open(clocks, at, NONE)
    assert start is not None
    end = lawful_until(clocks, start, NONE)
    if end is None:  # a span that midnight only joins to the next one
        assert (opens, opens + length) == (0, 1440)
        return
    assert end > start
    assert closed_by(clocks, end, NONE) is not None
    steps = range(start, end, max(1, (end - start) // 100))
    assert all(closed_by(clocks, step, NONE) is None for step in (*steps, end - 1))


@given(zone=st.sampled_from(ZONES), at=st.integers(FROM, TO))
def test_midnight_is_the_first_moment_of_its_day(zone: str, at: Ms) -> None:
    here = ZoneInfo(zone)
    day = local_day(here, at)
    midnight = local_midnight(here, day)
    assert local_day(here, midnight) == day
    assert local_day(here, midnight - 1) < day
    assert midnight <= at


def test_a_window_that_begins_in_a_skipped_hour_opens_when_the_skip_ends() -> None:
    early = (clock("America/Santiago", 30, 90),)  # 00:30 to 01:30; on 6 September 2026 00:00 becomes 01:00
    opening = next_open(early, local("America/Santiago", "2026-09-05 12:00"), NONE)
    assert opening == local("America/Santiago", "2026-09-06 01:00")


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    late = (clock("America/Santiago", 23 * 60, 23 * 60 + 30),)  # on 4 April 2026 24:00 becomes 23:00
    first = local("America/Santiago", "2026-04-04 23:00")
    assert lawful_until(late, first, NONE) == first + 30 * MINUTE
    assert next_open(late, first + 30 * MINUTE, NONE) == first + HOUR


def test_clocks_that_never_meet_have_no_opening_and_the_message_is_blocked() -> None:
    apart = (clock(SAO_PAULO, 480, 600), clock(SAO_PAULO, 600, 720))
    assert next_open(apart, FROM, NONE) is None
    evenings = (Window(days=DAYS, opens=21 * 60, closes=22 * 60),)
    decision = decide(sms(), facts(policy_windows=evenings), local(SAO_PAULO, "2026-11-23 10:00"))
    assert (decision.outcome, decision.code, decision.allowed_at) == ("block", "OUT_OF_HOURS", None)


@pytest.mark.parametrize("edge", ["2026-11-23 08:00", "2026-11-28 08:00"])
def test_an_opening_is_exact_to_the_millisecond(edge: str) -> None:
    opens = local(SAO_PAULO, edge)
    assert decide(sms(), facts(), opens).outcome == "allow"
    assert decide(sms(), facts(), opens - 1).allowed_at == opens


def test_an_unknown_zone_leaves_the_hours_of_all_zones_of_the_country() -> None:
    known = facts(places=(Place(country="BR"),))
    rio_branco, noronha = "America/Rio_Branco", "America/Noronha"
    eight, eight_pm = local(rio_branco, "2026-11-23 08:00"), local(noronha, "2026-11-23 20:00")
    assert decide(sms(), known, eight - 1).allowed_at == eight
    assert decide(sms(), known, eight).valid_until == eight_pm
    sao_paulo = facts(places=(Place(country="BR", subdivision="SP"),))
    assert decide(sms(), sao_paulo, local(SAO_PAULO, "2026-11-23 08:00")).outcome == "allow"


def test_hours_of_the_debtor_and_of_the_portfolio_only_narrow() -> None:
    mornings = (Window(days=DAYS, opens=9 * 60, closes=12 * 60),)
    noon, nine = local(SAO_PAULO, "2026-11-23 12:00"), local(SAO_PAULO, "2026-11-24 09:00")
    wished = decide(sms(), facts(debtor_windows=mornings), noon)
    assert (wished.code, wished.allowed_at) == ("DEBTOR_INCONVENIENT_TIME", nine)
    policy = decide(sms(), facts(policy_windows=mornings), noon)
    assert (policy.code, policy.allowed_at) == ("OUT_OF_HOURS", nine)
    on_mail_only = (Window(days=DAYS, opens=540, closes=720, channels=frozenset({"email"})),)
    assert decide(sms(), facts(debtor_windows=on_mail_only), noon).outcome == "allow"


def test_a_municipal_holiday_that_the_installation_added_closes_the_day() -> None:
    day = local(SAO_PAULO, "2026-11-24 10:00")
    decision = decide(sms(), facts(extra_holidays=frozenset({date(2026, 11, 24)})), day)
    assert (decision.code, decision.allowed_at) == ("HOLIDAY", local(SAO_PAULO, "2026-11-25 08:00"))


@pytest.mark.parametrize(
    ("place", "day", "name"),
    [
        (SP, "2026-02-16", "Segunda-feira de Carnaval"),
        (SP, "2026-02-17", "Terça-feira de Carnaval"),
        (RJ, "2026-06-04", "Corpus Christi"),
        (RJ, "2026-12-31", "Véspera de Ano-Novo"),
        (SP, "2026-07-09", "Revolução Constitucionalista"),
        (BOGOTA, "2026-01-12", "Día de los Reyes Magos (observado)"),
        (BOGOTA, "2026-11-16", "Independencia de Cartagena (observado)"),
        (SANTIAGO, "2026-09-18", "Día de la Independencia"),
        (LIMA, "2026-07-28", "Día de la Independencia"),
        (TIJUANA, "2026-11-16", "Día de la Revolución"),
    ],
)
def test_closed_days_have_their_names(place: Place, day: str, name: str) -> None:
    assert place.tz
    hours = effective((place,)).hours["sms"][0]
    assert hours.calendar
    assert hours.calendar.name(date.fromisoformat(day)) == name
    assert decide(sms(), facts(places=(place,)), local(place.tz, f"{day} 11:00")).code == "HOLIDAY"


def test_easter_agrees_with_the_calendars() -> None:
    for year in range(2020, 2041):
        good_friday = date.fromordinal(easter(year).toordinal() - 2)
        assert good_friday in public_holidays("BR", "", year)


def test_a_long_closure_is_crossed() -> None:
    carnival = local(SAO_PAULO, "2026-02-14 18:00")  # Saturday evening; Monday and Tuesday are closed
    assert decide(sms(), facts(), carnival).allowed_at == local(SAO_PAULO, "2026-02-18 08:00")
    assert carnival + 4 * DAY > local(SAO_PAULO, "2026-02-18 08:00")
