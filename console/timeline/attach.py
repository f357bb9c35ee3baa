"""Putting uploaded files on a message: they are their uploader's own until then."""

from __future__ import annotations

from collections.abc import Sequence

from console.access.actor import Actor
from console.errors import Invalid
from console.store.transaction import Tx
from console.timeline.queries import AttachmentRow, file
from console.wire.limits import FILES_A_MESSAGE

MIB = 1024 * 1024
LIMITS = {"whatsapp": 16 * MIB, "sms": 5 * MIB, "email": 25 * MIB, "webchat": 16 * MIB}


def attach(tx: Tx, actor: Actor, case_id: str, ids: Sequence[str], *, channel: str) -> list[AttachmentRow]:
    """The uploads behind these ids, checked: own, free, ready, not too big. Raises Invalid, naming the one refused."""
    if len(ids) > FILES_A_MESSAGE:
        raise Invalid(f"At most {FILES_A_MESSAGE} files a message.", field="attachments", limit=FILES_A_MESSAGE)
    if len(set(ids)) != len(ids):
        raise Invalid("The same file twice.", field="attachments")
    rows = []
    for ordinal, attachment_id in enumerate(ids):
        row = file(tx, attachment_id)
        if row is None or row.uploader_id != actor.id or row.item_id is not None:
            raise Invalid("There is no such upload of yours.", field=f"attachments[{ordinal}]")
        if row.state != "ready":
            raise Invalid("The file is not ready.", field=f"attachments[{ordinal}]", state=row.state)
        if row.size > LIMITS.get(channel, 16 * MIB):
            limit = LIMITS.get(channel, 16 * MIB)
            raise Invalid(f"{row.name} is too big for {channel}.", field=f"attachments[{ordinal}]", limit=limit)
        row.ordinal = ordinal
        rows.append(row)
    if sum(row.size for row in rows) > LIMITS["email"]:
        raise Invalid("The files together are too big.", field="attachments", limit=LIMITS["email"])
    return rows
