"""The bytes of a file as rows: its encoding, its separator and its header line are found, never asked for. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from console.imports.faults import Fault, Mistake, Unreadable
from console.imports.values import Locale
from console.imports.words import ERROR, Kind, column_of, needed, plain
from console.imports.workbook import is_workbook, lines_of
from console.wire.cells import bare, harmless

SEPARATORS = (",", ";", "\t", "|")
MOST_ROWS = 250_000
_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf]|\ufffd|[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""UTF-8 that was read as Latin-1 and saved again, what could not be decoded, and controls that no text has."""
_SEPARATOR_LINE = re.compile(r"\Asep=(.)\r?\n")


class Record(Struct, frozen=True):
    """`line` is where the row begins; `cells` by the contract's names, without spaces around; `raw` as they came."""

    line: int
    cells: dict[str, str]
    raw: list[str]
    faults: list[Fault] = field(default_factory=list)


class Sheet(Struct, frozen=True):
    """`unused`: headers that mean nothing here."""

    encoding: str
    separator: str
    header: list[str]
    unused: list[str]
    records: list[Record]


def read(data: bytes, kind: Kind, locale: Locale) -> Sheet:
    """Raises Unreadable, in one line that says how to mend it, for a file in which no row can be read."""
    encoding, separator, lines = _workbook(data, locale) if is_workbook(data) else _text(data, kind)
    if not lines:
        raise Unreadable("empty")
    _, header = lines[0]
    columns = [column_of(kind, head) for head in header]
    _must_serve(kind, columns)
    unused = [
        head for head, name in zip(header, columns, strict=True) if name is None and plain(head) not in ("", ERROR)
    ]
    records = [_record(line, cells, columns) for line, cells in lines[1:] if any(each.strip() for each in cells)]
    if len(records) > MOST_ROWS:
        raise Unreadable("rows", rows=f"{len(records):,}", most=f"{MOST_ROWS:,}")
    return Sheet(encoding, separator, header, unused, records)


def _text(data: bytes, kind: Kind) -> tuple[str, str, list[tuple[int, list[str]]]]:
    encoding, text = decoded(data)
    first = 1
    given = _SEPARATOR_LINE.match(text)
    if given is not None:
        text, first = text[given.end() :], 2
    separator = _separator(text, kind)
    return encoding, separator, list(_lines(text, separator, first))


def _workbook(data: bytes, locale: Locale) -> tuple[str, str, list[tuple[int, list[str]]]]:
    """A sheet has as many cells in every row: those beyond the header are empty, or there is a header missing."""
    lines = list(lines_of(data, locale.decimal))
    width = max((at for at, head in enumerate(lines[0][1], 1) if head), default=0) if lines else 0
    return "XLSX", ";", [(line, cells if any(cells[width:]) else cells[:width]) for line, cells in lines]


def write(sheet: Sheet, wrong: Iterable[tuple[Record, Sequence[Fault]]]) -> bytes:
    """The rows that were left out as they came, each with why, so that they can be corrected and come again. UTF-8 with
    a mark, which spreadsheets read.
    """
    kept = [index for index, head in enumerate(sheet.header) if plain(head) != ERROR]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sheet.separator)
    writer.writerow([*(sheet.header[index] for index in kept), ERROR])
    for record, faults in wrong:
        cells = [harmless(record.raw[index]) if index < len(record.raw) else "" for index in kept]
        why = " / ".join(f"{each.column}: {each.says}" if each.column else each.says for each in faults)
        writer.writerow([*cells, why])
    return out.getvalue().encode("utf-8-sig")


def decoded(data: bytes) -> tuple[str, str]:
    """The name of the encoding, and the text. Raises Unreadable."""
    for mark, name, codec in (
        (codecs.BOM_UTF8, "UTF-8", "utf-8-sig"), (codecs.BOM_UTF16_LE, "UTF-16", "utf-16"),
        (codecs.BOM_UTF16_BE, "UTF-16", "utf-16"),
    ):  # fmt: skip
        if data.startswith(mark):
            return name, _strictly(data, codec, name)
    if b"\0" in data[:1_000]:
        return "UTF-16", _strictly(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "UTF-16")
    for name, codec in (("UTF-8", "utf-8"), ("Windows-1252", "cp1252")):
        try:
            return name, data.decode(codec)
        except UnicodeDecodeError:
            continue
    return "Latin-1", data.decode("latin-1")


def _strictly(data: bytes, codec: str, name: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise Unreadable("not_its_encoding", encoding=name, at=str(error.start)) from None


def _separator(text: str, kind: Kind) -> str:
    """The one that makes the most of the header line."""
    head = text.lstrip("\r\n").splitlines()[:1] or [""]

    def known(separator: str) -> int:
        cells = next(csv.reader(head, delimiter=separator), [])
        return sum(column_of(kind, cell) is not None for cell in cells)

    return max(SEPARATORS, key=known)


def _lines(text: str, separator: str, first: int) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = first
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = first + reader.line_num
    except csv.Error as error:
        raise Unreadable("quote", line=str(begins), detail=str(error)) from None


def _must_serve(kind: Kind, columns: Sequence[str | None]) -> None:
    missing = [name for name in needed(kind) if name not in columns]
    if missing:
        raise Unreadable("lacks", columns=", ".join(missing))
    twice = sorted({name for name in columns if name is not None and columns.count(name) > 1})
    if twice:
        raise Unreadable("twice", columns=", ".join(twice))


def _record(line: int, cells: list[str], columns: Sequence[str | None]) -> Record:
    faults = []
    if len(cells) != len(columns):
        faults.append(Mistake("cells", cells=str(len(cells)), columns=str(len(columns))).at(line, ""))
    named = {name: bare(cell.strip()) for name, cell in zip(columns, cells, strict=False) if name is not None}
    if _MOJIBAKE.search("|".join(named.values())):
        spoiled = Mistake("encoding")
        faults += [spoiled.at(line, name) for name, cell in named.items() if _MOJIBAKE.search(cell)]
    return Record(line, named, cells, faults)
