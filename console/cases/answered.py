"""Who waits for whom: a person's reply stops the clock of the promise, and its failure starts it again."""

from __future__ import annotations

from console.cases.changed import told
from console.cases.queries import CaseRow
from console.cases.standing import settle
from console.store.base import load
from console.store.transaction import Tx
from console.timeline.queries import ItemRow, outbound_after

_STANDS = frozenset({"queued", "sending", "unconfirmed", "sent", "delivered", "read"})


def answered(tx: Tx, row: CaseRow, item: ItemRow) -> None:
    """A person's reply was accepted: nobody waits for us now. The caller saves the row."""
    row.waiting_since = None
    row.last_outbound_at = tx.now
    settle(tx, row)


def not_answered(tx: Tx, row: CaseRow, item: ItemRow) -> None:
    """The reply ended failed or cancelled: the wait it had answered goes on, unless a later reply stands."""
    since = load(item.data).get("answered")
    if since is None or row.waiting_since is not None:
        return
    later = outbound_after(tx, row.id, item.position)
    if any(each.status in _STANDS and each.author_id not in (None, "system") for each in later):
        return
    row.waiting_since = since
    settle(tx, row)
    told(tx, row)
    tx.wake("assigner")
