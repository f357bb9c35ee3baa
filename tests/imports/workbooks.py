"""Small workbooks, written by hand: what spreadsheets save, and what an attacker would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats'
    '.org/officeDocument/2006/relationships"><sheets><sheet name="Plan1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml'
    '"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" '
    'Target="styles.xml"/></Relationships>'
)
_ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"'
    "/></Relationships>"
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def text(at: str, words: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{words}</t></is></c>'


def number(at: str, value: str) -> str:
    return f'<c r="{at}"><v>{value}</v></c>'


def day(at: str, serial: int) -> str:
    """A date as the days since 1899-12-30."""
    return f'<c r="{at}" s="1"><v>{serial}</v></c>'


def formula(at: str, run: str, saved: str) -> str:
    return f'<c r="{at}" t="str"><f>{run}</f><v>{saved}</v></c>'


def workbook(rows: Sequence[str], **more: bytes) -> bytes:
    """An .xlsx of one sheet with these rows of cells; `more`: further parts."""
    body = "".join(f'<row r="{at}">{cells}</row>' for at, cells in enumerate(rows, 1) if cells)
    return packed(
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData>'
        "</worksheet>".encode(), **more,
    )  # fmt: skip


def packed(sheet: bytes, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", _TYPES)
        made.writestr("_rels/.rels", _ROOT)
        made.writestr("xl/workbook.xml", _BOOK)
        made.writestr("xl/_rels/workbook.xml.rels", _RELS)
        made.writestr("xl/styles.xml", _STYLES)
        made.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            made.writestr(f"xl/{name}.xml", content)
    return out.getvalue()
