"""Reading the audit: compliance reads all of it, an admin what concerns the installation and no case."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import and_, or_, select

from console.access.actor import Actor
from console.audit.models import audit
from console.errors import Invalid
from console.store.base import load
from console.store.statement import row, rows
from console.store.transaction import Reader
from console.wire.moment import parse_rfc3339, rfc3339

MOST = 200


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


def audit_page(reader: Reader, actor: Actor, query: AuditQuery) -> Lines:
    """A page, the newest first. Raises Forbidden, or Invalid, naming the parameter."""
    actor.must_be("compliance", "admin")
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"A page holds 1 to {MOST} lines.", field="limit")
    clause = select(audit.c.id, audit.c.at, audit.c.actor_id, audit.c.action, audit.c.object, audit.c.case_id,
                    audit.c.detail)  # fmt: skip
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
    if query.cursor is not None:
        at, _, last = query.cursor.partition("_")
        if not at.isdigit():
            raise Invalid("This cursor is none of ours.", field="cursor")
        clause = clause.where(or_(audit.c.at < int(at), and_(audit.c.at == int(at), audit.c.id < last)))
    found = rows(reader, clause.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(query.limit + 1), row)
    items = [_line(*each) for each in found[: query.limit]]
    more = found[query.limit - 1] if len(found) > query.limit else None
    return Lines(items, f"{more[1]}_{more[0]}" if more else None)


def _line(
    id_: str, at: int, by: str | None, action: str, object_: str, case: str | None, detail: str
) -> dict[str, Any]:
    return {"id": id_, "at": rfc3339(at), "actor": by, "action": action, "object": object_, "case": case,
            "detail": load(detail)}  # fmt: skip


def _moment(text: str, name: str) -> int:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field=name) from None
