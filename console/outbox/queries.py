"""The outbox as rows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.outbox.models import outbox
from console.store.statement import Query
from console.store.transaction import Reader
from console.wire.moment import Ms


class OutboxRow(Struct):
    item_id: str
    case_id: str
    debtor_id: str
    inbox_id: str
    contact_point_id: str
    channel: str
    sort: str
    automated: int
    state: str
    due_at: Ms
    lease_until: Ms | None
    leased_by: str
    attempts: int
    sending_at: Ms | None
    decision_id: str
    created_at: Ms


_ONE = Query(
    select(outbox).where(outbox.c.item_id == bindparam("item_id")).with_for_update(skip_locked=True), OutboxRow
)
_DUE = Query(
    select(outbox)
    .where(outbox.c.state.in_(("ready", "planned")), outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.created_at, outbox.c.item_id)
    .limit(bindparam("limit")),
    OutboxRow,
)
_LOST = Query(select(outbox).where(outbox.c.state == "sending", outbox.c.lease_until < bindparam("real")), OutboxRow)
_NEXT = Query(
    select(outbox.c.due_at)
    .where(outbox.c.state.in_(("ready", "planned")), outbox.c.due_at > bindparam("now"))
    .order_by(outbox.c.due_at)
    .limit(1),
    lambda at: at,
)


def claim(reader: Reader, item_id: str) -> OutboxRow | None:
    """The row, locked; None when somebody else holds it."""
    return _ONE.first(reader, item_id=item_id)


def due(reader: Reader, limit: int) -> list[OutboxRow]:
    """What may leave now, the oldest first."""
    return _DUE.all(reader, now=reader.now, limit=limit)


def lost(reader: Reader) -> list[OutboxRow]:
    """Rows whose sender died between `sending` and its answer."""
    return _LOST.all(reader, real=reader.real)


def next_due(reader: Reader) -> Ms | None:
    return _NEXT.first(reader, now=reader.now)


assert OutboxRow.__struct_fields__ == tuple(outbox.c.keys())
