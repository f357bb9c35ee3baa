"""Barging in: a further sender, same number. A grant of (user, epoch) that dies with the epoch."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.audience import case_topics, user_topic
from console.audit.record import record
from console.cases.changed import save_position
from console.cases.guards import still_open
from console.cases.models import lease
from console.cases.queries import CaseRow, live
from console.errors import Conflict
from console.store.statement import Query, put, remove
from console.store.transaction import Tx
from console.supervision.guards import supervised
from console.supervision.watch import LEASE_MS
from console.timeline.add import add_event
from console.timeline.view import person
from console.wire.moment import rfc3339

_GRANT = Query(
    select(lease.c.epoch, lease.c.since).where(
        lease.c.case_id == bindparam("case_id"), lease.c.user_id == bindparam("user_id"), lease.c.kind == "barge"
    ),
    lambda *columns: columns,
)


def barge(tx: Tx, actor: Actor, case_id: str) -> CaseRow:
    """Let the supervisor write beside the owner. Idempotent under the same epoch."""
    row = supervised(tx, actor, case_id)
    still_open(row)
    if row.owner_id is None:
        raise Conflict("Nobody owns this case: take it over or claim it instead.")
    if row.owner_id == actor.id:
        raise Conflict("You own this case already.")
    before = _GRANT.first(tx, case_id=row.id, user_id=actor.id)
    put(tx, lease, ("case_id", "user_id", "kind"), case_id=row.id, user_id=actor.id, kind="barge", epoch=row.epoch,
        since=tx.now if before is None else before[1], until=tx.real + LEASE_MS)  # fmt: skip
    if before is None or before[0] != row.epoch:
        record(tx, actor.id, "barge.started", f"case:{row.id}", case_id=row.id)
        _tell(tx, "barge.started", row, actor.id)
        add_event(tx, row, "barge.started", {"user": {"id": actor.id, "name": actor.name}}, author=actor.id)
        save_position(tx, row)
    return row


def leave(tx: Tx, actor: Actor, case_id: str) -> CaseRow:
    """Stop writing beside the owner."""
    supervised(tx, actor, case_id)
    return end_barge(tx, case_id, actor.id)


def end_barge(tx: Tx, case_id: str, user_id: str) -> CaseRow:
    row = live(tx, case_id)
    if remove(tx, lease, case_id=case_id, user_id=user_id, kind="barge"):
        record(tx, user_id, "barge.ended", f"case:{case_id}", case_id=case_id)
        _tell(tx, "barge.ended", row, user_id)
        who = person(tx, user_id)
        add_event(tx, row, "barge.ended", {"user": {"id": user_id, "name": who.name if who else ""}}, author=user_id)
        save_position(tx, row)
    return row


def _tell(tx: Tx, name: str, row: CaseRow, user_id: str) -> None:
    data = {"id": row.id, "user": person(tx, user_id), "since": rfc3339(tx.now), "epoch": row.epoch}
    owner = [user_topic(row.owner_id)] if row.owner_id else []
    tx.emit(name, topics=[*case_topics(row.id, row.team_id), *owner], data=data, case=row.id)
