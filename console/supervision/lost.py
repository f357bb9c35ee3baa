"""A supervisor who is lost for 60 s gives the case back; leases that nobody renews end."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, or_, select

from console.cases.models import case
from console.cases.queries import live
from console.people.models import user
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx
from console.supervision.barge import end_barge
from console.supervision.take_over import give_back
from console.supervision.watch import end_watch
from console.wire.moment import SECOND

GRACE_MS = 60 * SECOND
_LOST = Query(
    select(case.c.id)
    .join(user, user.c.id == case.c.taken_over_by)
    .where(
        case.c.status != "resolved",
        case.c.taken_over_by == case.c.owner_id,
        or_(
            user.c.disabled_at.is_not(None),
            and_(user.c.gone_at <= bindparam("gone"), case.c.assigned_at <= bindparam("taken")),
        ),
    ),
    value,
)


def due_hand_backs(reader: Reader) -> list[str]:
    """Cases whose supervisor has shown no connection for the grace (real time), or was disabled. Whoever took over
    without one, by HTTP alone, has the grace from then on.
    """
    return _LOST.all(reader, gone=reader.real - GRACE_MS, taken=reader.now - GRACE_MS)


def hand_back_lost(tx: Tx, case_id: str) -> None:
    """The case returns to the agent if assignable, else to the queue."""
    row = live(tx, case_id)
    if row.taken_over_by is not None and row.taken_over_by == row.owner_id:
        give_back(tx, row, None, by="system", why="supervisor_lost")


def end_lease(tx: Tx, case_id: str, user_id: str, kind: str) -> None:
    """A watch or a barge that its socket no longer renews."""
    if kind == "watch":
        end_watch(tx, case_id, user_id)
    else:
        end_barge(tx, case_id, user_id)
