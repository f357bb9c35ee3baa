"""Watching: nobody notices, no read mark is left, and it is logged from when to when. The socket renews the lease."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.audience import team_side_topic, user_topic
from console.audit.record import record
from console.cases.models import lease
from console.cases.queries import CaseRow
from console.store.statement import Query, change, put, remove
from console.store.transaction import Reader, Tx
from console.supervision.guards import supervised
from console.timeline.view import person
from console.wire.moment import SECOND, rfc3339

LEASE_MS = 60 * SECOND
_MINE = Query(
    select(lease.c.case_id, lease.c.kind).where(
        lease.c.user_id == bindparam("user_id"), lease.c.until > bindparam("real")
    ),
    lambda *columns: columns,
)
_OVER = Query(
    select(lease.c.case_id, lease.c.user_id, lease.c.kind).where(lease.c.until <= bindparam("real")),
    lambda *columns: columns,
)
_ONE = Query(
    select(lease.c.since).where(
        lease.c.case_id == bindparam("case_id"),
        lease.c.user_id == bindparam("user_id"),
        lease.c.kind == bindparam("kind"),
    ),
    lambda since: since,
)


def watch(tx: Tx, actor: Actor, case_id: str) -> CaseRow:
    """Begin, or go on, watching. Any number may watch; repeating it renews the lease."""
    row = supervised(tx, actor, case_id, "compliance")
    before = _ONE.first(tx, case_id=row.id, user_id=actor.id, kind="watch")
    since = tx.now if before is None else before
    put(tx, lease, ("case_id", "user_id", "kind"), case_id=row.id, user_id=actor.id, kind="watch", epoch=row.epoch,
        since=since, until=tx.real + LEASE_MS)  # fmt: skip
    if before is None:
        record(tx, actor.id, "watch.started", f"case:{row.id}", case_id=row.id)
        _tell(tx, "watch.started", row.id, actor.id, since)
    return row


def unwatch(tx: Tx, actor: Actor, case_id: str) -> None:
    """Stop watching; nothing happens to somebody who was not."""
    supervised(tx, actor, case_id, "compliance")
    end_watch(tx, case_id, actor.id)


def end_watch(tx: Tx, case_id: str, user_id: str) -> None:
    since = _ONE.first(tx, case_id=case_id, user_id=user_id, kind="watch")
    if since is None:
        return
    remove(tx, lease, case_id=case_id, user_id=user_id, kind="watch")
    record(tx, user_id, "watch.ended", f"case:{case_id}", case_id=case_id, detail={"since": rfc3339(since)})
    _tell(tx, "watch.ended", case_id, user_id, since)


def renew(tx: Tx, user_ids: list[str]) -> None:
    """The sockets of these users are open: their leases go on."""
    for user_id in user_ids:
        for case_id, kind in _MINE.all(tx, user_id=user_id, real=tx.real):
            change(tx, lease, {"case_id": case_id, "user_id": user_id, "kind": kind}, until=tx.real + LEASE_MS)


def over(reader: Reader) -> list[tuple[str, str, str]]:
    """(case, user, kind) of leases that nobody renewed."""
    return _OVER.all(reader, real=reader.real)


def _tell(tx: Tx, name: str, case_id: str, user_id: str, since: int) -> None:
    """Only the supervisors' side hears who watches; the agent does not notice (unless the organisation says so)."""
    data = {"id": case_id, "user": person(tx, user_id), "since": rfc3339(since)}
    tx.emit(name, topics=[team_side_topic(case_id), user_topic(user_id)], data=data, case=case_id)
