"""The HTTP face of break-glass: opening, shutting, and the reviews that are due."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field
from sqlalchemy import false, or_, select, true

from console.access.actor import Actor
from console.access.endpoint import Answer, Call, Endpoint, Nothing
from console.access.models import break_glass
from console.errors import Invalid
from console.store.statement import rows
from console.store.transaction import Reader, Tx
from console.supervision.break_glass import COLUMNS, BreakGlass, Glass, Review, break_the_glass, end, review
from console.timeline.view import person
from console.wire.moment import rfc3339
from console.wire.paging import a_page, youngest_first
from console.wire.shapes import Person


class GlassShape(Struct, frozen=True, kw_only=True):
    """state: `open` (its hour runs), then `to_review`, `overdue` (its two business days are over), `reviewed`."""

    id: str
    by: Person | None
    case: str | None
    delivery: str | None
    reason: str
    at: str
    until: str
    review_by: str
    state: str
    finding: str | None = None
    note: str = ""
    reviewed_by: Person | None = None
    reviewed_at: str | None = None


class GlassQuery(Struct, frozen=True, forbid_unknown_fields=True):
    reviewed: str | None = None  # yes, no
    limit: int = 50
    cursor: str | None = None


class GlassPage(Struct, frozen=True):
    items: list[GlassShape] = field(default_factory=list)
    next: str | None = None


async def post_glass(call: Call[BreakGlass, Nothing]) -> Answer:
    def verb(tx: Tx) -> Answer:
        made, is_new = break_the_glass(tx, call.actor, call.body)
        return Answer(shape(tx, made), status=201 if is_new else 200)

    return await call.services.store.write(verb)


async def delete_glass(call: Call[Nothing, Nothing]) -> GlassShape:
    return await call.services.store.write(lambda tx: shape(tx, end(tx, call.actor, call.path["id"])))


async def post_review(call: Call[Review, Nothing]) -> GlassShape:
    return await call.services.store.write(lambda tx: shape(tx, review(tx, call.actor, call.path["id"], call.body)))


async def get_list(call: Call[Nothing, GlassQuery]) -> GlassPage:
    return await call.services.store.read(glass_page, call.actor, call.query)


def glass_page(reader: Reader, actor: Actor, query: GlassQuery) -> GlassPage:
    """The newest first: compliance sees all, everybody else their own and what was opened of their teams. Raises
    Invalid, naming the parameter.
    """
    clause = select(*COLUMNS).where(_seen(actor))
    if query.reviewed is not None:
        if query.reviewed not in ("yes", "no"):
            raise Invalid("reviewed is yes or no.", field="reviewed")
        has = break_glass.c.finding.is_not(None)
        clause = clause.where(has if query.reviewed == "yes" else ~has)
    found = rows(reader, youngest_first(clause, break_glass, query.limit, query.cursor, at="at"), Glass)
    some, more = a_page(found, query.limit, at="at")
    return GlassPage([shape(reader, each) for each in some], more)


def shape(reader: Reader, made: Glass) -> GlassShape:
    """As it stands at the reader's moment."""
    kind, _, thing = made.object.partition(":")
    return GlassShape(
        id=made.id,
        by=person(reader, made.user_id),
        case=thing if kind == "case" else None,
        delivery=thing if kind == "delivery" else None,
        reason=made.reason,
        at=rfc3339(made.at),
        until=rfc3339(made.until),
        review_by=rfc3339(made.review_by),
        state=_state(reader, made),
        finding=made.finding,
        note=made.note,
        reviewed_by=person(reader, made.reviewed_by),
        reviewed_at=rfc3339(made.reviewed_at),
    )


def _state(reader: Reader, made: Glass) -> str:
    if made.finding is not None:
        return "reviewed"
    if made.until > reader.now:
        return "open"
    return "overdue" if made.review_by <= reader.now else "to_review"


def _seen(actor: Actor) -> Any:
    if actor.role == "compliance":
        return true()
    theirs = break_glass.c.team_id.in_(sorted(actor.teams)) if actor.role == "supervisor" and actor.teams else false()
    return or_(break_glass.c.user_id == actor.id, theirs)


_GLASS = "/api/v1/break-glass"
_BREAKERS = frozenset({"supervisor", "admin"})
_ALL = _BREAKERS | {"compliance"}
ENDPOINTS = [
    Endpoint(method="POST", path=_GLASS, handler=post_glass, body=BreakGlass, answer=GlassShape, status=201,
             roles=_BREAKERS, rate="reveal", problems=("conflict",),
             summary="Emergency sight of a case or a delivery for 60 minutes; audited, told, reviewed"),
    Endpoint(method="GET", path=_GLASS, handler=get_list, query=GlassQuery, answer=GlassPage, roles=_ALL,
             summary="What was opened in emergencies, and which reviews are due"),
    Endpoint(method="DELETE", path=f"{_GLASS}/{{id}}", handler=delete_glass, answer=GlassShape, roles=_ALL,
             summary="Shut it before its time"),
    Endpoint(method="POST", path=f"{_GLASS}/{{id}}/review", handler=post_review, body=Review, answer=GlassShape,
             roles=_ALL, problems=("conflict",), summary="Compliance's finding, within two business days"),
]  # fmt: skip
