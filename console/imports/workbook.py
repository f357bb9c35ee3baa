"""A workbook (.xlsx) as lines of texts: its first sheet that is shown. Formulas never run: a cell is what was saved.

A few kilobytes can unpack to gigabytes, and one cell in the last corner makes a sheet of seventeen thousand million, so
both are measured before anything is built.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from console.imports.faults import Unreadable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MOST_PARTS = 1_000
MOST_BYTES = 400 * 1024 * 1024
MOST_COLUMNS = 200
MOST_ROWS = 250_000
_PIECE = 1024 * 1024
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')


def is_workbook(data: bytes) -> bool:
    return data.startswith(MARKS)


def lines_of(data: bytes, decimal: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers as the workbook shows them. `decimal`: how the country writes it, so that a number is
    read as if somebody had typed it. Raises Unreadable.
    """
    from python_calamine import CalamineError, load_workbook

    _must_be_sound(data)
    try:
        sheet = _shown(load_workbook(BytesIO(data)))
        found = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Unreadable("workbook", detail=str(error)) from None
    for at, cells in enumerate(found, 1):
        texts = [_text(each, decimal) for each in cells]
        if any(texts):
            yield at, texts


def _must_be_sound(data: bytes) -> None:
    """Raises Unreadable for what is no .xlsx, and for one that would be too big once it is unpacked."""
    if not data.startswith(MARKS[0]):
        raise Unreadable("old_workbook")
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in packed.namelist():
                raise Unreadable("no_workbook")
            if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > MOST_BYTES:
                raise _too_big()
            for part in parts:
                left -= _measured(packed, part, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable("damaged", detail=str(error)) from None


def _measured(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """How many bytes a part really has; a sheet's cells must lie within what is read."""
    size, rest = 0, b""
    is_sheet = part.filename.startswith("xl/worksheets/")
    with packed.open(part) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most:
                raise _too_big()
            if is_sheet:
                rest = _within(rest + piece)
    return size


def _within(text: bytes) -> bytes:
    """Looks at every cell's place; what may be half a cell comes back."""
    for name, row in _CELL.findall(text):
        if len(name) > 3 or _column(name) > MOST_COLUMNS or len(row) > 7 or int(row) > MOST_ROWS:
            raise _too_big()
    for row in _ROW.findall(text):
        if len(row) > 7 or int(row) > MOST_ROWS:
            raise _too_big()
    return text[text.rfind(b"<") :][-10_000:]


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _shown(book: Any) -> CalamineSheet:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
            sheet: CalamineSheet = book.get_sheet_by_name(about.name)
            if sheet.total_height:
                return sheet
    raise Unreadable("no_sheet")


def _text(value: object, decimal: str) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if float(value).is_integer() and abs(value) < 10**15:
            return str(int(value))
        return format(value, ".15g").replace(".", decimal)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value.strftime("%H:%M:%S") if isinstance(value, time) else ""


def _too_big() -> Unreadable:
    return Unreadable("too_big", rows=f"{MOST_ROWS:,}", columns=str(MOST_COLUMNS))
