"""Stop-the-clock: everything planned for a debtor, on every channel and in every case, called off in this transaction.

One function for whatever ends the matter: a payment, a dispute, an opt-out, a death, a wrong person, a hold, a reply.
Each thread that lost something says how much and why.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.cases.changed import told
from console.cases.queries import CaseRow, live
from console.outbox.cancel import call_off
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline import view
from console.timeline.add import add_event, topics_of
from console.timeline.models import item
from console.timeline.queries import ItemRow

_AT_ONCE = 500


def stop_the_clock(tx: Tx, debtor_id: str, why: str, *, by: str | None = None) -> int:
    """Cancel what is scheduled or held for this debtor; how many.

    why: one word of the texts `why.*`: payment, dispute, opt_out, cease_contact, deceased, wrong_person, hardship,
    distress, promise, plan, reply, resolved, merged, consent_revoked. `by`: whose act it was, for the thread.
    """
    planned = call_off(tx, debtor_id)
    for case_id, items in planned.items():
        row = live(tx, case_id)
        for start in range(0, len(items), _AT_ONCE):
            _cancel(tx, row, items[start : start + _AT_ONCE], why)
        add_event(tx, row, "messages.cancelled", {"count": len(items), "why": why}, author=by)
        told(tx, row)
    return sum(len(items) for items in planned.values())


def _cancel(tx: Tx, row: CaseRow, items: Sequence[ItemRow], why: str) -> None:
    """The text stays where it stands, with the reason beside it."""
    for each in items:
        data = load(each.data)
        data.pop("held", None)
        each.status, each.due_at, each.rev = "cancelled", None, each.rev + 1
        each.data = dump(data | {"cancelled": {"why": why}})
        change(tx, item, {"id": each.id}, status=each.status, due_at=None, rev=each.rev, data=each.data)
    for each, shown in zip(items, view.many(tx, items), strict=True):
        tx.emit("message.updated", topics=topics_of(row, each), data=shown, case=row.id)
