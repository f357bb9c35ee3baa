"""A column of states holds states: Brazil's PE, ES and AM are no countries."""

from __future__ import annotations

import pytest

from console.imports.debts import read_debt
from console.imports.places import jurisdiction_of, place_column
from console.imports.read import read
from console.imports.rows import Cells
from console.imports.values import locale_of
from console.portfolios.queries import PortfolioRow
from console.wire.moment import parse_rfc3339

NOW = parse_rfc3339("2026-11-20T12:00:00Z")


def placed(heads: str, cells: str, home: str = "BR-SP") -> tuple[str, str]:
    """The jurisdiction of a row, and the column that told it."""
    text = f"debtor_id;name;charge_id;due;amount;{heads}\nK1;Ana;C1;2026-10-01;10,00;{cells}\n"
    book = PortfolioRow("b", "Loja", home, "America/Sao_Paulo", "pt-BR", "BRL", "Loja", "{}", 0, None)
    (record,) = read(text.encode(), "debts", locale_of(home)).records
    row = read_debt(record, book, NOW)
    assert row.jurisdiction == jurisdiction_of(Cells(record), home)
    return row.jurisdiction, place_column(Cells(record))


@pytest.mark.parametrize("head", ["UF", "Estado", "state", "Departamento"])
@pytest.mark.parametrize(
    ("cell", "home", "place"),
    [
        ("PE", "BR-SP", "BR-PE"), ("ES", "BR", "BR-ES"), ("SP", "BR-RJ", "BR-SP"), ("am", "BR", "BR-AM"),
        ("BR-SP", "BR", "BR-SP"), ("MX-JAL", "BR", "MX-JAL"), ("JAL", "MX", "MX-JAL"), ("ANT", "CO", "CO-ANT"),
        ("CO", "CO", "CO-CO"), ("C", "AR", "AR-C"), ("LIM", "PE", "PE-LIM"), ("RM", "CL", "CL-RM"),
        ("São Paulo", "BR", "BR-SP"), ("SAO  PAULO", "BR", "BR-SP"), ("Antioquia", "CO", "CO-ANT"),
        ("cdmx", "MX", "MX-CMX"), ("Estado de México", "MX", "MX-MEX"), ("Bogotá", "CO", "CO-DC"),
        ("NL", "MX", "MX-NL"), ("", "BR", ""),
    ],
)  # fmt: skip
def test_a_state_is_one_of_the_portfolios_country(head: str, cell: str, home: str, place: str) -> None:
    assert placed(head, cell, home) == (place, "state" if cell else "jurisdiction")


@pytest.mark.parametrize(
    ("country", "state", "place"),
    [
        ("PE", "LIM", "PE-LIM"), ("BR", "ES", "BR-ES"), ("", "ES", "BR-ES"), ("ES", "", "ES"), ("BR-ES", "", "BR-ES"),
        ("BR-ES", "ES", "BR-ES"), ("BR-ES", "BR-ES", "BR-ES"), ("BR", "BR-ES", "BR-ES"),
        ("BR-RJ", "ES", "BR-RJ / BR-ES"), ("PE", "BR-PE", "PE / BR-PE"), ("Brasil", "ES", "BRASIL / BR-ES"),
    ],
)  # fmt: skip
def test_with_its_country_beside_it(country: str, state: str, place: str) -> None:
    assert placed("pais;uf", f"{country};{state}")[0] == place, "what contradicts itself is refused as no place"


def test_perus_provinces_are_parts_of_its_departments() -> None:
    assert placed("departamento;provincia", "ANC;Santa", "PE") == ("PE-ANC", "state")
    assert placed("provincia", "B", "AR") == ("AR-B", "province")
