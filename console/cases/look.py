"""Reading a case: what was seen is the reader's own, and an owner's first look opens the case."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.audience import user_topic
from console.access.visible import must_read
from console.cases.changed import told
from console.cases.models import seen
from console.cases.queries import SEEN, CaseRow, live
from console.jobs.enqueue import enqueue_job
from console.store.statement import put
from console.store.transaction import Reader, Tx
from console.timeline.whispers import mark_seen


def look(tx: Tx, actor: Actor, case_id: str, position: int) -> CaseRow:
    """The reader has seen the timeline up to a position. Watching supervisors leave a mark of their own only."""
    must_read(tx, actor, case_id)
    row = live(tx, case_id)
    position = min(max(position, 0), row.position)
    before = SEEN.first(tx, case_id=case_id, user_id=actor.id)
    if before is None or before.position < position or before.inbound < row.inbound:
        put(
            tx, seen, ("case_id", "user_id"), case_id=case_id, user_id=actor.id, position=position, inbound=row.inbound,
            at=tx.now,
        )  # fmt: skip
        data = {"id": case_id, "unread": 0, "position": position}
        tx.emit("case.seen", topics=[user_topic(actor.id)], data=data, case=case_id)
    if row.owner_id == actor.id:
        if before is None or before.inbound < row.inbound:
            enqueue_job(tx, "whatsapp.read", {"case": case_id}, key=f"read:{case_id}")
        mark_seen(tx, row, actor.id, position)
        if row.opened_at is None:
            row.opened_at = tx.now
            told(tx, row)
    return row


def unread(reader: Reader, actor: Actor, row: CaseRow) -> int:
    """How many messages the debtor wrote since this reader last looked."""
    before = SEEN.first(reader, case_id=row.id, user_id=actor.id)
    return row.inbound - (before.inbound if before is not None else 0)
