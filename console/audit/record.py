"""Writing the audit: one row an act, and one an hour for what happens all the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.audit.models import audit
from console.store.base import dump
from console.store.statement import add, add_once
from console.store.transaction import Tx
from console.wire.ids import new_id


def record(
    tx: Tx,
    actor_id: str | None,
    action: str,
    object_: str = "",
    *,
    case_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Who did what to what; the row's id. `action` is noun.verb, `object_` kind:id."""
    made = new_id()
    add(
        tx, audit, id=made, at=tx.now, actor_id=actor_id, action=action, object=object_, case_id=case_id,
        detail=dump(detail or {}),
    )  # fmt: skip
    return made


def record_hourly(tx: Tx, actor_id: str, action: str, object_: str = "", *, case_id: str | None = None) -> None:
    """The same act by the same person on the same thing within an hour is one row (wall tiles, reading a foreign
    case).
    """
    once = f"{actor_id}|{action}|{object_ or case_id}|{tx.now // 3_600_000}"
    add_once(
        tx, audit, ("once",), id=new_id(), at=tx.now, actor_id=actor_id, action=action, object=object_, case_id=case_id,
        once=once, detail="{}",
    )  # fmt: skip
