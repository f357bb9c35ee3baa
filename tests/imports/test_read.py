"""Files as programs really write them."""

from __future__ import annotations

import pytest

from console.errors import Invalid
from console.imports.read import read, write
from console.imports.values import locale_of
from console.imports.words import column_of

BR = locale_of("BR")
PLAIN = "debtor_id,name,due,amount\nK1,João Ávila,2026-10-01,10.00\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode(), "UTF-8"),
        (PLAIN.encode("utf-8-sig"), "UTF-8"),
        (PLAIN.encode("utf-16"), "UTF-16"),
        (PLAIN.encode("utf-16-le"), "UTF-16"),
        (PLAIN.encode("utf-16-be"), "UTF-16"),
        (PLAIN.encode("cp1252"), "Windows-1252"),
    ],
)
def test_the_encoding_is_found(data: bytes, encoding: str) -> None:
    sheet = read(data, "debts", BR)
    assert (sheet.encoding, sheet.records[0].cells["name"], sheet.records[0].faults) == (encoding, "João Ávila", [])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_separator_is_that_of_the_header_line(separator: str, ends: str) -> None:
    lines = ['"debtor_id"', "name", "due", "amount"], ["K1", '"Silva, ""Zé"" ; | \t Lda"', "01/10/2026", '"1.234,56"']
    sheet = read(ends.join(separator.join(each) for each in lines).encode(), "debts", BR)
    assert sheet.separator == separator and sheet.records[0].faults == []
    assert sheet.records[0].cells["name"] == 'Silva, "Zé" ; | \t Lda'
    assert sheet.records[0].cells["amount"] == "1.234,56"


def test_a_line_is_where_its_row_begins() -> None:
    text = 'sep=;\r\ndebtor_id;name;due;amount\r\nK1;"two\r\nlines";a;b\r\n\r\n;;;\r\nK2;n;a;b\r\n'
    assert [each.line for each in read(text.encode(), "debts", BR).records] == [3, 7]


@pytest.mark.parametrize(
    ("head", "name"),
    [("Código do Devedor", None), ("Código devedor", "debtor_id"), ("Nome", "name"), ("NOMBRE", "name"),
     ("Vencimento", "due"), ("Fecha de vencimiento", None), ("fecha vencimiento", "due"), ("Razón Social", "name"),
     ("CPF/CNPJ", "document"), ("e-mail", "email"), ("debt_id", "debt_id"), ("cor favorita", None)],
)  # fmt: skip
def test_headers_in_three_languages(head: str, name: str | None) -> None:
    assert column_of("debts", head) == name


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"a,b\n1,2\n", "lacks debtor_id, name, due, amount"),
        (b"debtor_id,nome,name,due,amount\n", "two columns mean name"),
        (b"PK\x03\x04rest", "damaged or locked"),
        (b"\xd0\xcf\x11\xe0rest", "an old workbook"),
        (b"\xef\xbb\xbfdebtor_id,\xff", "says that it is UTF-8 and is not, at byte"),
        (b'debtor_id,name,due,amount\nK1,"open,a,b\nK2,c,d,e\n', "line 2 cannot be read"),
    ],
)
def test_a_file_in_which_nothing_can_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(data, "debts", BR)


def test_a_text_in_the_wrong_encoding_is_named_with_its_column() -> None:
    twice = PLAIN.encode().decode("latin-1").encode()
    (fault,) = read(twice, "debts", BR).records[0].faults
    assert (fault.line, fault.column) == (2, "name") and "wrong encoding" in fault.says


def test_a_row_with_other_cells_than_the_header_is_named() -> None:
    (fault,) = read(PLAIN.encode() + b"K2,Silva, Ana,2026-10-01,1\n", "debts", BR).records[1].faults
    assert fault.line == 3 and "5 cells and the header 4" in fault.says


def test_rows_left_out_come_back_as_they_were_with_why() -> None:
    sheet = read(b"debtor_id;name;due;amount;error\nK1;Ana;x;1;old words\n", "debts", BR)
    out = write(sheet, [(sheet.records[0], sheet.records[0].faults)])
    again = read(out, "debts", BR)
    assert again.unused == [] and again.header == ["debtor_id", "name", "due", "amount", "error"]
    assert again.records[0].cells == sheet.records[0].cells and "old words" not in out.decode()
