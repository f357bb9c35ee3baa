"""Outgoing files as each provider takes them: uploaded to Meta, behind a signed URL for Twilio, inside the mail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from channels.service import upload_media
from channels.types import File, Inbox
from console.services import Services
from console.timeline.media_url import media_url
from console.timeline.queries import AttachmentRow


async def provider_files(services: Services, inbox: Inbox, rows: Sequence[AttachmentRow]) -> tuple[File, ...]:
    """The attachments of a message, ready for its channel. Raises ServiceFailed when an upload does not succeed."""
    return tuple([await _one(services, inbox, row) for row in rows])


async def _one(services: Services, inbox: Inbox, row: AttachmentRow) -> File:
    file = File(id=row.id, name=row.name, type=row.type, size=row.size)
    if inbox.provider == "twilio":
        return replace(file, url=media_url(services, row.id))
    whole = replace(file, content=await asyncio.to_thread(services.files.read, row.id))
    if inbox.provider == "meta":
        return replace(file, provider_id=await upload_media(services.connector, inbox, whole))
    return whole
