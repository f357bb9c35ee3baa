"""Items and attachments as rows, and how a timeline is paged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import Struct
from sqlalchemy import bindparam, exists, select

from console.debtors.holders import OWN
from console.debtors.models import contact_point
from console.debtors.queries import PointRow
from console.errors import NotFound
from console.store.statement import Query, placed, places, rows, value
from console.store.transaction import Reader
from console.timeline.models import attachment, item
from console.wire.moment import Ms


class ItemRow(Struct):
    """All columns of `item`, in their order."""

    id: str
    case_id: str
    position: int
    kind: str
    at: Ms
    author_id: str | None
    rev: int = 1
    direction: str | None = None
    channel: str | None = None
    inbox_id: str | None = None
    contact_point_id: str | None = None
    text: str = ""
    html: str | None = None
    subject: str | None = None
    status: str | None = None
    purpose: str | None = None
    provider_id: str | None = None
    client_id: str | None = None
    reply_to: str | None = None
    to_id: str | None = None
    seen_at: Ms | None = None
    used_at: Ms | None = None
    due_at: Ms | None = None
    error: str = "null"
    data: str = "{}"


class AttachmentRow(Struct):
    """All columns of `attachment`, in their order."""

    id: str
    item_id: str | None
    case_id: str | None
    uploader_id: str | None
    ordinal: int
    name: str
    type: str
    declared: str
    size: int
    sha256: str
    state: str
    reason: str
    inline_id: str
    width: int
    height: int
    source: str
    created_at: Ms


_BY_ID = Query(select(item).where(item.c.id == bindparam("id")), ItemRow)
_BY_PROVIDER = Query(
    select(item).where(item.c.provider_id == bindparam("provider_id"), item.c.inbox_id == bindparam("inbox_id")),
    ItemRow,
)
_ANY_PROVIDER = Query(
    select(item.c.id).where(item.c.provider_id == bindparam("provider_id")).order_by(item.c.at.desc()).limit(1), value
)
_FILES = Query(
    select(attachment).where(attachment.c.item_id == bindparam("item_id")).order_by(attachment.c.ordinal), AttachmentRow
)
_FILE = Query(select(attachment).where(attachment.c.id == bindparam("id")), AttachmentRow)
_LAST_OUT = Query(
    select(item)
    .where(
        item.c.case_id == bindparam("case_id"),
        item.c.kind == "message",
        item.c.direction == "out",
        item.c.position > bindparam("position"),
    )
    .order_by(item.c.position),
    ItemRow,
)


_HERE = item.c.contact_point_id == bindparam("point_id")
_OF_DEBTOR = ~exists().where(contact_point.c.id == item.c.contact_point_id, contact_point.c.holder != OWN)
_SUBJECTS = (
    select(item.c.subject)
    .where(item.c.case_id == bindparam("case_id"), item.c.channel == "email", item.c.subject.is_not(None))
    .order_by(item.c.position.desc())
    .limit(1)
)
_SUBJECT, _SUBJECT_HERE = (Query(_SUBJECTS.where(side), value) for side in (_OF_DEBTOR, _HERE))
_MAILS = (
    select(item)
    .where(item.c.case_id == bindparam("case_id"), item.c.channel == "email", item.c.direction == "in")
    .order_by(item.c.position.desc())
    .limit(1)
)
_LAST_MAIL, _LAST_MAIL_HERE = (Query(_MAILS.where(side), ItemRow) for side in (_OF_DEBTOR, _HERE))


class Answer(Struct):
    """A message of a person of ours."""

    at: Ms
    author_id: str | None


_ANSWERS = Query(
    select(item.c.at, item.c.author_id).where(
        item.c.case_id == bindparam("case_id"),
        item.c.kind == "message",
        item.c.direction == "out",
        item.c.author_id != "system",
        item.c.status.not_in(("failed", "cancelled", "scheduled", "held")),
        item.c.at >= bindparam("since"),
    ),
    Answer,
)


def answers_since(reader: Reader, case_id: str, since: Ms) -> list[Answer]:
    """When people of ours wrote to the debtor since a moment, and who."""
    return _ANSWERS.all(reader, case_id=case_id, since=since)


def last_mail(reader: Reader, case_id: str, point: PointRow) -> ItemRow | None:
    """The last mail of whoever has this address, the debtor or somebody beside them: what an answer there answers."""
    query = _LAST_MAIL if point.holder == OWN else _LAST_MAIL_HERE
    return query.first(reader, case_id=case_id, point_id=point.id)


def last_subject(reader: Reader, case_id: str, point: PointRow) -> str | None:
    """The subject of the last mail between us and whoever has this address: nobody reads what the other wrote above."""
    query = _SUBJECT if point.holder == OWN else _SUBJECT_HERE
    return query.first(reader, case_id=case_id, point_id=point.id)


def find(reader: Reader, item_id: str) -> ItemRow | None:
    return _BY_ID.first(reader, id=item_id)


def find_all(reader: Reader, item_ids: Iterable[str]) -> dict[str, ItemRow]:
    """Those of these items that there are, by id."""
    wanted = sorted(set(item_ids))
    return {each.id: each for each in _by_ids(len(wanted)).all(reader, **placed(wanted))} if wanted else {}


@cache
def _by_ids(count: int) -> Query[ItemRow]:
    return Query(select(item).where(item.c.id.in_(places(count))), ItemRow)


def get(reader: Reader, item_id: str) -> ItemRow:
    """The item, whoever asks. Raises NotFound."""
    row = find(reader, item_id)
    if row is None:
        raise NotFound
    return row


def by_provider(reader: Reader, inbox_id: str, provider_id: str) -> ItemRow | None:
    """The message a provider's id names, on one of our inboxes."""
    return _BY_PROVIDER.first(reader, inbox_id=inbox_id, provider_id=provider_id) if provider_id else None


