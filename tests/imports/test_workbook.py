"""Workbooks as rows: what a person sees in the cells, and nothing that unpacks to more than is read."""

from __future__ import annotations

import pytest

from console.errors import Invalid
from console.imports import workbook as reading
from console.imports.read import read, write
from console.imports.values import locale_of
from tests.imports.workbooks import day, formula, number, packed, text, workbook

BR, MX = locale_of("BR"), locale_of("MX")
HEAD = "".join(
    text(f"{at}1", each) for at, each in zip("ABCD", ("id_devedor", "nome", "vencimento", "valor"), strict=True)
)


def test_cells_are_read_as_they_are_shown() -> None:
    made = workbook([HEAD, "", text("A3", "K1") + text("B3", "João") + day("C3", 46_266) + number("D3", "1234.5")])
    sheet = read(made, "debts", BR)
    assert (sheet.encoding, sheet.unused, [each.line for each in sheet.records]) == ("XLSX", [], [3])
    assert sheet.records[0].cells == {"debtor_id": "K1", "name": "João", "due": "2026-09-01", "amount": "1234,5"}
    assert read(made, "debts", MX).records[0].cells["amount"] == "1234.5"


def test_numbers_stay_whole_and_a_sum_of_the_program_is_no_noise() -> None:
    made = workbook([HEAD, number("A2", "52998224725") + text("B2", "x") + number("D2", "0.30000000000000004")])
    cells = read(made, "debts", BR).records[0].cells
    assert (cells["debtor_id"], cells["amount"], cells["due"]) == ("52998224725", "0,3", "")


def test_a_formula_is_what_was_saved_and_never_runs() -> None:
    made = workbook([HEAD, formula("A2", 'HYPERLINK("http://x")', "K1") + text("B2", "=cmd|'/c calc'!A1")])
    sheet = read(made, "debts", BR)
    assert sheet.records[0].cells["debtor_id"] == "K1"
    out = write(sheet, [(sheet.records[0], [])])
    assert b"'=cmd|" in out and read(out, "debts", BR).records[0].cells["name"] == "=cmd|'/c calc'!A1"


@pytest.mark.parametrize(
    ("cells", "says"),
    [(text("XFD2", "x"), "unpacks to more"), (text("A1048576", "x"), "unpacks to more"),
     (text("AAAA1", "x"), "unpacks to more")],
)  # fmt: skip
def test_a_cell_in_the_last_corner_is_refused_before_anything_is_built(cells: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(workbook([HEAD, cells]), "debts", BR)


def test_a_small_file_that_unpacks_to_a_big_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1_000_000)
    bomb = workbook([HEAD], theme=b" " * 2_000_000)
    assert len(bomb) < 10_000
    with pytest.raises(Invalid, match="unpacks to more"):
        read(bomb, "debts", BR)


def test_one_that_lies_about_its_size_is_refused() -> None:
    made = bytearray(workbook([HEAD]))
    size = len(made)
    at = made.rindex(b"PK\x01\x02", 0, size)  # the last part's entry: its unpacked size stands 24 bytes on
    made[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Invalid, match="damaged or locked"):
        read(bytes(made), "debts", BR)


@pytest.mark.parametrize(
    ("data", "says"),
    [(workbook([]), "no sheet with anything"), (packed(b"<worksheet><sheetData><row"), "cannot be read|no sheet"),
     (b"\xd0\xcf\x11\xe0", "old workbook"), (b"PK\x03\x04", "damaged or locked")],
)  # fmt: skip
def test_what_is_no_workbook_says_so(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(data, "debts", BR)
