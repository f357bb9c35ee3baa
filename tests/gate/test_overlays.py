"""A state's rules on top of its country's only ever forbid more, whoever writes what to whom and when (1.2)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from console.gate.caps import waits
from console.gate.decide import decide
from console.gate.packs import Cap, Overlay
from console.gate.profiles import countries, effective, profiles
from console.gate.strict import must_be_sound
from console.gate.types import Contact, Decision, Facts, Message, Place, Window
from console.ledger.itemise import Items
from console.wire.moment import MINUTE, Ms
from tests.gate.cast import SAO_PAULO, contact, facts, local, whatsapp
from tests.gate.test_properties import messages, situations

OVERLAYS = sorted(code for code, profile in profiles().items() if profile.overlay is not None)
RANK = ("allow", "defer", "needs_approval", "block")
OWED = Items(1_000, "BRL", "", (("principal", 900), ("fine", 100)))
SUMS = ("São R$ 10,00 até 05/12.", "São R$ 10,00: valor original R$ 9,00, multa R$ 1,00.", "Loja Ipê: olá, Maria.")
UY = countries()["UY"]
MO = Overlay(
    code="UY-MO", name="Montevideo", version="2026-11-29", verified_on="2026-11-29", status="draft", confidence="C"
)
PLAIN = Message(channel="email", purpose="proactive", text="", sender="ana")
HOURS = Window(days=("MON", "TUE", "WED", "THU", "FRI", "SAT"), opens=600, closes=900)

CHANNELS = ("whatsapp", "sms", "email", "call")

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def meetings(draw: st.DrawFn) -> tuple[Message, Facts, Ms]:
    """A message, facts and a moment, with all that an overlay may be stricter about: hours, days late, sums, words."""
    calm = draw(st.booleans())
    message, (facts, now) = draw(messages()), draw(situations(clear=calm))
    if calm:  # nothing stands in the way but time, and what a state asks for
        message = msgspec.structs.replace(PLAIN, text=draw(st.sampled_from(SUMS)), automated=draw(st.booleans()))
        facts = msgspec.structs.replace(facts, contacts=facts.contacts[:1], days_past_due=draw(st.integers(0, 60)))
    changes = {
        "itemised": draw(st.sampled_from(((), (OWED,)))),
        "debtor_windows": draw(st.sampled_from(((), (HOURS,)))),
        "creditor_names": draw(st.sampled_from((facts.creditor_names, frozenset({"loja ipe"})))),
    }
    return message, msgspec.structs.replace(facts, **changes), now


def both(code: str, zone: str, message: Message, facts: Facts, now: Ms) -> tuple[Decision, Decision]:
    """What the country says, and what it says in the state: on the same clock, so that nothing else differs."""
    country, _, subdivision = code.partition("-")
    places = Place(country=country, tz=zone), Place(country=country, subdivision=subdivision, tz=zone)
    one, other = (decide(message, msgspec.structs.replace(facts, places=(place,)), now) for place in places)
    return one, other


@pytest.mark.parametrize("code", OVERLAYS)
def test_no_overlay_is_ever_laxer_than_its_country(code: str) -> None:
    zones = countries()[code[:2]].timezones

    @often
    @given(meeting=meetings(), zone=st.sampled_from(zones))
    def never_laxer(meeting: tuple[Message, Facts, Ms], zone: str) -> None:
        national, state = both(code, zone, *meeting)
        said = f"{code}: {state.outcome} ({state.code}) where {code[:2]} says {national.outcome} ({national.code})"
        assert RANK.index(state.outcome) >= RANK.index(national.outcome), said
        if national.allowed_at is not None and state.allowed_at is not None:
            assert state.allowed_at >= national.allowed_at, said

    never_laxer()


@pytest.mark.parametrize("code", OVERLAYS)
def test_a_state_lets_through_what_suits_both_and_waits_where_its_country_waits(code: str) -> None:
    """So that what is never laxer is not simply shut."""
    said = msgspec.structs.replace(PLAIN, text="Loja Ipê: olá, Maria.")
    for moment, outcome in (("2026-11-24 11:00", "allow"), ("2026-11-29 11:00", "defer")):
        national, state = both(code, SAO_PAULO, said, facts(), local(SAO_PAULO, moment))
        assert (national.outcome, state.outcome) == (outcome, outcome)
    national, state = both(code, SAO_PAULO, said, facts(paid=True), local(SAO_PAULO, "2026-11-24 11:00"))
    assert (national.outcome, state.outcome) == ("block", "block")


@pytest.mark.parametrize("code", OVERLAYS)
def test_an_overlay_holds_all_that_its_country_asks(code: str) -> None:
    country, _, subdivision = code.partition("-")
    zone = countries()[country].timezones[0]
    national = effective((Place(country=country, tz=zone),))
    state = effective((Place(country=country, subdivision=subdivision, tz=zone),))
    assert set(national.caps) <= set(state.caps)
    assert set(national.banned) <= set(state.banned)
    assert set(national.elements) <= set(state.elements)
    assert set(national.identification) <= set(state.identification)
    assert set(national.consent) <= set(state.consent)
    assert state.allowed_recipients <= national.allowed_recipients and state.exempt <= national.exempt
    assert state.min_days_late >= national.min_days_late


def test_a_message_that_cannot_leave_as_it_stands_is_not_put_off_where_the_debt_is_too_young() -> None:
    """Amazonas waits for sixteen days late; WhatsApp's shut window stops a free text there as everywhere."""
    now = local(SAO_PAULO, "2026-11-24 10:00")
    for closes in (None, now - MINUTE):
        national, amazonas = both("BR-AM", SAO_PAULO, whatsapp(), facts(days_past_due=3, window_closes_at=closes), now)
        assert national.code == amazonas.code == "WA_WINDOW_CLOSED"
    open_now = facts(days_past_due=3, window_closes_at=now + MINUTE)
    amazonas = both("BR-AM", SAO_PAULO, whatsapp(), open_now, now)[1]
    assert (amazonas.code, amazonas.warnings) == ("TOO_EARLY", ("WA_WINDOW_CLOSES_FIRST",))


