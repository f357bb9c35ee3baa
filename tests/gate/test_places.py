"""Where a debtor may be: where they are said to live, and where their number is from. The strictest of both holds."""

from __future__ import annotations

import pytest

from console.gate.decide import decide
from console.gate.guard import places_for
from tests.gate.cast import EVERY_APPROVAL, SAO_PAULO, facts, local, sms

RIO, MANAUS, VITORIA, BELO = "+5521987654321", "+5592987654321", "+5527987654321", "+5531987654321"


@pytest.mark.parametrize(
    ("jurisdiction", "phone", "places"),
    [
        ("BR", RIO, ["BR", "BR-RJ"]),
        ("BR", BELO, ["BR"]),  # no state has rules of its own there
        ("BR", "", ["BR"]),
        ("BR-SP", RIO, ["BR-SP", "BR-RJ"]),
        ("BR-RJ", RIO, ["BR-RJ"]),
        ("BR-MG", BELO, ["BR-MG"]),
        ("BR-SP", BELO, ["BR-SP"]),
        ("BR-SP", "+525512345678", ["BR-SP", "MX"]),
        ("BR", "+525512345678", ["BR", "MX"]),
        ("MX", RIO, ["MX", "BR-RJ"]),
        ("MX-JAL", "+525512345678", ["MX-JAL"]),
        ("BR", "+4915112345678", ["BR"]),  # no rules are known here of Germany
    ],
)
def test_the_prefix_counts_where_it_says_more_or_something_else(
    jurisdiction: str, phone: str, places: list[str]
) -> None:
    found, ambiguous = places_for(jurisdiction, None, phone)
    assert ["-".join(filter(None, (each.country, each.subdivision))) for each in found] == places
    assert ambiguous == (len(places) > 1)


@pytest.mark.parametrize(
    ("phone", "at", "code"),
    [
        (BELO, "2026-11-21 12:00", "ALLOW"),  # a Saturday
        (RIO, "2026-11-21 12:00", "OUT_OF_HOURS"),
        (VITORIA, "2026-11-21 12:00", "OUT_OF_HOURS"),
        (MANAUS, "2026-11-21 12:00", "OUT_OF_HOURS"),
        (BELO, "2026-11-23 19:30", "ALLOW"),
        (RIO, "2026-11-23 19:30", "OUT_OF_HOURS"),
        (VITORIA, "2026-11-23 19:30", "OUT_OF_HOURS"),
        (RIO, "2026-11-23 12:00", "ALLOW"),
    ],
)
def test_the_rules_of_a_state_hold_where_only_the_number_tells_it(phone: str, at: str, code: str) -> None:
    places, ambiguous = places_for("BR", SAO_PAULO, phone)
    decision = decide(sms(), facts(places=places, location_ambiguous=ambiguous), local(SAO_PAULO, at))
    assert decision.code == code
    assert ("LOCATION_AMBIGUOUS" in decision.warnings) == (phone != BELO)


def test_a_number_of_another_country_brings_its_hours_and_its_approval() -> None:
    places, _ = places_for("BR-SP", SAO_PAULO, "+573001234567")
    monday = local(SAO_PAULO, "2026-11-23 08:30")  # half past six in Bogotá, where seven is the first lawful hour
    assert decide(sms(), facts(places=places), monday).code == "OUT_OF_HOURS"
    assert decide(sms(), facts(places=places[:1]), monday).code == "ALLOW"
    brazil = frozenset((code, version) for code, version in EVERY_APPROVAL if code.startswith("BR"))
    assert decide(sms(), facts(places=places, profile_approvals=brazil), monday).code == "PROFILE_NOT_APPROVED"
    assert decide(sms(), facts(places=places[:1], profile_approvals=brazil), monday).code == "ALLOW"
