"""Reading the audit: compliance reads all of it, an admin what concerns the installation and no case."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import select

from console.access.actor import Actor
from console.audit.models import audit
from console.errors import Invalid
from console.store.base import load
from console.store.statement import rows
from console.store.transaction import Reader
from console.wire.moment import Ms, parse_rfc3339, rfc3339
from console.wire.paging import a_page, youngest_first


class AuditQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Filters that all hold together; `action` may end in a dot for a whole family, such as `gate.`."""

    case: str | None = None
    actor: str | None = None
    action: str | None = None
    object: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int = 50
    cursor: str | None = None


class Lines(Struct, frozen=True):
    items: list[dict[str, Any]]
    next: str | None


class _Line(Struct, frozen=True):
    id: str
    at: Ms
    actor_id: str | None
    action: str
    object: str
    case_id: str | None
    detail: str


def audit_page(reader: Reader, actor: Actor, query: AuditQuery) -> Lines:
    """A page, the newest first. Raises Forbidden, or Invalid, naming the parameter."""
    actor.must_be("compliance", "admin")
    clause = select(*(audit.c[name] for name in _Line.__struct_fields__))
    if actor.role == "admin":
        clause = clause.where(audit.c.case_id.is_(None), ~audit.c.object.like("debtor:%"))
    for column, wanted in (
        (audit.c.case_id, query.case),
        (audit.c.actor_id, query.actor),
        (audit.c.object, query.object),
    ):
        if wanted is not None:
            clause = clause.where(column == wanted)
    if query.action is not None:
        family = query.action.endswith(".")
        clause = clause.where(audit.c.action.startswith(query.action) if family else audit.c.action == query.action)
    if query.since is not None:
        clause = clause.where(audit.c.at >= _moment(query.since, "since"))
    if query.until is not None:
        clause = clause.where(audit.c.at < _moment(query.until, "until"))
    found = rows(reader, youngest_first(clause, audit, query.limit, query.cursor, at="at"), _Line)
    some, more = a_page(found, query.limit, at="at")
    return Lines([_shape(each) for each in some], more)


def _shape(line: _Line) -> dict[str, Any]:
    return {"id": line.id, "at": rfc3339(line.at), "actor": line.actor_id, "action": line.action,
            "object": line.object, "case": line.case_id, "detail": load(line.detail)}  # fmt: skip


def _moment(text: str, name: str) -> int:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field=name) from None
