"""A file without the rows of one person: each other row on its line, and as it came."""

from __future__ import annotations

import pytest

from console.imports.persons import without
from console.imports.read import Sheet, read
from console.imports.values import locale_of
from tests.imports.workbooks import text, workbook

BR = locale_of("BR-SP")
HEAD = "debtor_id;name;document;due;amount\r\n"


def rest(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return [(each.line, each.raw) for each in sheet.records]


@pytest.mark.parametrize("before", ["", "sep=;\r\n"])
def test_rows_stay_on_their_lines(before: str) -> None:
    data = (
        f'{before}{HEAD}A1;"Ana\r\nLima";;10/09/2026;1,00\r\n\r\nA2;"Rui ""Rei""\nGil";cpf:1;;x\r\nA3;Eva;;;\r\n'
    ).encode("cp1252")
    sheet = read(data, "debts", BR)
    first, second, third = (each.line for each in sheet.records)
    made = without(sheet, [first])
    again = read(made, "debts", BR)
    assert "Ana" not in made.decode() and "Lima" not in made.decode()
    assert rest(again) == [(first, ["—"]), *rest(sheet)[1:]]
    assert rest(read(without(again, [second, third]), "debts", BR)) == [(n, ["—"]) for n in (first, second, third)]


def test_a_sheets_rows_stay_on_theirs_and_its_cells_become_lines_of_one() -> None:
    head = ("debtor_id", "name", "due", "amount")
    first = "".join(text(f"{at}1", each) for at, each in zip("ABCD", head, strict=True))
    several = [f"{text(f'A{n}', f'K{n}')}{text(f'B{n}', f'One{chr(10)}Two {n}')}" for n in (2, 3, 4)]
    sheet = read(workbook([first, *several]), "debts", BR)
    again = read(without(sheet, [3]), "debts", BR)
    assert [each.line for each in again.records] == [each.line for each in sheet.records] == [2, 3, 4]
    assert [each.cells.get("name") for each in again.records] == ["One Two 2", None, "One Two 4"]
