"""What a demo remembers beside its database: that the folder is a demo's, when it was made, and whom it plays."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from msgspec import Struct

from console.wire.moment import HOUR, Ms
from sandbox.config import Person, SandboxInbox, Seller

FORMAT = 4
STALE_MS = 12 * HOUR
_OURS = ("acordo.db", "acordo.db-wal", "acordo.db-shm", "sandbox.db", "sandbox.db-wal", "sandbox.db-shm", "secret.key")


class Kept(Struct, frozen=True, kw_only=True):
    """`made_at` is None while the data are being made: what was interrupted is begun anew.

    `inboxes` lack their URLs and ports, which every start finds anew. `debtors`, `users`: ids by key;
    `played`: those of them whom stand-ins answer.
    """

    format: int = FORMAT
    made_at: Ms | None = None
    inboxes: tuple[SandboxInbox, ...] = ()
    people: tuple[Person, ...] = ()
    played: dict[str, str] = {}
    debtors: dict[str, str] = {}
    users: dict[str, str] = {}
    payments_secret: str = ""  # signs what the pretend bank tells
    seller: Seller | None = None  # who sells at the pretend Mercado Pago …
    seller_book: str = ""  # … and the portfolio of whom

    @property
    def scripted(self) -> frozenset[str]:
        """Ids of the debtors whom the sandbox's script plays."""
        return frozenset(self.debtors[each.id] for each in self.people if each.persona)

    @property
    def whole(self) -> bool:
        return self.made_at is not None and self.format == FORMAT


class NotADemo(Exception):
    """The folder holds somebody's installation. The text says what to do."""


def read(folder: Path) -> Kept | None:
    """The folder's demo; None when it holds nothing yet. Raises NotADemo."""
    path = _path(folder)
    if path.exists():
        try:
            return msgspec.json.decode(path.read_bytes(), type=Kept)
        except msgspec.DecodeError:
            return Kept(format=0)
    if (folder / "acordo.db").exists():
        raise NotADemo(f"{folder} holds an installation that is no demo: choose another with --data-dir")
    return None


def write(folder: Path, kept: Kept) -> None:
    """Replaces the note in one step."""
    path = _path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(kept))
    part.replace(path)


def forget(folder: Path) -> None:
    """Removes what a demo made, and nothing else. Call `read` first: it refuses other installations."""
    for name in _OURS[:-1]:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "files", ignore_errors=True)
    _path(folder).unlink(missing_ok=True)


def _path(folder: Path) -> Path:
    return folder / "demo.json"
