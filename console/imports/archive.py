"""A folder or a zip of a creditor's own documents as records, a file each: `KEY.boleto.pdf`, `KEY.invoice.pdf`.

Nothing is unpacked onto the disk: a file of a zip is read when it is its turn, and no further than a file may be long.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from console.imports.faults import Unreadable
from console.imports.read import Record, Sheet

MOST_FILES = 20_000
_NOISE = frozenset({"thumbs.db", "desktop.ini"})
_COLUMN = "file"


class FileRecord(Record, frozen=True):
    """`content` gives the file's bytes, one more than `limit` at most. It raises OSError, Unreadable."""

    content: Callable[[], bytes] = bytes


def read_zip(data: bytes, limit: int) -> Sheet:
    """The files of a zip by their names, wherever in it they lie. Raises Unreadable."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = sorted((each for each in archive.infolist() if not each.is_dir()), key=lambda each: each.filename)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("no_archive", detail=str(error)) from None
    named = [(PurePosixPath(each.filename.replace("\\", "/")), each) for each in infos]

    def opener(info: zipfile.ZipInfo) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                with archive.open(info) as part:
                    return part.read(limit + 1)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError) as error:
                raise Unreadable("archive_damaged", file=info.filename[-80:], detail=str(error)) from None

        return read

    return _sheet("ZIP", [(path, opener(info)) for path, info in named if not _is_noise(path)])


def read_folder(folder: Path, limit: int) -> Sheet:
    """The files that lie in it, and in folders within. Raises Unreadable."""

    def opener(path: Path) -> Callable[[], bytes]:
        def read() -> bytes:
            with path.open("rb") as file:
                return file.read(limit + 1)

        return read

    found = sorted(each for each in folder.rglob("*") if each.is_file())
    named = [(PurePosixPath(each.relative_to(folder).as_posix()), each) for each in found]
    return _sheet("folder", [(name, opener(path)) for name, path in named if not _is_noise(name)])


def _sheet(kind: str, files: Sequence[tuple[PurePosixPath, Callable[[], bytes]]]) -> Sheet:
    if not files:
        raise Unreadable("empty")
    if len(files) > MOST_FILES:
        raise Unreadable("files", files=f"{len(files):,}", most=f"{MOST_FILES:,}")
    return Sheet(kind, ",", [_COLUMN], [], list(_records(files)))


def _records(files: Sequence[tuple[PurePosixPath, Callable[[], bytes]]]) -> Iterator[Record]:
    for line, (path, content) in enumerate(files, 2):
        yield FileRecord(line, {_COLUMN: path.name}, [str(path)], [], content)


def _is_noise(path: PurePosixPath) -> bool:
    """What desktops leave behind."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return hidden or path.name.lower() in _NOISE
