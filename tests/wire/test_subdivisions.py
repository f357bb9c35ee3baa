"""The table of states holds every state that a rule pack names, and each is found by code and name."""

from __future__ import annotations

import pytest

from console.errors import Invalid
from console.gate.profiles import countries
from console.wire.countries import COUNTRIES
from console.wire.subdivisions import code_in, must_be_place, states


def test_every_country_with_rules_has_its_states() -> None:
    sizes = {country: len(states(country)) for country in COUNTRIES}
    iso = {"AR": 24, "BR": 27, "CL": 16, "CO": 33, "EC": 24, "ES": 69, "MX": 32, "PE": 26, "US": 57, "UY": 19}
    assert sizes == iso and dict(states("FR")) == {}


def test_every_state_of_a_rule_pack_is_one() -> None:
    for country in countries().values():
        named = {*(each for each in country.zones if each != "rest"), *(each.code[3:] for each in country.overlays)}
        assert named <= set(states(country.code)), country.code
        for each in named:
            must_be_place(f"{country.code}-{each}")


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_name_tells_its_code(country: str) -> None:
    for code, names in states(country).items():
        assert code_in(country, code.lower()) == code
        for name in names:
            assert name and name.strip() == name and name in states(country)[code_in(country, name.upper())]


def test_the_nearest_are_told_and_all_where_none_is_near() -> None:
    with pytest.raises(Invalid, match=r"BR has no state RK; there is BR-RJ \(Rio de Janeiro\), BR-RN"):
        must_be_place("BR-RK")
    with pytest.raises(Invalid, match=r"there is BR-AC \(Acre\).* BR-TO \(Tocantins\)\."):
        must_be_place("BR-99")
