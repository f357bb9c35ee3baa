"""Attachments: rows here, bytes in a folder whose names are our ids. What came in is fetched later, by a job."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from channels.types import MediaRef
from console.jobs.enqueue import enqueue_job
from console.portfolios.queries import InboxRow
from console.store.base import dump
from console.store.statement import add
from console.store.transaction import Tx
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow, ItemRow
from console.timeline.sniff import UNKNOWN
from console.wire.ids import new_id

NAME_CHARS = 120
MIB = 1024 * 1024
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Files:
    """The bytes of attachments, one file each, named by id. Written and synced before its row says `ready`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, attachment_id: str) -> Path:
        """Where it lies. Ids are ours (hex), so no input ever becomes a path."""
        if not attachment_id.isalnum():
            raise ValueError("not an attachment id")
        return self.folder / attachment_id[-2:] / attachment_id

    def write(self, attachment_id: str, content: bytes) -> str:
        """Store the bytes durably; their SHA-256 in hex."""
        path = self.path(attachment_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
        return hashlib.sha256(content).hexdigest()

    def adopt(self, path: Path, attachment_id: str) -> None:
        """A file that lies beside, complete and synced, becomes an attachment's."""
        target = self.path(attachment_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)

    def aside(self, attachment_id: str) -> Path:
        """Where an attachment is written before it is whole; nothing lies there."""
        path = self.path(attachment_id).with_suffix(".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        return path

    def copy(self, attachment_id: str, to: str) -> None:
        """The same bytes under a second id; they are never changed, so they lie there once."""
        target = self.path(to)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.path(attachment_id), target)
        except OSError:  # a file system without hard links
            self.write(to, self.read(attachment_id))

    def read(self, attachment_id: str) -> bytes:
        return self.path(attachment_id).read_bytes()

    def remove(self, attachment_id: str) -> None:
        """Forget the bytes, if there are any."""
        self.path(attachment_id).unlink(missing_ok=True)


def keep_inbound(tx: Tx, item: ItemRow, inbox: InboxRow, media: Sequence[MediaRef]) -> list[AttachmentRow]:
    """Rows for the files of an inbound message: pending until the job `media.fetch` has them (decision 16).

    Files that came along (mail) were stored under `provider_id` by the intake before this transaction. What must not be
    fetched, or is said to be too big, is refused at once.
    """
    rows = []
    for ordinal, ref in enumerate(media):
        reason = "refused_address" if ref.refused else "too_big" if ref.size > cap(inbox.channel) else ""
        row = AttachmentRow(
            id=new_id(),
            item_id=item.id,
            case_id=item.case_id,
            uploader_id=None,
            ordinal=ordinal,
            name=safe_name(ref.name) or _named(ref.type, ordinal),
            type=UNKNOWN,
            declared=ref.type[:100],
            size=ref.size,
            sha256="",
            state="refused" if reason else "pending",
            reason=reason,
            inline_id=ref.inline_id,
            width=0,
            height=0,
            source=dump(_source(inbox, ref)),
            created_at=tx.now,
        )
        insert(tx, row)
        rows.append(row)
        if not reason:
            enqueue_job(tx, "media.fetch", {"attachment": row.id}, key=f"media:{row.id}")
    return rows


def insert(tx: Tx, row: AttachmentRow) -> None:
    add(tx, attachment, **{name: getattr(row, name) for name in row.__struct_fields__})


def cap(channel: str) -> int:
    """The most bytes of one file that comes in on a channel."""
    return 25 * MIB if channel == "email" else 16 * MIB


def _source(inbox: InboxRow, ref: MediaRef) -> dict[str, object]:
    return {
        "inbox": inbox.id, "provider_id": ref.provider_id, "url": ref.url, "sha256": ref.sha256, "voice": ref.voice
    }  # fmt: skip


def safe_name(name: str) -> str:
    """A file name fit to show and to offer for download: no paths, controls, bidi or zero-width, at most 120
    characters.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in text if unicodedata.category(letter) not in _DROPPED)
    kept = " ".join(kept.split()).lstrip(". ").rstrip(". ")
    if len(kept) <= NAME_CHARS:
        return kept
    stem, dot, ending = kept.rpartition(".")
    return kept[:NAME_CHARS] if not dot or len(ending) > 10 else stem[: NAME_CHARS - len(ending) - 1] + "." + ending


def _named(declared: str, ordinal: int) -> str:
    kind = declared.split("/", 1)[0]
    stem = {"image": "image", "audio": "voice", "video": "video"}.get(kind, "file")
    return f"{stem}-{ordinal + 1}"