def caps() -> st.SearchStrategy[Cap]:
    return st.builds(
        Cap,
        code=st.just("GAP"),
        kind=st.sampled_from(("count", "count", "gap", "lock")),
        max=st.integers(1, 9),
        full_days=st.integers(0, 8),
        per=st.sampled_from(("day", "week")),
        channels=st.frozensets(st.sampled_from(CHANNELS), max_size=3),
        applies=st.sampled_from(("all", "all", "automated", "human")),
        basis=st.just("law"),
        source=st.just("Ley X"),
    )


@settings(often, max_examples=400)
@given(above=caps(), cap=caps(), steps=st.lists(st.tuples(
    st.integers(1, 3 * 24 * 60), st.sampled_from(CHANNELS), st.booleans()), min_size=5, max_size=40))  # fmt: skip
def test_a_cap_refused_as_laxer_would_never_have_stopped_anything(
    above: Cap, cap: Cap, steps: list[tuple[int, str, bool]]
) -> None:
    """Whoever keeps to the country's cap, as closely as it lets, never meets the one that was refused."""
    try:
        must_be_sound(msgspec.structs.replace(UY, caps=(above,), overlays=(msgspec.structs.replace(MO, caps=(cap,)),)))
    except ValueError:
        assume(cap != above)
    else:
        return
    zones, at = (ZoneInfo("America/Montevideo"),), local("UTC", "2026-03-02 15:00")
    made: list[Contact] = []
    for minutes, channel, automated in steps:
        message = msgspec.structs.replace(PLAIN, channel=channel, automated=automated)
        first = max([at + minutes * MINUTE, *(each.until for each in waits(message, tuple(made), (above,), zones))])
        at = first if minutes % 2 else at + minutes * MINUTE
        if at >= first:
            assert all(each.until <= at for each in waits(message, tuple(made), (cap,), zones))
            made.append(contact(at, channel))
