"""Files and search over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct, structs
from starlette.responses import Response

from console.access.endpoint import STAFF, WRITERS, Answer, Call, Endpoint
from console.errors import TooLarge
from console.timeline import download, upload, view
from console.timeline.audit import note_foreign_look
from console.timeline.queries import AttachmentRow
from console.timeline.search import Found, SearchQuery, search
from console.wire import shapes

Any_ = Call[Any, Any]


class Uploaded(shapes.Attachment, frozen=True, kw_only=True):
    """The first file, for who sends one; `items` holds them all."""

    items: list[shapes.Attachment]


class FileQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """`inline=0` asks for a download of what could be shown; `inline=1` is what happens anyhow, where it is safe."""

    inline: int = 1


async def post_upload(call: Any_) -> Uploaded:
    services, limit = call.services, call.services.settings.upload_bytes
    kept: list[tuple[AttachmentRow, bytes]] = []
    async with upload.form_files(call.request) as parts:
        for at, part in enumerate(parts):
            field = "file" if len(parts) == 1 else f"file[{at}]"
            given = await upload.read_file(part, field, limit)
            row = await asyncio.to_thread(upload.judge, given, call.actor, services.clock.now(), field)
            kept.append((row, given.content))
    total = sum(row.size for row, _ in kept)
    if total > limit:
        raise TooLarge("The files together are too big.", limit=limit, field="file")
    await services.limits.take("upload_bytes", call.actor.id, total)
    await upload.store(services.files, kept)
    await services.store.write(upload.keep, [row for row, _ in kept])
    items = [view.attachment(row) for row, _ in kept]
    return Uploaded(**structs.asdict(items[0]), items=items)


async def get_attachment(call: Call[None, FileQuery]) -> Response:
    services = call.services
    row = await services.store.read(download.visible_file, call.actor, call.path["id"])
    if row.case_id is not None:
        await note_foreign_look(services, call.actor, row.case_id)
    asked = call.request.headers
    return download.response(
        row, services.files.path(row.id), range_=asked.get("range", ""), if_range=asked.get("if-range", ""),
        download=call.query.inline == 0,
    )  # fmt: skip


async def delete_attachment(call: Any_) -> Answer:
    await call.services.store.write(upload.forget, call.actor, call.path["id"])
    await asyncio.to_thread(call.services.files.remove, call.path["id"])
    return Answer(status=204)


async def get_search(call: Call[None, SearchQuery]) -> Any:
    services = call.services
    return await services.store.read(search, call.actor, call.query, services.vault)


ENDPOINTS = [
    Endpoint(
        method="POST", path="/api/v1/uploads", handler=post_upload, body=None, answer=Uploaded, status=201,
        summary="Send files (multipart, parts named file) for a message to come", roles=WRITERS, bytes="form_bytes",
        rate="upload", problems=("payload_too_large",),
    ),
    Endpoint(
        method="GET", path="/api/v1/attachments/{id}", handler=get_attachment, query=FileQuery, roles=STAFF,
        summary="A file, whole or one range; shown inline only where its bytes are safe",
    ),
    Endpoint(
        method="DELETE", path="/api/v1/attachments/{id}", handler=delete_attachment, roles=WRITERS, status=204,
        summary="Take back an upload that no message has",
    ),
    Endpoint(
        method="GET", path="/api/v1/search", handler=get_search, query=SearchQuery, answer=Found, roles=STAFF,
        summary="Messages, notes and whispers, or debtors, as far as the caller may see them", rate="search",
    ),
]  # fmt: skip