def outbound_after(reader: Reader, case_id: str, position: int) -> list[ItemRow]:
    """Our messages of a case that stand after a position."""
    return _LAST_OUT.all(reader, case_id=case_id, position=position)


def files_of(reader: Reader, item_id: str) -> list[AttachmentRow]:
    return _FILES.all(reader, item_id=item_id)


def file(reader: Reader, attachment_id: str) -> AttachmentRow | None:
    return _FILE.first(reader, id=attachment_id)


def files_of_all(reader: Reader, item_ids: Sequence[str]) -> dict[str, list[AttachmentRow]]:
    """Attachments by item, for a page of a timeline."""
    found: dict[str, list[AttachmentRow]] = {}
    if item_ids:
        clause = select(attachment).where(attachment.c.item_id.in_(item_ids)).order_by(attachment.c.ordinal)
        for each in rows(reader, clause, AttachmentRow):
            found.setdefault(each.item_id or "", []).append(each)
    return found


def page(
    reader: Reader,
    case_id: str,
    *,
    before: int | None,
    after: int | None,
    limit: int,
    whispers_of: str | None,
    side: bool,
) -> list[ItemRow]:
    """Up to `limit` items in position order: the last ones, or those before / after a position.

    Whispers: all of them when `side` (supervisors, compliance), else only those written by or to `whispers_of`.
    """
    clause = select(item).where(item.c.case_id == case_id)
    if not side:
        mine = (item.c.to_id == whispers_of) | (item.c.author_id == whispers_of)
        clause = clause.where((item.c.kind != "whisper") | (mine if whispers_of else item.c.kind != "whisper"))
    if after is not None:
        return rows(reader, clause.where(item.c.position > after).order_by(item.c.position).limit(limit), ItemRow)
    if before is not None:
        clause = clause.where(item.c.position < before)
    return rows(reader, clause.order_by(item.c.position.desc()).limit(limit), ItemRow)[::-1]


assert ItemRow.__struct_fields__ == tuple(item.c.keys()), "ItemRow and the table differ"
assert AttachmentRow.__struct_fields__ == tuple(attachment.c.keys()), "AttachmentRow and the table differ"
