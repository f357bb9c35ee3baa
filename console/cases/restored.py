"""After a restore nothing leaves by itself: what the copy thinks unsent was perhaps sent since (invariant 7).

`hold` puts everything that waited aside; a person looks, and lets it go (`release`) or calls it off (`drop`).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select

from console.audit.record import record
from console.cases.answered import not_answered
from console.cases.changed import told
from console.cases.queries import live
from console.cases.send import unconfirmed
from console.outbox.models import outbox
from console.outbox.queries import OutboxRow
from console.store.base import dump, load
from console.store.statement import Query, change
from console.store.transaction import Reader, Tx
from console.timeline.add import revise
from console.timeline.queries import get

HELD = "restored"
CODE = "RESTORED"
_WAITING = Query(select(outbox).where(outbox.c.state.in_(("ready", "planned", "claimed", "sending"))), OutboxRow)
_HELD = Query(
    select(outbox).where(outbox.c.state == bindparam("held")).order_by(outbox.c.created_at, outbox.c.item_id), OutboxRow
)


def hold(tx: Tx) -> int:
    """Put all that waits to leave aside; how many. What was being sent is unconfirmed: nobody knows."""
    count = 0
    for planned in _WAITING.all(tx):
        row, item = live(tx, planned.case_id), get(tx, planned.item_id)
        if planned.state == "sending":
            unconfirmed(tx, item, "the database was restored from a copy made while it was being sent")
            continue
        change(tx, outbox, {"item_id": item.id}, state=HELD, lease_until=None, leased_by="")
        data = load(item.data) | {"held": {"code": CODE, "until": None}}
        revise(tx, row, item, status="held", due_at=None, data=dump(data))
        told(tx, row)
        count += 1
    return count


def held(reader: Reader) -> list[OutboxRow]:
    """What was put aside, the oldest first."""
    return _HELD.all(reader, held=HELD)


def release(tx: Tx, items: Collection[str] | None, by: str | None) -> int:
    """Let these go (None: all); how many. Each is judged by the gate once more when it leaves."""
    chosen = _chosen(tx, items)
    for planned in chosen:
        change(tx, outbox, {"item_id": planned.item_id}, state="planned", due_at=max(planned.due_at, tx.now))
    record(tx, by, "outbox.released", detail={"count": len(chosen)})
    tx.wake("dispatcher")
    return len(chosen)


def drop(tx: Tx, items: Collection[str] | None, by: str | None) -> int:
    """Call these off (None: all); how many. The text stays where it stands; the waits they had answered go on."""
    chosen = _chosen(tx, items)
    for planned in chosen:
        row, item = live(tx, planned.case_id), get(tx, planned.item_id)
        change(tx, outbox, {"item_id": item.id}, state="cancelled")
        data = load(item.data) | {"cancelled": {"why": CODE}}
        revise(tx, row, item, status="cancelled", due_at=None, data=dump(data))
        not_answered(tx, row, item)
        told(tx, row)
    record(tx, by, "outbox.dropped", detail={"count": len(chosen)})
    return len(chosen)


def _chosen(tx: Tx, items: Collection[str] | None) -> list[OutboxRow]:
    return [each for each in held(tx) if items is None or each.item_id in items]
