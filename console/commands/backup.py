"""`acordo backup FILE`: everything of one moment in one encrypted file, while the servers go on."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.archive import FORMAT, Manifest, pack
from console.commands.installation import Trouble, opened, schema
from console.log.read import incarnation_of
from console.settings import load


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="where to put it; it must not exist")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    settings, target = load(), asked.file
    if target.exists():
        raise Trouble(f"{target} exists already: name another file")
    if not target.parent.is_dir():
        raise Trouble(f"{target.parent} is no folder: make it first")
    has = schema(settings)
    if has is None:
        raise Trouble("there is no database yet: nothing to keep")
    kind = "sqlite" if settings.sqlite_path is not None else "postgresql"
    with opened(settings) as services:
        about = Manifest(FORMAT, services.clock.real(), kind, has, services.store.read_now(incarnation_of) or "", {})
        made = pack(target, settings.database_url, services.files.folder, services.vault.keys("backup")[0], about)
    attachments = sum(name.startswith("files/") for name in made.hashes)
    print(f"Kept in {target}: the database (schema {has}) and {attachments} files, {_size(target)}.")
    print("It is encrypted with ACORDO_SECRET_KEY, which is not inside: keep that key elsewhere.")
    return 0


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1024 / 1024:.1f} MiB"
