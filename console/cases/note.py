"""A note for the team. It has no channel: nothing can send it."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import may_read, must_know
from console.cases.changed import save_position
from console.cases.ownership import must_be_at
from console.cases.queries import live
from console.errors import Invalid, NotOwner
from console.store.base import dump
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.add import add_item, tell
from console.timeline.queries import ItemRow
from console.wire.limits import TEXT_CHARS


def note(
    tx: Tx, actor: Actor, case_id: str, client_id: str, text: str, epoch: int | None = None
) -> tuple[ItemRow, bool]:
    """Write a note on a case one may read; whether it is new. Repeating the client_id changes nothing.

    Raises NotOwner for a colleague who knows of the case and does not read it (decision 6).
    """
    must_know(tx, actor, case_id)
    actor.must_be("agent", "supervisor")
    digest = body_hash({"text": text})
    before = repeated(tx, actor, f"notes:{case_id}", client_id, digest)
    if before is not None:
        return timeline.get(tx, before), False
    row = live(tx, case_id)
    must_be_at(row, epoch)
    if not may_read(tx, actor, case_id):
        raise NotOwner(epoch=row.epoch)
    if not text.strip() or len(text) > TEXT_CHARS:
        raise Invalid(f"A note has 1 to {TEXT_CHARS} characters.", field="text", limit=TEXT_CHARS)
    item = add_item(tx, row, "note", author=actor.id, text=text, client_id=client_id, data=dump({}))
    tell(tx, row, item)
    save_position(tx, row)
    remember(tx, actor, f"notes:{case_id}", client_id, digest, item.id)
    return item, True
