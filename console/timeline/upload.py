"""Files on their way into a message: received in a stream, judged by their bytes, their uploader's until attached."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct
from sqlalchemy import bindparam, select
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from console.access.actor import Actor
from console.errors import Conflict, Invalid, NotFound, TooLarge, WrongType
from console.store.statement import Query, Statement, remove, value
from console.store.transaction import Reader, Tx
from console.timeline import queries as timeline
from console.timeline.files import Files, insert, safe_name
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow
from console.timeline.sniff import sniff
from console.wire.ids import new_id
from console.wire.limits import FILES_A_MESSAGE
from console.wire.moment import HOUR, Ms

PARTS = 20
NAME_BYTES = 255
ORPHAN_MS = 24 * HOUR
_DANGERS = {
    "program": "A program is not taken: whoever opens it would run it.",
    "script": "A script is not taken: whoever opens it would run it.",
    "markup": "HTML, SVG and the like are not taken: send a picture or a PDF of it.",
}
_ORPHANS = Query(
    select(attachment.c.id)
    .where(attachment.c.item_id.is_(None), attachment.c.created_at < bindparam("before"))
    .order_by(attachment.c.created_at)
    .limit(bindparam("limit")),
    value,
)
_DROP = Statement(attachment.delete().where(attachment.c.id == bindparam("file_id"), attachment.c.item_id.is_(None)))


class Given(Struct):
    """One file of a form, as it was sent."""

    name: str
    declared: str
    content: bytes


@asynccontextmanager
async def form_files(request: Request, fields: dict[str, str] | None = None) -> AsyncIterator[list[UploadFile]]:
    """The parts named `file` of a multipart body, spooled to disk while they come. Raises WrongType, Invalid.
    `fields`: those of the form that go by these names are put there.

    The body's own bound is the endpoint's (`Bounded`): it raises TooLarge in the middle of the stream.
    """
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise WrongType("Send the files as multipart/form-data.")
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=FILES_A_MESSAGE, max_fields=PARTS - FILES_A_MESSAGE
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Invalid(error.message, field="file") from None
    try:
        found = [each for name, each in form.multi_items() if name == "file" and isinstance(each, UploadFile)]
        if fields is not None:
            fields |= {name: each for name, each in form.multi_items() if name in fields and isinstance(each, str)}
        if not found:
            raise Invalid("Send at least one part named file that has a file name.", field="file")
        yield found
    finally:
        await form.close()


async def read_file(part: UploadFile, field: str, limit: int) -> Given:
    """The bytes of a part, at most `limit` of them. Raises TooLarge or Invalid, naming the field."""
    if (part.size or 0) > limit:
        raise TooLarge("The file is too big.", limit=limit, field=field)
    if len((part.filename or "").encode()) > NAME_BYTES:
        raise Invalid(f"The file's name is longer than {NAME_BYTES} bytes.", field=field, limit=NAME_BYTES)
    name = (part.filename or "").replace("%22", '"').replace("%0D", "").replace("%0A", "")  # as HTML forms write them
    return Given(name, (part.content_type or "")[:100], await part.read())


def judge(given: Given, actor: Actor, now: Ms, field: str) -> AttachmentRow:
    """The row of a file that may be kept. Raises Invalid with the reason why it may not."""
    name = safe_name(given.name) or "file"
    found = sniff(given.content, name, given.declared)
    if found.danger:
        raise Invalid(_DANGERS[found.danger], field=field, reason=found.danger)
    if found.refused:
        raise Invalid("The picture has too many pixels.", field=field, reason=found.refused)
    if not given.content:
        raise Invalid("The file is empty.", field=field, reason="empty")
    return AttachmentRow(
        id=new_id(), item_id=None, case_id=None, uploader_id=actor.id, ordinal=0, name=name, type=found.type,
        declared=given.declared, size=len(given.content), sha256=hashlib.sha256(given.content).hexdigest(),
        state="ready", reason="", inline_id="", width=found.width, height=found.height, source="{}", created_at=now,
    )  # fmt: skip


async def store(files: Files, rows: Sequence[tuple[AttachmentRow, bytes]]) -> None:
    """Write the bytes before any row says that they are there."""
    for row, content in rows:
        await asyncio.to_thread(files.write, row.id, content)


def keep(tx: Tx, rows: Sequence[AttachmentRow]) -> None:
    for row in rows:
        insert(tx, row)


def forget(tx: Tx, actor: Actor, attachment_id: str) -> None:
    """Take back an upload of one's own. Raises NotFound, or Conflict when a message has it."""
    row = timeline.file(tx, attachment_id)
    if row is None or row.uploader_id != actor.id:
        raise NotFound
    if row.item_id is not None:
        raise Conflict("The file belongs to a message already.")
    remove(tx, attachment, id=row.id)


def orphans(reader: Reader, limit: int) -> list[str]:
    """Uploads that no message took within a day."""
    return _ORPHANS.all(reader, before=reader.now - ORPHAN_MS, limit=limit)


def drop_orphan(tx: Tx, attachment_id: str) -> bool:
    """Forget one, unless a message has taken it meanwhile."""
    return _DROP.run(tx, file_id=attachment_id) > 0
