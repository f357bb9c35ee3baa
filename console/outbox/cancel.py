"""What was planned for a debtor, on every channel and in every case, taken out of the outbox at once."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.outbox.models import outbox
from console.store.statement import Query, change, value
from console.store.transaction import Tx
from console.timeline.models import item
from console.timeline.queries import ItemRow

_PLANNED = Query(
    select(item)
    .join(outbox, outbox.c.item_id == item.c.id)
    .where(outbox.c.debtor_id == bindparam("debtor_id"), outbox.c.state.in_(("planned", "restored")))
    .order_by(item.c.case_id, item.c.position),
    ItemRow,
)


_ANY = Query(
    select(outbox.c.item_id)
    .where(outbox.c.debtor_id == bindparam("debtor_id"), outbox.c.state.in_(("planned", "restored")))
    .limit(1),
    value,
)


def call_off(tx: Tx, debtor_id: str) -> dict[str, list[ItemRow]]:
    """Cancel what is scheduled or held for this debtor; the items by their case, which the caller revises and tells."""
    found: dict[str, list[ItemRow]] = {}
    if _ANY.first(tx, debtor_id=debtor_id) is None:  # nearly always: asked in the cheapest way
        return found
    for each in _PLANNED.all(tx, debtor_id=debtor_id):
        found.setdefault(each.case_id, []).append(each)
    for state in ("planned", "restored"):
        change(tx, outbox, {"debtor_id": debtor_id, "state": state}, state="cancelled")
    return found
