"""From the log to what is owed: each event once, to every webhook that wants it, in the order of the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from console.cases.models import case
from console.log import read
from console.log.cursor import Mark, read_cursor
from console.log.moved import carried_over
from console.store.base import dump, load
from console.store.statement import Query, add_once, put, value
from console.store.transaction import Event, Reader, Tx
from console.webhooks.models import notification, spread
from console.webhooks.queries import WebhookRow, all_webhooks
from console.webhooks.thin import is_heard, thin, wants
from console.wire.ids import new_id
from console.wire.moment import rfc3339

BATCH = 500
_ROW = "log"
_MARK = Query(select(spread.c.mark).where(spread.c.id == bindparam("id")), value)
_BOOK = Query(select(case.c.portfolio_id).where(case.c.id == bindparam("id")), value)


def stands(reader: Reader) -> str | None:
    """The cursor up to which the log has been gone through; None before the first webhook."""
    return _MARK.first(reader, id=_ROW)


def begin(tx: Tx) -> None:
    """From this moment on events are looked at; what was before the first webhook concerns nobody."""
    if stands(tx) is None:
        _stand(tx, read.here(tx))


def waits(reader: Reader) -> bool:
    """Whether the log has gone on since it was last gone through (never without a webhook)."""
    found = stands(reader)
    return found is not None and _next(reader, found, 1) != []


def go_through(tx: Tx) -> int:
    """Turn the next events of the log into notifications; how many events were looked at."""
    tx.lock("webhooks")  # one process at a time; the mark moves with what it made
    found = stands(tx)
    if found is None:
        return 0
    told = _next(tx, found, BATCH)
    if told is None:  # restored from a copy: what came after the copy is lost for everybody
        _stand(tx, read.here(tx))
        return 0
    hooks = [each for each in all_webhooks(tx) if each.state == "active"]
    for each in told:
        if hooks and each.event.case is not None and f"case:{each.event.case}" in each.event.topics:
            _owe(tx, each.event, hooks)
    if told:
        _stand(tx, told[-1].mark)
    return len(told)


def _owe(tx: Tx, event: Event, hooks: list[WebhookRow]) -> None:
    if not is_heard(event.name):
        return
    book = _BOOK.first(tx, id=event.case)
    for hook in hooks:
        if hook.portfolio_id in (None, book) and wants(load(hook.events), event.name):
            body = body_of(event.name, event.at, event.case, book, thin(event.name, load(event.data.decode())))
            add_once(
                tx, notification, ("webhook_id", "event_id"), id=new_id(), webhook_id=hook.id, event_id=event.id,
                name=event.name, body=dump(body), at=tx.now, due_at=tx.now,
            )  # fmt: skip
            tx.wake("webhooks")


def body_of(name: str, at: int, case_id: str | None, portfolio: str | None, data: dict[str, Any]) -> dict[str, Any]:
    """`{"type", "timestamp", "data": {…, "case", "portfolio"}}`, as the convention has it."""
    return {"type": name, "timestamp": rfc3339(at), "data": {**data, "case": case_id, "portfolio": portfolio}}


def _next(reader: Reader, cursor: str, limit: int) -> list[read.Told] | None:
    kept = read_cursor(cursor)
    mark = None if kept is None else carried_over(reader, kept, read.here(reader))
    return None if mark is None else read.after(reader, mark, limit)


def _stand(tx: Tx, mark: Mark) -> None:
    put(tx, spread, ("id",), id=_ROW, mark=mark.text())
