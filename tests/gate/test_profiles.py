"""The rule packs: complete, sourced, and only ever stricter when they meet."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.gate import tone
from console.gate.checks import POINT_CODES, STOP_CODES
from console.gate.decide import decide
from console.gate.packs import Country, Overlay, Week
from console.gate.profiles import (
    common_rules,
    countries,
    effective,
    profile_for,
    profiles,
    read_country,
)
from console.gate.types import Place
from console.gate.weeks import CHANNELS, intersection
from console.wire.countries import COUNTRIES
from tests.gate.cast import BOGOTA, LIMA, MG, RJ, SANTIAGO, SAO_PAULO, SP, facts, local, sms

CODES = [
    *("SENDER_DISABLED PROFILE_NOT_APPROVED KILL_SWITCH OPT_OUT_ALL OPT_OUT_CHANNEL WA_MARKETING_STOPPED".split()),
    *("THIRD_PARTY DEBT_PAID DISPUTE_OPEN TIME_BARRED LEGAL_ONLY HARDSHIP_HOLD CARE_CONTENT TOO_EARLY".split()),
    *("NO_CONSENT NO_WA_OPTIN NO_OFFER_CONSENT DISCLOSURE_TOO_HIGH WA_WINDOW_CLOSED TPL_NOT_APPROVED".split()),
    *("TPL_PAUSED BANNED TONE PII_IN_BODY OUT_OF_HOURS HOLIDAY DEBTOR_INCONVENIENT_TIME CAP_DAY CAP_WEEK".split()),
    *("WA_PROHIBITED_USE SMS_PROHIBITED_USE WA_LIMIT MISSING_ELEMENT STALE_BALANCE LINK_POLICY ATTACHMENT".split()),
    *("PAYMENT_CLAIM NUMBER_RED CHANNEL_RESTRICTED GAP CHANNEL_LOCK GATE_UNAVAILABLE ALLOW".split()),
    *(code for code in (*POINT_CODES.values(), *STOP_CODES.values()) if code),
]


def test_the_countries_and_states_are_there() -> None:
    assert set(countries()) == {"AR", "BR", "CL", "CO", "EC", "ES", "MX", "PE", "US", "UY"} == set(COUNTRIES)
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
    sources += [element.source for layer in layers for element in layer.elements]
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


def pack(extra: str = "", windows: str = "", overlay: str = "") -> str:
    """The text of a small country file, Uruguay's, changed."""
    text = (files("console.gate") / "data" / "uy.toml").read_text("utf-8")
    if windows:
        head, rest = text.split("[[windows]]", 1)
        text = head + windows + "\n[closed]" + rest.split("[closed]", 1)[1]
    return extra + text + overlay


def window(days: str, opens: str, closes: str, table: str = "windows") -> str:
    return f'[[{table}]]\ndays = [{days}]\nfrom = "{opens}"\nto = "{closes}"\nbasis = "law"\nsource = "Ley X"\n'


STATE = """
[[overlays]]
code = "UY-MO"
name = "Montevideo"
version = "2026-11-22"
verified_on = "2026-11-22"
status = "draft"
confidence = "C"
"""


def cap(**rows: object) -> str:
    """A cap of the state: `code`, and what else is given."""
    given = {"max": 1, "basis": "law", "source": "Ley X", **rows}
    return "[[overlays.caps]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items())


LAXER = (
    {"code": "CAP_DAY", "max": 2, "per": "day", "channels": ["sms"]},
    {"code": "CAP_DAY", "max": 2, "per": "day", "applies": "human"},
    {"code": "CAP_DAY", "max": 3, "per": "day", "exceed": "approval"},
    {"code": "CAP_WEEK", "max": 4, "per": "week", "channels": ["whatsapp", "sms", "call"]},
    {"code": "CAP_WEEK", "max": 8, "per": "week"},
    {"code": "CAP_WEEK", "max": 3, "per": "day"},
)
STRICTER = (
    {"code": "CAP_DAY", "max": 1, "per": "day"},
    {"code": "CAP_DAY", "max": 1, "per": "day", "channels": ["sms"]},
    {"code": "CAP_WEEK", "max": 2, "per": "week", "applies": "automated"},
    {"code": "GAP", "kind": "gap", "full_days": 1},
    {"code": "CHANNEL_LOCK", "kind": "lock", "per": "week"},
)
CAP = '[[overlays.caps]]\ncode = "CAP_DAY"\nmax = 2\nper = "day"\nbasis = "law"\nsource = "Ley X"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            pack(windows=window('"MON"', "09:00", "12:00") + window('"MON", "TUE"', "11:00", "18:00")),
            "UY: windows overlap on MON: 09:00-12:00 and 11:00-18:00",
        ),
        (pack(windows=window('"MON"', "12:00", "09:00")), "UY: a window from 12:00 to 09:00 is never open"),
        (pack(windows=window('"MON"', "9:00", "12:00")), "UY: not a time of day: '9:00'"),
        (
            pack(overlay=STATE + window('"MON"', "08:00", "12:00", "overlays.windows")),
            "UY-MO: hours on MON (whatsapp) are laxer than those of UY",
        ),
        (
            pack(overlay=STATE + window('"SAT"', "10:00", "12:00", "overlays.windows")),
            "UY-MO: hours on SAT (whatsapp) are laxer than those of UY",
        ),
        (pack(overlay=STATE + CAP), "UY-MO: the cap CAP_DAY is laxer than that of UY"),
        *(
            (pack(overlay=STATE + cap(**rows)), f"UY-MO: the cap {rows['code']} is laxer than that of UY")
            for rows in LAXER  # than one a day and three a week, however they are written
        ),
        (pack(overlay=STATE.replace("UY-MO", "AR-B")), "AR-B: an overlay of UY is called UY-…"),
        (
            pack(overlay=STATE).replace('rest = ["America/Montevideo"]', 'rest = ["America/Atlantis"]'),
            "UY: there is no time zone 'America/Atlantis'",
        ),
        (pack(extra="wishes = 1\n"), "uy.toml: Object contains unknown field `wishes`"),
    ],
)
def test_a_bad_or_laxer_profile_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read_country(text, "uy.toml")


@pytest.mark.parametrize("rows", STRICTER, ids=str)
def test_a_cap_that_stops_more_than_the_countrys_is_taken(rows: dict[str, Any]) -> None:
    (state,) = read_country(pack(overlay=STATE + cap(**rows)), "uy.toml").overlays
    assert [each.code for each in state.caps] == [rows["code"]]


def test_a_stricter_overlay_is_taken() -> None:
    stricter = STATE + window('"MON"', "10:00", "12:00", "overlays.windows") + CAP.replace("max = 2", "max = 1")
    assert read_country(pack(overlay=stricter), "uy.toml").overlays[0].code == "UY-MO"


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
    assert profile_for(Place(country="PY")) is None
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
