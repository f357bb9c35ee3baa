"""Attachments: rows here, bytes in a folder whose names are our ids. What came in is fetched after the 2xx, by a job."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from channels.types import MediaRef
from console.portfolios.queries import InboxRow
from console.store.base import dump
from console.store.statement import add
from console.store.transaction import Tx
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow, ItemRow
from console.wire.ids import new_id

NAME_CHARS = 120
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

    def read(self, attachment_id: str) -> bytes:
        return self.path(attachment_id).read_bytes()


def keep_inbound(tx: Tx, item: ItemRow, inbox: InboxRow, media: Sequence[MediaRef]) -> list[AttachmentRow]:
    """Rows for the files of an inbound message: pending until the job `media.fetch` has them (decision 16).

    Files that came along (mail) were stored under `provider_id` by the intake before this transaction.
    """
    rows = []
    for ordinal, ref in enumerate(media):
        source = {
            "inbox": inbox.id, "provider_id": ref.provider_id, "url": ref.url, "sha256": ref.sha256, "voice": ref.voice
        }  # fmt: skip
        row = AttachmentRow(
            new_id(), item.id, item.case_id, None, ordinal, safe_name(ref.name) or _named(ref.type, ordinal), "application/octet-stream",
            ref.type[:100], ref.size, "", "pending", "", ref.inline_id, 0, 0, dump(source), tx.now,
        )  # fmt: skip
        add(tx, attachment, **{name: getattr(row, name) for name in row.__struct_fields__})
        rows.append(row)
        from console.jobs.enqueue import enqueue_job

        enqueue_job(tx, "media.fetch", {"attachment": row.id}, key=f"media:{row.id}")
    return rows


def safe_name(name: str) -> str:
    """A file name fit to show and to offer for download: no paths, controls, bidi or zero-width, at most 120 characters."""
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
