"""Stop-the-clock: everything planned for a debtor, on every channel, called off at once, and the thread says so."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.outbox.models import outbox
from console.store.base import dump, load
from console.store.statement import Query, change
from console.store.transaction import Tx
from console.timeline.add import Numbered, add_event, revise
from console.timeline.queries import get

_PLANNED = Query(
    select(outbox.c.item_id, outbox.c.case_id).where(
        outbox.c.debtor_id == bindparam("debtor_id"), outbox.c.state == "planned"
    ),
    lambda *columns: columns,
)


def cancel_planned(tx: Tx, debtor_id: str, why: str, *, case: Numbered) -> int:
    """Cancel what is scheduled or held for this debtor; how many. `case` is the live row whose thread tells it."""
    planned = _PLANNED.all(tx, debtor_id=debtor_id)
    for item_id, case_id in planned:
        change(tx, outbox, {"item_id": item_id}, state="cancelled")
        item = get(tx, item_id)
        data = load(item.data) | {"cancelled": {"why": why}}
        revise(
            tx,
            case if case_id == case.id else _Foreign(case_id, case),
            item,
            status="cancelled",
            due_at=None,
            data=dump(data),
        )
    if planned:
        add_event(tx, case, "messages.cancelled", {"count": len(planned), "why": why})
    return len(planned)


class _Foreign:
    """Another case of the same debtor: its item changes, its thread gets no line."""

    def __init__(self, case_id: str, beside: Numbered) -> None:
        self.id = case_id
        self.position = 0
        self.team_id = beside.team_id
        self.portfolio_id = beside.portfolio_id
