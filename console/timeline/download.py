"""Handing a file out: to whoever may read its message, as a download unless its bytes are safe to show."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import bindparam, select
from starlette.responses import Response, StreamingResponse

from console.access.actor import Actor
from console.access.visible import may_read, side_readers
from console.cases.models import case
from console.errors import NotFound
from console.gate.models import text_approval
from console.store.base import load
from console.store.statement import Query, rows, value
from console.store.transaction import Reader
from console.timeline import queries as timeline
from console.timeline.models import item
from console.timeline.queries import AttachmentRow, ItemRow
from console.timeline.view import INLINE_TYPES

CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

_CARDS = Query(
    select(item)
    .join(text_approval, text_approval.c.whisper_id == item.c.id)
    .where(text_approval.c.by_id == bindparam("uploader_id"), text_approval.c.state == "asked"),
    ItemRow,
)


def visible_file(reader: Reader, actor: Actor, attachment_id: str) -> AttachmentRow:
    """The file, if it is there and its message may be read, it is one's own upload, or it is shown to the actor for a
    decision that is still open. Raises NotFound.
    """
    row = timeline.file(reader, attachment_id)
    if row is None or row.state != "ready":
        raise NotFound
    if row.item_id is None:
        if row.uploader_id != actor.id and not _asked_of(reader, actor, row):
            raise NotFound
        return row
    visible_item(reader, actor, row.item_id)
    return row


def _asked_of(reader: Reader, actor: Actor, row: AttachmentRow) -> bool:
    """Whether its uploader asks for a letter with it, and the actor is among those who decide."""
    return any(
        row.id in [each["id"] for each in load(card.data)["request"]["files"]]
        for card in _CARDS.all(reader, uploader_id=row.uploader_id)
        if may_see(reader, actor, card)
    )


def visible_item(reader: Reader, actor: Actor, item_id: str) -> ItemRow:
    """An item of a case whose content may be read; a whisper by its author, its reader and the supervisors' side only.

    Raises NotFound.
    """
    item = timeline.find(reader, item_id)
    if item is None or not may_see(reader, actor, item):
        raise NotFound
    return item


def may_see(reader: Reader, actor: Actor, item: ItemRow) -> bool:
    """Whether this item may be shown to the actor now: what a search, a file or a frame asks before anything leaves."""
    if not may_read(reader, actor, item.case_id):
        return False
    if item.kind != "whisper" or actor.id in (item.author_id, item.to_id):
        return True
    clause = case.select().with_only_columns(case.c.team_id).where(case.c.id == item.case_id)
    return any(side_readers(actor, team) for team in rows(reader, clause, value))


def response(
    row: AttachmentRow, path: Path, *, range_: str = "", if_range: str = "", download: bool = False
) -> Response:
    """The bytes, whole or one range of them (RFC 9110, 14). Raises NotFound when they are not where they should be.

    Several ranges, or one that is malformed, are answered with the whole; one beyond the end with 416.
    """
    try:
        size = path.stat().st_size
    except OSError:
        raise NotFound from None
    tag = f'"{row.sha256}"'
    headers = {
        "content-disposition": disposition(row.name, inline=row.type in INLINE_TYPES and not download),
        "accept-ranges": "bytes",
        "etag": tag,
    }
    first, last, status = 0, size - 1, 200
    match = _RANGE.fullmatch(range_.strip())
    if match and (match[1] or match[2]) and (not if_range or if_range == tag):
        first, last = _span(match[1], match[2], size)
        if first > last:
            return Response(status_code=416, headers={**headers, "content-range": f"bytes */{size}"})
        headers["content-range"] = f"bytes {first}-{last}/{size}"
        status = 206
    headers["content-length"] = str(last - first + 1)
    return StreamingResponse(_stream(path, first, last - first + 1), status, headers, media_type=_served(row.type))


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition after RFC 6266: an ASCII name for old readers, the true one in UTF-8 beside it."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%;]', "_", name) or "file"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name or 'file', safe='')}"


def _served(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """(first, last) byte; first beyond last when the range cannot be satisfied."""
    if not first:
        return max(size - int(last), 0) if int(last) else size, size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


async def _stream(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, first)
        while length > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
