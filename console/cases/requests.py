"""Hands, approvals and alarms: one queue of things a supervisor must look at, with their age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.access.audience import team_side_topic, user_topic, wall_topic
from console.cases.models import request
from console.cases.queries import HOUSE_ALARMS, OPEN_REQUESTS, CaseRow, RequestRow
from console.store.base import dump, load
from console.store.statement import add, change
from console.store.transaction import Reader, Tx
from console.timeline.view import person
from console.wire import shapes
from console.wire.ids import new_id
from console.wire.moment import rfc3339


def raise_request(
    tx: Tx, row: CaseRow, kind: str, reason: str, *, by: str | None = None, detail: Mapping[str, Any] | None = None
) -> RequestRow:
    """Put a request before the supervisors of the case's team. One open alarm of a reason a case is enough."""
    for each in OPEN_REQUESTS.all(tx, case_id=row.id):
        if each.kind == kind and (kind == "hand" or each.reason == reason):
            return each
    made = RequestRow(new_id(), kind, row.id, row.team_id, reason, dump(detail or {}), by, tx.now, "open", None, None)
    add(tx, request, **{name: getattr(made, name) for name in made.__struct_fields__})
    tell(tx, "request.created", made)
    return made


def raise_house_alarm(tx: Tx, team_id: str, reason: str, detail: Mapping[str, Any]) -> RequestRow:
    """An alarm about the house itself and no case, before the supervisors of a team."""
    made = RequestRow(new_id(), "alarm", None, team_id, reason, dump(detail), None, tx.now, "open", None, None)
    add(tx, request, **{name: getattr(made, name) for name in made.__struct_fields__})
    tell(tx, "request.created", made)
    return made


def house_alarms(reader: Reader) -> list[RequestRow]:
    """Open alarms that are about no case."""
    return HOUSE_ALARMS.all(reader)


def close_request(tx: Tx, made: RequestRow, by: str | None) -> None:
    """The matter is dealt with."""
    made.state, made.done_by, made.done_at = "done", by, tx.now
    change(tx, request, {"id": made.id}, state="done", done_by=by, done_at=tx.now)
    tell(tx, "request.updated", made)


def close_requests(tx: Tx, row: CaseRow, by: str | None, *kinds: str) -> None:
    """Close the open requests of these kinds (all when none is named)."""
    for each in OPEN_REQUESTS.all(tx, case_id=row.id):
        if not kinds or each.kind in kinds:
            close_request(tx, each, by)


def tell(tx: Tx, name: str, made: RequestRow) -> None:
    """Supervisors of the team hear of a request, and whoever raised it."""
    topics = [wall_topic(made.team_id)] if made.team_id else []
    topics += [team_side_topic(made.case_id)] if made.case_id else []
    topics += [user_topic(made.by_id)] if made.by_id and made.by_id != "system" else []
    tx.emit(name, topics=topics, data=shape(tx, made), case=made.case_id)


def shape(reader: Reader, made: RequestRow) -> shapes.Request:
    return shapes.Request(
        id=made.id,
        kind=made.kind,  # type: ignore[arg-type]
        case=made.case_id,
        team=made.team_id,
        reason=made.reason,
        at=rfc3339(made.at),
        by=person(reader, made.by_id),
        state=made.state,  # type: ignore[arg-type]
        detail=load(made.detail),
        done_by=person(reader, made.done_by),
        done_at=rfc3339(made.done_at),
    )
