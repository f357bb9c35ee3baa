"""Putting a message of ours on the thread and into the outbox, in one act. Every outbound message begins here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.cases.last_item import preview
from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.outbox.models import outbox
from console.store.base import dump, load
from console.store.statement import add, change
from console.store.transaction import Tx
from console.timeline.add import add_item, tell
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow, ItemRow
from console.wire.moment import Ms


def put_out(
    tx: Tx,
    row: CaseRow,
    pair: Pair,
    *,
    text: str,
    purpose: str,
    sort: str = "reply",
    author: str | None = None,
    client_id: str | None = None,
    reply_to: str | None = None,
    subject: str | None = None,
    template: dict[str, Any] | None = None,
    files: Sequence[AttachmentRow] = (),
    due_at: Ms | None = None,
    automated: bool = False,
    data: dict[str, Any] | None = None,
) -> ItemRow:
    """The message as `queued`, or `scheduled` when it has a `due_at`; its outbox row; its event.

    sort: reply, scheduled, greeting, away, acknowledgement, optout_confirmation. The caller saves the case's row.
    """
    more: dict[str, Any] = {"sort": "template" if template else "text", **(data or {})}
    if template is not None:
        more["template"] = template
    if automated:
        more["automated"] = True
    item = add_item(
        tx,
        row,
        "message",
        author=author,
        direction="out",
        channel=pair.inbox.channel,
        inbox_id=pair.inbox.id,
        contact_point_id=pair.point.id,
        text=text,
        subject=subject,
        status="queued" if due_at is None else "scheduled",
        purpose=purpose,
        client_id=client_id,
        reply_to=reply_to,
        due_at=due_at,
        data=dump(more),
    )
    add(
        tx,
        outbox,
        item_id=item.id,
        case_id=row.id,
        debtor_id=row.debtor_id,
        inbox_id=pair.inbox.id,
        contact_point_id=pair.point.id,
        channel=pair.inbox.channel,
        sort=sort,
        automated=int(automated),
        state="ready" if due_at is None else "planned",
        due_at=tx.now if due_at is None else due_at,
        created_at=tx.now,
    )
    for each in files:
        change(tx, attachment, {"id": each.id}, item_id=item.id, case_id=row.id)
    tell(tx, row, item, list(files))
    row.last_item = preview(item, more["sort"])
    if pair.inbox.channel not in load(row.channels):
        row.channels = dump([*load(row.channels), pair.inbox.channel])
    tx.wake("dispatcher")
    return item
