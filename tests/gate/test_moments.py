"""Every edge of the ten countries' clocks: openings and closings, nights on which clocks change, holidays, overlays.

What the gate says is compared with the wall clock and the calendar, read plainly, and with itself at the moment to
which it defers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.gate.decide import decide
from console.gate.packs import Hours
from console.gate.profiles import countries, effective, profiles
from console.gate.types import Facts, Place
from console.wire.moment import HOUR, MINUTE, Ms, aware, from_aware
from tests.gate.cast import CLEAR, sms

FROM, DAYS = date(2026, 1, 1), 730
OF_HOURS = {"OUT_OF_HOURS", "HOLIDAY"}
COUNTRIES = sorted(countries())
PROFILED = tuple(Place(country=code[:2], subdivision=code[3:]) for code in sorted(profiles()))
ZONED = tuple(Place(country=code, subdivision=name) for code in COUNTRIES for name in sorted(countries()[code].zones))
PLACES = (*PROFILED, *ZONED)
HELLO = sms("Olá, Maria. Para não receber mais, responda SAIR.")
STEPS = (-HOUR, -1, 0, 1, HOUR)

some = settings(max_examples=120, deadline=None)


def late(place: Place) -> Facts:
    """Facts in which hours alone can stand in the way: late enough everywhere, nobody written to."""
    return msgspec.structs.replace(CLEAR, places=(place,), days_past_due=60)


def is_open(place: Place, at: Ms) -> bool:
    """Whether the wall clock and the calendar of every zone of a place say so."""
    return all(_shows_open(clock, aware(at).astimezone(clock.zone)) for clock in clocks_of(place))


def _shows_open(clock: Hours, local: datetime) -> bool:
    since = (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) // timedelta(milliseconds=1)
    holiday = clock.calendar is not None and clock.calendar.name(local.date())
    return not holiday and any(start <= since < end for start, end in clock.week[local.weekday()])


@cache
def clocks_of(place: Place) -> tuple[Hours, ...]:
    return effective((place,)).hours["sms"]


def edges(place: Place) -> st.SearchStrategy[Ms]:
    """The moments of two years at which a wall clock shows an opening or a closing, twice where it comes twice."""
    clock = st.sampled_from(clocks_of(place))
    return st.tuples(clock, st.integers(0, DAYS - 1), st.integers(0, 9), st.integers(0, 1)).map(_edge)


def _edge(drawn: tuple[Hours, int, int, int]) -> Ms:
    clock, ordinal, nth, fold = drawn
    day = FROM + timedelta(days=ordinal)
    walls = [wall for span in clock.week[day.weekday()] for wall in span] or [0]
    local = datetime.combine(day, datetime.min.time()) + timedelta(milliseconds=walls[nth % len(walls)])
    return from_aware(local.replace(tzinfo=clock.zone, fold=fold))


@cache
def changes(zone: ZoneInfo) -> tuple[Ms, ...]:
    """The moments of two years at which a zone's clocks change."""
    first = from_aware(datetime.combine(FROM, datetime.min.time(), zone))
    hours = [first + n * HOUR for n in range(DAYS * 24)]
    offset = [aware(at).astimezone(zone).utcoffset() for at in hours]
    return tuple(at for at, before, after in zip(hours[1:], offset, offset[1:], strict=False) if before != after)


CHANGES = tuple((place, at) for place in PLACES for clock in clocks_of(place) for at in changes(clock.zone))


def judged_rightly(place: Place, at: Ms) -> None:
    """Open as the clocks show, and a deferral's time is allowed, and nothing is between now and then."""
    decision = decide(HELLO, late(place), at)
    if is_open(place, at):
        assert decision.outcome == "allow", (decision.code, aware(at))
        assert decision.valid_until is None or not is_open(place, decision.valid_until)
        return
    assert decision.outcome == "defer" and decision.code in OF_HOURS, (decision.code, aware(at))
    then = decision.allowed_at
    assert then is not None and then > at and is_open(place, then)
    assert decide(HELLO, late(place), then).outcome == "allow"
    between = {at, then - 1, *(at + n * (then - at) // 8 for n in range(8))}
    assert not any(is_open(place, moment) for moment in between)


@pytest.mark.parametrize("country", COUNTRIES)
@settings(max_examples=100, deadline=None)
@given(data=st.data(), step=st.sampled_from(STEPS))
def test_every_opening_and_closing_is_where_the_wall_clock_shows_it(
    country: str, data: st.DataObject, step: int
) -> None:
    place = data.draw(st.sampled_from([each for each in PLACES if each.country == country]))
    judged_rightly(place, data.draw(edges(place)) + step)


@some
@given(change=st.sampled_from(CHANGES), minutes=st.integers(-36 * 60, 36 * 60))
@example(change=CHANGES[0], minutes=0)
def test_clocks_that_change_are_read_as_they_show(change: tuple[Place, Ms], minutes: int) -> None:
    place, at = change
    judged_rightly(place, at + minutes * MINUTE)


def test_clocks_change_in_chile_spain_mexico_and_the_united_states() -> None:
    assert {place.country for place, _ in CHANGES} >= {"CL", "ES", "MX", "US"}


@pytest.mark.parametrize("place", PROFILED, ids=lambda place: f"{place.country}-{place.subdivision}".rstrip("-"))
def test_no_holiday_is_worked(place: Place) -> None:
    seen = 0
    for clock in clocks_of(place):
        for day in (FROM + timedelta(days=n) for n in range(DAYS)):
            if clock.calendar is None or not clock.calendar.name(day):
                continue
            seen += 1
            noon = from_aware(datetime.combine(day, datetime.min.time(), clock.zone)) + 12 * HOUR
            decision = decide(HELLO, late(place), noon)
            assert decision.outcome == "defer" and decision.code in OF_HOURS, day
            assert decision.allowed_at is not None and is_open(place, decision.allowed_at)
            assert aware(decision.allowed_at).astimezone(clock.zone).date() > day
    assert (seen > 0) == countries()[place.country].closed.holidays


OVERLAYS = tuple(place for place in PROFILED if place.subdivision)


@some
@given(place=st.sampled_from(OVERLAYS), minutes=st.integers(0, DAYS * 24 * 60), days=st.integers(-5, 90))
def test_an_overlay_is_never_laxer_than_its_country(place: Place, minutes: int, days: int) -> None:
    at = from_aware(datetime.combine(FROM, datetime.min.time(), ZoneInfo("UTC"))) + minutes * MINUTE
    zone = str(effective((place,)).zones[0])
    nation = msgspec.structs.replace(CLEAR, places=(Place(country=place.country, tz=zone),), days_past_due=days)
    state = msgspec.structs.replace(nation, places=(msgspec.structs.replace(place, tz=zone),))
    wide, narrow = decide(HELLO, nation, at), decide(HELLO, state, at)
    if wide.outcome != "allow":
        assert narrow.outcome != "allow"
    if wide.allowed_at is not None and narrow.outcome == "defer":
        assert narrow.allowed_at is not None and narrow.allowed_at >= wide.allowed_at
