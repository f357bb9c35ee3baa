"""Outgoing files as each provider takes them: uploaded to Meta, behind a signed URL for Twilio, inside the mail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx2
from channels.service import upload_media

from channels.types import File, Inbox
from console.services import Services
from console.timeline.media_url import media_url
from console.timeline.queries import AttachmentRow


async def provider_files(
    services: Services, client: httpx2.AsyncClient | None, inbox: Inbox, rows: Sequence[AttachmentRow]
) -> tuple[File, ...]:
    """The attachments of a message, ready for its channel. Raises ServiceFailed when an upload does not succeed."""
    return tuple([await _one(services, client, inbox, row) for row in rows])


async def _one(services: Services, client: httpx2.AsyncClient | None, inbox: Inbox, row: AttachmentRow) -> File:
    known = {"id": row.id, "name": row.name, "type": row.type, "size": row.size}
    if inbox.provider == "twilio":
        return File(**known, url=media_url(services, row.id))
    content = await asyncio.to_thread(services.files.read, row.id)
    if inbox.provider == "meta":
        assert client is not None
        return File(**known, provider_id=await upload_media(client, inbox, File(**known, content=content)))
    return File(**known, content=content)
