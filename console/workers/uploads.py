"""Outgoing files as each provider takes them: uploaded to Meta, behind a signed URL for Twilio, inside the mail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from channels.errors import ServiceFailed
from channels.service import upload_media
from channels.types import File, Inbox
from console.services import Services
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.media_url import media_url
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow
from console.wire.moment import DAY

KEPT_MS = 25 * DAY  # Meta forgets an uploaded file after thirty days


async def provider_files(services: Services, inbox: Inbox, rows: Sequence[AttachmentRow]) -> tuple[File, ...]:
    """The attachments of a message, ready for its channel. Raises ServiceFailed when an upload does not succeed."""
    return tuple([await _one(services, inbox, row) for row in rows])


async def _one(services: Services, inbox: Inbox, row: AttachmentRow) -> File:
    file = File(id=row.id, name=row.name, type=row.type, size=row.size)
    if inbox.provider == "twilio":
        return replace(file, url=media_url(services, row.id))
    if inbox.provider == "meta":
        return replace(file, provider_id=await _uploaded(services, inbox, row, file))
    return replace(file, content=await _content(services, row))


async def _uploaded(services: Services, inbox: Inbox, row: AttachmentRow, file: File) -> str:
    """The provider's id of a file; one that was uploaded for this inbox before is not uploaded again."""
    before = load(row.source).get("uploaded", {})
    if before.get("inbox") == inbox.id and services.clock.real() - before["at"] < KEPT_MS:
        return str(before["id"])
    whole = replace(file, content=await _content(services, row))
    provider_id = await upload_media(services.connector, inbox, whole)
    await services.store.write(_note, row.id, inbox.id, provider_id)
    return provider_id


async def _content(services: Services, row: AttachmentRow) -> bytes:
    try:
        content: bytes = await asyncio.to_thread(services.files.read, row.id)
    except OSError:
        raise ServiceFailed("the file is no longer here", permanent=True) from None
    return content


def _note(tx: Tx, attachment_id: str, inbox_id: str, provider_id: str) -> None:
    row = timeline.file(tx, attachment_id)
    if row is not None:
        uploaded = {"inbox": inbox_id, "id": provider_id, "at": tx.real}
        change(tx, attachment, {"id": row.id}, source=dump(load(row.source) | {"uploaded": uploaded}))
