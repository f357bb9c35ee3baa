"""Statuses that came before we knew the message they are about: a callback may overtake the answer that tells its id.

They are kept by the provider's id and applied when a message of ours gets it; whatever nobody claims within a day is
about somebody else's message and is forgotten.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import and_, bindparam, select

from channels.types import Receipt
from console.cases.models import early_status
from console.portfolios.queries import InboxRow
from console.store.base import dump
from console.store.statement import Query, Statement, add_once, remove, row, value
from console.store.transaction import Reader, Tx
from console.timeline.models import item
from console.wire.moment import DAY

_OF = Query(
    select(early_status.c.receipt)
    .where(early_status.c.inbox_id == bindparam("inbox_id"), early_status.c.provider_id == bindparam("provider_id"))
    .order_by(early_status.c.at, early_status.c.status),
    value,
)
_CLAIMED = Query(
    select(early_status.c.inbox_id, early_status.c.provider_id)
    .join(item, and_(item.c.inbox_id == early_status.c.inbox_id, item.c.provider_id == early_status.c.provider_id))
    .where(item.c.direction == "out")
    .distinct(),
    row,
)
_PRUNE = Statement(early_status.delete().where(early_status.c.at < bindparam("before")))


def keep_early(tx: Tx, inbox: InboxRow, receipt: Receipt) -> bool:
    """Lay a status aside; False when the same one lies there already."""
    return add_once(
        tx, early_status, ("inbox_id", "provider_id", "status"), inbox_id=inbox.id,
        provider_id=receipt.provider_id or receipt.ref, status=receipt.status, at=tx.now, receipt=dump(receipt),
    )  # fmt: skip


def take_early(tx: Tx, inbox_id: str, provider_id: str) -> list[Receipt]:
    """What lay aside for a provider's id, in the order in which it came; it lies there no more."""
    found = _OF.all(tx, inbox_id=inbox_id, provider_id=provider_id)
    if found:
        remove(tx, early_status, inbox_id=inbox_id, provider_id=provider_id)
    return [msgspec.json.decode(each, type=Receipt) for each in found]


def claimed_early(reader: Reader) -> list[tuple[str, str]]:
    """(inbox, provider's id) of what lies aside though a message of ours has that id by now."""
    return _CLAIMED.all(reader)


def prune_early(tx: Tx) -> int:
    """Forget what nobody claimed within a day; how many."""
    return _PRUNE.run(tx, before=tx.now - DAY)
