"""The rule packs: complete, sourced, and only ever stricter when they meet."""

from __future__ import annotations

from datetime import date
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from console.gate import tone
from console.gate.checks import POINT_CODES, STOP_CODES
from console.gate.decide import decide
from console.gate.packs import Country, Overlay, Week
from console.gate.profiles import CHANNELS, common_rules, countries, effective, intersection, profile_for, profiles
from console.gate.types import Place
from tests.gate.cast import BOGOTA, LIMA, MG, RJ, SANTIAGO, SAO_PAULO, SP, facts, local, sms

CODES = [
    *("SENDER_DISABLED PROFILE_NOT_APPROVED KILL_SWITCH OPT_OUT_ALL OPT_OUT_CHANNEL WA_MARKETING_STOPPED".split()),
    *("THIRD_PARTY DEBT_PAID DISPUTE_OPEN TIME_BARRED LEGAL_ONLY HARDSHIP_HOLD CARE_CONTENT TOO_EARLY".split()),
    *("NO_CONSENT NO_WA_OPTIN NO_OFFER_CONSENT DISCLOSURE_TOO_HIGH WA_WINDOW_CLOSED TPL_NOT_APPROVED".split()),
    *("TPL_PAUSED BANNED TONE PII_IN_BODY OUT_OF_HOURS HOLIDAY DEBTOR_INCONVENIENT_TIME CAP_DAY CAP_WEEK".split()),
    *("GAP CHANNEL_LOCK GATE_UNAVAILABLE ALLOW".split()),
    *(code for code in (*POINT_CODES.values(), *STOP_CODES.values()) if code),
]


def test_the_countries_and_states_are_there() -> None:
    assert set(countries()) == {"AR", "BR", "CL", "CO", "EC", "MX", "PE"}
    assert {code for code in profiles() if "-" in code} == {"BR-SP", "BR-RJ", "BR-ES", "BR-AM", "BR-AL", "AR-C"}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_rule_and_a_source(code: str) -> None:
    rule = common_rules()[code]
    assert rule.rule and rule.source


@pytest.mark.parametrize("code", sorted(countries()))
def test_every_rule_of_a_country_names_its_source(code: str) -> None:
    country = countries()[code]
    layers: tuple[Country | Overlay, ...] = (country, *country.overlays)
    sources = [row.source for layer in layers for row in layer.windows]
    sources += [cap.source for layer in layers for cap in layer.caps]
    sources += [banned.source for layer in layers for banned in layer.banned]
    sources += [country.closed.source, country.exempt.source, country.consent.source]
    assert all(len(source) > 5 for source in sources)
    assert set(country.sources) <= set(common_rules())


@pytest.mark.parametrize("code", sorted(profiles()))
def test_a_profile_says_when_it_was_checked_and_what_is_doubtful(code: str) -> None:
    profile = profiles()[code]
    top = profile.overlay or profile.country
    assert profile.status == "draft"
    assert date.fromisoformat(top.verified_on) and date.fromisoformat(top.version)
    assert top.confidence in ("A", "B") or top.doubts
    assert all(
        ZoneInfo(name) for names in (profile.country.timezones, *profile.country.zones.values()) for name in names
    )


@pytest.mark.parametrize("code", sorted(countries()))
def test_every_channel_has_hours_and_at_most_one_contact_a_day(code: str) -> None:
    law = effective((Place(country=code),))
    for channel in CHANNELS:
        assert any(spans for spans in law.hours[channel][0].week)
        assert not law.hours[channel][0].week[6]  # nobody is written to on a Sunday
    assert any(cap.code == "CAP_DAY" and cap.max == 1 and not cap.channels for cap in law.caps)


def test_an_overlay_only_narrows_its_country() -> None:
    for profile in profiles().values():
        if isinstance(profile.overlay, Overlay):
            state = effective((Place(country=profile.parent, subdivision=profile.code[3:], tz="America/Sao_Paulo"),))
            nation = effective((Place(country=profile.parent, tz="America/Sao_Paulo"),))
            week, wider = state.hours["sms"][0].week, nation.hours["sms"][0].week
            assert intersection(week, wider) == week
            assert state.min_days_late >= nation.min_days_late
            assert set(nation.identification) <= set(state.identification)


def _minutes(week: Week) -> int:
    return sum(end - start for day in week for start, end in day)


def test_two_places_are_never_laxer_than_each() -> None:
    for one, other in product((SP, RJ, MG, BOGOTA, SANTIAGO, LIMA), repeat=2):
        both, alone = effective((one, other)), effective((one,))
        assert set(alone.hours["sms"]) <= set(both.hours["sms"])
        assert set(alone.caps) <= set(both.caps)
        assert both.allowed_recipients <= alone.allowed_recipients
        assert both.exempt <= alone.exempt
        assert set(alone.consent) <= set(both.consent)
        assert set(alone.banned) <= set(both.banned)
        assert both.min_days_late >= alone.min_days_late
        assert _minutes(intersection(both.hours["sms"][0].week, alone.hours["sms"][0].week))


def test_a_state_without_an_overlay_has_its_countrys_profile() -> None:
    found = profile_for(MG)
    assert found is not None and found.code == "BR"
    assert profile_for(Place(country="UY")) is None
    sp = profile_for(SP)
    assert sp is not None and (sp.code, sp.parent, sp.key) == ("BR-SP", "BR", f"BR-SP@{sp.version}")


def test_an_approval_of_the_country_covers_its_states_and_not_the_other_way_round() -> None:
    version, now = countries()["BR"].version, local(SAO_PAULO, "2026-11-23 10:00")

    def outcome(code: str, place: Place) -> str:
        return decide(sms(), facts(profile_approvals=frozenset({(code, version)}), places=(place,)), now).outcome

    assert outcome("BR", SP) == "allow"
    assert outcome("BR-SP", SP) == "allow"
    assert outcome("BR-SP", RJ) == "block"
    assert outcome("BR-SP", MG) == "block"


def test_the_patterns_of_tone_compile_and_its_kinds_are_known() -> None:
    kinds = {row.kind for row, _ in tone.rows()}
    assert {"ASK_REASON", "UNSTARTED_PROCEEDINGS", "BUREAU_MENTION"} <= kinds
    assert {b.kind for country in countries().values() for b in country.banned} <= kinds
