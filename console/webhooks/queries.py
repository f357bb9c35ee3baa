"""Webhooks and their notifications as rows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.errors import NotFound
from console.store.statement import Query, rows, value
from console.store.transaction import Reader
from console.webhooks.models import notification, webhook
from console.wire.moment import Ms
from console.wire.paging import a_page, youngest_first


class WebhookRow(Struct):
    """All columns of `webhook`, in their order."""

    id: str
    url: str
    events: str
    portfolio_id: str | None
    state: str
    why: str
    secret: bytes
    previous: bytes | None
    previous_until: Ms | None
    failing_since: Ms | None
    created_by: str
    created_at: Ms


class NotificationRow(Struct):
    """All columns of `notification`, in their order."""

    id: str
    webhook_id: str
    event_id: str
    name: str
    body: str
    state: str
    attempts: int
    at: Ms
    due_at: Ms | None
    settled_at: Ms | None
    status: int | None
    error: str


_ALL = Query(select(webhook).order_by(webhook.c.created_at, webhook.c.id), WebhookRow)
_ONE = Query(select(webhook).where(webhook.c.id == bindparam("id")), WebhookRow)
_SENT = Query(
    select(notification).where(notification.c.id == bindparam("id"), notification.c.webhook_id == bindparam("webhook")),
    NotificationRow,
)
_OWED = Query(select(notification.c.webhook_id).where(notification.c.due_at <= bindparam("now")).distinct(), value)
_DUE = Query(
    select(notification)
    .where(notification.c.webhook_id == bindparam("webhook"), notification.c.due_at <= bindparam("now"))
    .order_by(notification.c.due_at, notification.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True),
    NotificationRow,
)


def all_webhooks(reader: Reader) -> list[WebhookRow]:
    return _ALL.all(reader)


def get(reader: Reader, webhook_id: str, actor: Actor | None = None) -> WebhookRow:
    """Raises NotFound, also for what the actor may not see."""
    found = _ONE.first(reader, id=webhook_id)
    if found is None or (actor is not None and not sees(actor, found)):
        raise NotFound
    return found


def sees(actor: Actor, row: WebhookRow) -> bool:
    """Admins and commands see all; a token those it made itself, within its portfolio."""
    if actor.role in ("admin", "system"):
        return True
    return actor.role == "integration" and row.created_by == actor.id and actor.portfolio in (None, row.portfolio_id)


def notification_of(reader: Reader, webhook_id: str, notification_id: str) -> NotificationRow:
    """Raises NotFound."""
    found = _SENT.first(reader, id=notification_id, webhook=webhook_id)
    if found is None:
        raise NotFound
    return found


def owed(reader: Reader) -> list[str]:
    """The webhooks for which something is due."""
    return _OWED.all(reader, now=reader.now)


def due(reader: Reader, webhook_id: str, limit: int) -> list[NotificationRow]:
    """What is due for one, oldest first; locked, and without what another process is claiming."""
    return _DUE.all(reader, webhook=webhook_id, now=reader.now, limit=limit)


def listed(
    reader: Reader, webhook_id: str, limit: int, cursor: str | None, state: str | None
) -> tuple[list[NotificationRow], str | None]:
    """A page of what was and is owed to one, newest first, and the cursor of the next. Raises Invalid."""
    clause = select(notification).where(notification.c.webhook_id == webhook_id)
    if state is not None:
        clause = clause.where(notification.c.state == state)
    found = rows(reader, youngest_first(clause, notification, limit, cursor, at="at"), NotificationRow)
    return a_page(found, limit, at="at")


assert WebhookRow.__struct_fields__ == tuple(webhook.c.keys())
assert NotificationRow.__struct_fields__ == tuple(notification.c.keys())
