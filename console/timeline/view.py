"""Items as the world sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET
from sqlalchemy import bindparam, select

from console.people.models import user
from console.store.base import load
from console.store.statement import Query, rows
from console.store.transaction import Reader
from console.timeline.queries import AttachmentRow, ItemRow, files_of, files_of_all
from console.wire import shapes
from console.wire.moment import rfc3339

_PERSON = Query(select(user.c.id, user.c.name, user.c.role).where(user.c.id == bindparam("id")), shapes.Person)
SYSTEM = shapes.Person("system", "Acordo", "system")
INLINE_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4"}
)


def person(reader: Reader, user_id: str | None) -> shapes.Person | None:
    if user_id is None:
        return None
    return SYSTEM if user_id == "system" else _PERSON.first(reader, id=user_id)


def people(reader: Reader, ids: Iterable[str | None]) -> dict[str, shapes.Person]:
    wanted = {each for each in ids if each}
    found = {"system": SYSTEM} if "system" in wanted else {}
    if wanted - {"system"}:
        clause = select(user.c.id, user.c.name, user.c.role).where(user.c.id.in_(sorted(wanted)))
        found |= {each.id: each for each in rows(reader, clause, shapes.Person)}
    return found


def one(reader: Reader, row: ItemRow, files: Sequence[AttachmentRow] | None = None) -> shapes.Item:
    """The shape of one item; `files` saves a look when they are known."""
    cast = people(reader, (row.author_id, row.to_id)) if row.author_id or row.to_id else {}
    if files is None:
        files = files_of(reader, row.id) if row.kind == "message" else ()
    return shape(row, cast, files)


def many(reader: Reader, items: Sequence[ItemRow]) -> list[shapes.Item]:
    """The shapes of a page, with two look-ups in all."""
    cast = people(reader, [each for row in items for each in (row.author_id, row.to_id)])
    files = files_of_all(reader, [row.id for row in items if row.kind == "message"])
    return [shape(row, cast, files.get(row.id, ())) for row in items]


def shape(row: ItemRow, cast: Mapping[str, shapes.Person], files: Sequence[AttachmentRow]) -> shapes.Item:
    author = cast.get(row.author_id) if row.author_id else None
    data: dict[str, Any] = load(row.data)
    common: dict[str, Any] = {
        "id": row.id,
        "position": row.position,
        "kind": row.kind,
        "at": rfc3339(row.at),
        "author": author,
        "case": row.case_id,
        "rev": row.rev,
    }
    if row.kind == "message":
        return shapes.Item(**common, **_message(row, data, files))
    if row.kind == "event":
        return shapes.Item(**common, name=data["name"], data=data.get("data", {}))
    if row.kind == "whisper":
        return shapes.Item(
            **common,
            text=row.text,
            to=cast.get(row.to_id) if row.to_id else None,
            suggestion=bool(data.get("suggestion")),
            seen_at=rfc3339(row.seen_at),
            used_at=rfc3339(row.used_at),
            request=data.get("request", UNSET),
        )
    return shapes.Item(**common, text=row.text, data=data.get("data", UNSET))


def attachment(row: AttachmentRow) -> shapes.Attachment:
    return shapes.Attachment(
        id=row.id,
        name=row.name,
        type=row.type,
        size=row.size,
        url=f"/api/v1/attachments/{row.id}",
        state=row.state,
        reason=row.reason,
        inline=row.type in INLINE_TYPES,
        width=row.width,
        height=row.height,
    )


def _message(row: ItemRow, data: dict[str, Any], files: Sequence[AttachmentRow]) -> dict[str, Any]:
    return {
        "direction": row.direction,
        "channel": row.channel,
        "contact_point": row.contact_point_id,
        "inbox": row.inbox_id,
        "text": row.text,
        "html": f"/api/v1/messages/{row.id}/html" if row.html is not None else UNSET,
        "subject": UNSET if row.subject is None else row.subject,
        "attachments": [attachment(each) for each in files if not each.inline_id or row.html is None],
        "reply_to": row.reply_to,
        "template": data.get("template", UNSET),
        "status": row.status,
        "purpose": row.purpose or UNSET,
        "error": load(row.error),
        "provider_id": row.provider_id or UNSET,
        "client_id": row.client_id or UNSET,
        "sort": data.get("sort", "text"),
        "detail": data.get("detail", UNSET),
        "quoted_text": data.get("quoted_text", UNSET),
        "reactions": data.get("reactions", UNSET),
        "attempts": data.get("attempts", UNSET),
        "due_at": rfc3339(row.due_at) or UNSET,
        "held": data.get("held", UNSET),
        "cancelled": data.get("cancelled", UNSET),
        "retry_of": data.get("retry_of", UNSET),
        "automated": data.get("automated", UNSET),
        "edited": data.get("edited", UNSET),
        "deleted": data.get("deleted", UNSET),
    }
