"""A supervisor who is lost for 60 s gives the case back; leases that nobody renews end."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, or_, select, union_all

from console.audit.models import audit
from console.cases.models import case, draft
from console.cases.queries import live
from console.people.models import user
from console.store.statement import Query, row, value
from console.store.transaction import Reader, Tx
from console.supervision.barge import end_barge
from console.supervision.take_over import give_back
from console.supervision.watch import end_watch
from console.timeline.models import item
from console.wire.moment import SECOND

GRACE_MS = 60 * SECOND
_LOST = Query(
    select(case.c.id, case.c.owner_id, user.c.disabled_at)
    .join(user, user.c.id == case.c.taken_over_by)
    .where(
        case.c.status != "resolved",
        case.c.taken_over_by == case.c.owner_id,
        or_(
            user.c.disabled_at.is_not(None),
            and_(
                user.c.connected == 0,
                func.coalesce(user.c.gone_at, user.c.connected_until, 0) <= bindparam("gone"),
                case.c.assigned_at <= bindparam("since"),
            ),
        ),
    ),
    row,
)
_WORKED = Query(
    union_all(
        *(
            select(table.c.at).where(
                table.c.case_id == bindparam("case"), who == bindparam("user"), table.c.at > bindparam("since")
            )
            for table, who in ((item, item.c.author_id), (draft, draft.c.user_id), (audit, audit.c.actor_id))
        )
    ).limit(1),
    value,
)
"""Asked of the few cases of `_LOST` alone: an item is found by reading its case's."""


def due_hand_backs(reader: Reader) -> list[str]:
    """Cases whose supervisor has shown no connection for the grace (real time), or was disabled. Whoever took over
    without one, or never had one (by HTTP alone), has the grace from then on, and anew from whatever they write, half
    write or do on the case that the audit keeps.
    """
    since = reader.now - GRACE_MS
    return [
        case_id
        for case_id, owner, disabled in _LOST.all(reader, gone=reader.real - GRACE_MS, since=since)
        if disabled is not None or _WORKED.first(reader, case=case_id, user=owner, since=since) is None
    ]


def hand_back_lost(tx: Tx, case_id: str) -> None:
    """The case returns to the agent if assignable, else to the queue."""
    found = live(tx, case_id)
    if found.taken_over_by is not None and found.taken_over_by == found.owner_id:
        give_back(tx, found, None, by="system", why="supervisor_lost")


def end_lease(tx: Tx, case_id: str, user_id: str, kind: str) -> None:
    """A watch or a barge that its socket no longer renews."""
    if kind == "watch":
        end_watch(tx, case_id, user_id)
    else:
        end_barge(tx, case_id, user_id)
