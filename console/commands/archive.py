"""A backup as one file: the database of one moment, the attachments, and a manifest with the hash of each; encrypted.

The key is derived from ACORDO_SECRET_KEY and is not inside: keep it apart from the backups.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import msgspec
from msgspec import Struct

from console.store import copies
from console.store.sealed import Opener, Sealer, Unreadable

MANIFEST = "manifest.json"
FORMAT = 1


class Manifest(Struct, frozen=True):
    """`hashes`: SHA-256 by name within the archive; `database`: sqlite or postgresql; `at`: ms since the epoch."""

    format: int
    at: int
    database: str
    schema: str
    incarnation: str
    hashes: dict[str, str]


class Unpacked(Struct, frozen=True):
    manifest: Manifest
    database: dict[str, Path]
    files: Path


def pack(target: Path, url: str, files: Path, key: bytes, about: Manifest) -> Manifest:
    """Write the backup; `about` without its hashes. It is whole or it is not there."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as out:
            made = _pack(out, url, files, key, about, part.parent)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return made


@contextmanager
def unpacked(source: Path, keys: Sequence[bytes], folder: Path) -> Iterator[Unpacked]:
    """The contents, checked to the last byte, in a folder beside `folder` that vanishes. Raises Unreadable."""
    with TemporaryDirectory(prefix="restore-", dir=folder) as made:
        yield _unpack(source, keys, Path(made))


def _pack(out: IO[bytes], url: str, files: Path, key: bytes, about: Manifest, beside: Path) -> Manifest:
    sealer, hashes = Sealer(out, key), {}
    with tarfile.open(fileobj=sealer, mode="w|", bufsize=1024 * 1024) as tar:  # type: ignore[call-overload]
        with TemporaryDirectory(prefix="backup-", dir=beside) as made:
            for path in copies.copy_out(url, Path(made)):
                hashes[f"database/{path.name}"] = _add(tar, path, f"database/{path.name}")
                path.unlink()
        for path in sorted(files.rglob("*")) if files.is_dir() else ():
            if path.is_file() and path.suffix != ".part":
                name = f"files/{path.relative_to(files).as_posix()}"
                hashes[name] = _add(tar, path, name)
        told = msgspec.structs.replace(about, hashes=hashes)
        body = msgspec.json.encode(told)
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    sealer.close()
    return told


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """Add a file as it is now; the hash of exactly the bytes that went in."""
    with path.open("rb") as source:
        info = tarfile.TarInfo(name)
        info.size = path.stat().st_size
        hashing = _Hashing(source)
        tar.addfile(info, hashing)
    return hashing.digest.hexdigest()


class _Hashing:
    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.source.read(size)
        self.digest.update(block)
        return block


def _unpack(source: Path, keys: Sequence[bytes], folder: Path) -> Unpacked:
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    with source.open("rb") as sealed:
        opener: Any = Opener(sealed, keys)
        try:
            with tarfile.open(fileobj=opener, mode="r|", bufsize=1024 * 1024) as tar:
                for info in tar:
                    content = tar.extractfile(info)
                    if not info.isfile() or content is None or not _is_ours(info.name):
                        raise Unreadable(f"it holds what no backup holds: {info.name[:100]}")
                    if info.name == MANIFEST:
                        manifest = msgspec.json.decode(content.read(), type=Manifest)
                    else:
                        found[info.name] = _extract(content, folder / info.name)
        except (tarfile.TarError, msgspec.DecodeError) as error:
            raise Unreadable(f"it cannot be read: {type(error).__name__}") from None
        opener.finish()
    if manifest is None or manifest.format != FORMAT:
        raise Unreadable("it has no manifest that this program knows")
    if manifest.hashes != found:
        raise Unreadable("what it holds is not what its manifest names")
    (folder / "files").mkdir(exist_ok=True)
    database = {path.name: path for path in (folder / "database").iterdir()}
    return Unpacked(manifest, database, folder / "files")


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    return name == MANIFEST or (parts[0] in ("database", "files") and all(p and p.strip(".") for p in parts))


def _extract(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    hashing: Any = _Hashing(content)
    with target.open("wb") as out:
        shutil.copyfileobj(hashing, out, 1024 * 1024)
    return str(hashing.digest.hexdigest())
