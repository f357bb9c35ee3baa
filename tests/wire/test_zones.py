"""The usual zone of a place is one that its rule pack names, the first where it names several."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from console.gate.profiles import countries
from console.wire.countries import COUNTRIES
from console.wire.subdivisions import states
from console.wire.zones import zone_in, zoneinfo_in


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_place_has_the_zone_of_its_rules(country: str) -> None:
    pack = countries()[country]
    assert zone_in(country) in pack.timezones
    for code in states(country):
        named = pack.zones.get(code) or pack.zones.get("rest") or (zone_in(country),)
        assert zone_in(f"{country}-{code}") == named[0], code


def test_what_was_told_counts_and_a_place_without_rules_has_universal_time() -> None:
    assert zone_in("BR-AM", "America/Eirunepe") == "America/Eirunepe"
    assert zoneinfo_in("BR-AM") == ZoneInfo("America/Manaus")
    assert zone_in("FR") == zone_in("") == "UTC"
