"""Deliveries, as rows and as operators read them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import and_, bindparam, or_, select

from console.errors import Invalid, NotFound
from console.intake.models import delivery
from console.store.base import load
from console.store.statement import Query, rows
from console.store.transaction import Reader
from console.wire.moment import Ms, rfc3339
from console.wire.paging import mark_of, read_mark

MOST = 200
ORDER = "intake"  # of its cursors
STATES = ("stored", "ignored", "duplicate", "dead")
_LISTED = [delivery.c[name] for name in ("id", "at", "inbox_id", "door", "size", "state", "reason", "produced")]


class DeliveryRow(Struct, frozen=True):
    id: str
    at: Ms
    inbox_id: str
    door: str
    size: int
    hash: str
    envelope: str
    body: bytes | None
    state: str
    reason: str
    produced: str


class Line(Struct, frozen=True, kw_only=True):
    """One delivery. `produced`: [{"kind", "state", "id"?, "case"?, "reason"?}]."""

    id: str
    at: str
    inbox: str
    door: str
    size: int
    state: str
    reason: str
    produced: list[dict[str, Any]]


class IntakeQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The query of GET /intake."""

    inbox: str | None = None
    state: str | None = None
    limit: int = 50
    cursor: str | None = None


class IntakePage(Struct, frozen=True):
    items: list[Line]
    next: str | None


_ONE = Query(select(delivery).where(delivery.c.id == bindparam("id")), DeliveryRow)


def get(reader: Reader, delivery_id: str) -> DeliveryRow:
    """Raises NotFound."""
    found = _ONE.first(reader, id=delivery_id)
    if found is None:
        raise NotFound
    return found


def page(reader: Reader, query: IntakeQuery) -> IntakePage:
    """The newest first. Raises Invalid, naming the parameter."""
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if query.state is not None and query.state not in STATES:
        raise Invalid(f"A state is one of {', '.join(STATES)}.", field="state")
    clause = select(*_LISTED).order_by(delivery.c.at.desc(), delivery.c.id.desc()).limit(query.limit + 1)
    if query.inbox is not None:
        clause = clause.where(delivery.c.inbox_id == query.inbox)
    if query.state is not None:
        clause = clause.where(delivery.c.state == query.state)
    if query.cursor is not None:
        at, last = read_mark(ORDER, query.cursor)
        clause = clause.where(or_(delivery.c.at < at, and_(delivery.c.at == at, delivery.c.id < last)))
    found = rows(reader, clause, lambda *columns: columns)
    shown = found[: query.limit]
    mark = mark_of(ORDER, shown[-1][1], shown[-1][0]) if len(found) > query.limit else None
    return IntakePage([line(*each) for each in shown], mark)


def line(delivery_id: str, at: Ms, inbox: str, door: str, size: int, state: str, reason: str, produced: str) -> Line:
    """A row as operators read it."""
    return Line(
        id=delivery_id, at=rfc3339(at), inbox=inbox, door=door, size=size, state=state, reason=reason,
        produced=load(produced),
    )  # fmt: skip


assert DeliveryRow.__struct_fields__ == tuple(delivery.c.keys())
