"""The outbox as rows."""

from __future__ import annotations

from operator import attrgetter

from msgspec import Struct
from sqlalchemy import and_, bindparam, or_, select

from console.outbox.models import outbox
from console.portfolios.models import inbox
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import MINUTE, Ms

LONGEST_LEASE_MS = 2 * MINUTE


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

    def is_due(self, now: Ms) -> bool:
        """What was never tried and not planned for later is due, whatever a clock that was set back says."""
        if self.state == "ready" and not self.attempts:
            return True
        return self.state in ("ready", "planned") and self.due_at <= now


_ONE = Query(
    select(outbox).where(outbox.c.item_id == bindparam("item_id")).with_for_update(skip_locked=True), OutboxRow
)
_IS_DUE = and_(
    outbox.c.state.in_(("ready", "planned")),
    or_(outbox.c.due_at <= bindparam("now"), and_(outbox.c.state == "ready", outbox.c.attempts == 0)),
)
_OLDEST_FIRST = (outbox.c.due_at, outbox.c.created_at, outbox.c.item_id)
_DUE = Query(select(outbox).where(_IS_DUE).order_by(*_OLDEST_FIRST).limit(bindparam("limit")), OutboxRow)
_READY = and_(outbox.c.state == "ready", or_(outbox.c.due_at <= bindparam("now"), outbox.c.attempts == 0))
_PLANNED = and_(outbox.c.state == "planned", outbox.c.due_at <= bindparam("now"))
_DUE_FROM = tuple(  # one after the other, each in the order of an index
    Query(
        select(outbox)
        .where(
            outbox.c.inbox_id == bindparam("inbox_id"),
            such,
            or_(outbox.c.sort != "outreach", bindparam("outreach") == 1),
        )
        .order_by(*_OLDEST_FIRST)
        .limit(bindparam("limit")),
        OutboxRow,
    )
    for such in (_READY, _PLANNED)
)
oldest_first = attrgetter("due_at", "created_at", "item_id")
_NUMBERS = Query(
    select(inbox.c.id)
    .where(
        or_(
            *(
                select(outbox.c.item_id).where(outbox.c.inbox_id == inbox.c.id, such).exists()
                for such in (_READY, _PLANNED)
            )
        )
    )
    .order_by(inbox.c.id),
    value,
)
_LOST = Query(
    select(outbox).where(
        outbox.c.state == "sending",
        or_(outbox.c.lease_until < bindparam("real"), outbox.c.lease_until > bindparam("longest")),
    ),
    OutboxRow,
)
_SENDING = Query(select(outbox).where(outbox.c.state == "sending"), OutboxRow)
_SENDING_BY = Query(
    select(outbox).where(outbox.c.state == "sending", outbox.c.leased_by == bindparam("worker")), OutboxRow
)
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


def due_from(reader: Reader, inbox_id: str, limit: int, *, outreach: bool = True) -> list[OutboxRow]:
    """The same from one of our numbers. `outreach`: also what one template to many brings."""
    asked = {"now": reader.now, "inbox_id": inbox_id, "limit": limit, "outreach": int(outreach)}
    found = [row for each in _DUE_FROM for row in each.all(reader, **asked)]
    return sorted(found, key=oldest_first)[:limit]


def numbers_due(reader: Reader) -> list[str]:
    """Our numbers from which something may leave now."""
    return _NUMBERS.all(reader, now=reader.now)


def lost(reader: Reader) -> list[OutboxRow]:
    """Rows whose sender died between `sending` and its answer: their lease ran out, or was given by a clock since
    set back.
    """
    return _LOST.all(reader, real=reader.real, longest=reader.real + LONGEST_LEASE_MS)


def sending(reader: Reader) -> list[OutboxRow]:
    """Rows that some sender holds, or held when it died."""
    return _SENDING.all(reader)


def sending_by(reader: Reader, worker: str) -> list[OutboxRow]:
    """Rows that this sender holds."""
    return _SENDING_BY.all(reader, worker=worker)


def next_due(reader: Reader) -> Ms | None:
    return _NEXT.first(reader, now=reader.now)


assert OutboxRow.__struct_fields__ == tuple(outbox.c.keys())
