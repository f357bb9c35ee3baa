"""The usual zone of a place is one that its rule pack names, the first where it names several."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
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


TERRITORIES = ("AS", "GU", "MP", "PR", "UM", "VI")


@cache
def listed(place: str) -> frozenset[str]:
    """The zones of a country by the tz database, which knows a territory of the United States as a country too."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    table = [line.split("\t") for line in lines if not line.startswith("#")]
    return frozenset(row[2] for row in table if row[0] == place)


def zones_of(place: str) -> frozenset[str]:
    country, _, code = place.partition("-")
    return listed(code) if country == "US" and code in TERRITORIES else listed(country)


@cache
def clock(zone: str) -> tuple[timedelta | None, ...]:
    """What it is off universal time at each noon of four years: some zones differ in the past alone."""
    first = datetime(2024, 1, 1, 12, tzinfo=UTC)
    return tuple((first + timedelta(days=day)).astimezone(ZoneInfo(zone)).utcoffset() for day in range(1461))


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_zone_of_every_place_is_one_that_the_tz_database_has_there(country: str) -> None:
    assert zone_in(country) in zones_of(country)
    for code in states(country):
        assert zone_in(f"{country}-{code}") in zones_of(f"{country}-{code}"), code


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_clock_that_runs_in_a_country_is_that_of_one_of_its_states(country: str) -> None:
    pack = countries()[country]
    known = {clock(zone) for zones in pack.zones.values() for zone in zones}
    there = listed(country).union(*(listed(code) for code in TERRITORIES if country == "US"))
    assert [zone for zone in sorted(there) if clock(zone) not in known] == []


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("US-TN", "America/Chicago"), ("US-KY", "America/New_York"), ("US-FL", "America/New_York"),
        ("US-GU", "Pacific/Guam"), ("US-VI", "America/St_Thomas"), ("US-AS", "Pacific/Pago_Pago"),
        ("US-MP", "Pacific/Saipan"), ("US-UM", "Pacific/Wake"), ("US-PR", "America/Puerto_Rico"),
        ("ES-CN", "Atlantic/Canary"), ("ES-GC", "Atlantic/Canary"), ("ES-TF", "Atlantic/Canary"),
        ("ES-CE", "Europe/Madrid"), ("MX-TAM", "America/Matamoros"), ("MX-CHH", "America/Chihuahua"),
        ("CL-VS", "America/Santiago"), ("EC-W", "Pacific/Galapagos"), ("AR-D", "America/Argentina/Buenos_Aires"),
    ],
)  # fmt: skip
def test_the_zone_is_that_of_most_people(place: str, zone: str) -> None:
    """Of Tennessee the middle and the west have Central time; of Tamaulipas the ten municipalities at the border, with
    its own summer time, have 1.93 of 3.53 million people (INEGI 2020).
    """
    assert zone_in(place) == zone


def test_what_was_told_counts_and_a_place_without_rules_has_universal_time() -> None:
    assert zone_in("BR-AM", "America/Eirunepe") == "America/Eirunepe"
    assert zoneinfo_in("BR-AM") == ZoneInfo("America/Manaus")
    assert zone_in("FR") == zone_in("") == "UTC"
