"""Sending what is owed: claimed for a while, then delivered, put off longer and longer, or given up.

A claim is a lease on `due_at`: a process that dies loses it, and the notification goes again under the same id.
"""

from __future__ import annotations

import math

from sqlalchemy import and_, bindparam

from console.store.statement import Statement, change
from console.store.transaction import Tx
from console.webhooks import queries
from console.webhooks.models import notification, webhook
from console.webhooks.queries import NotificationRow, WebhookRow
from console.webhooks.subscribe import stop
from console.wire.moment import DAY, HOUR, MINUTE, SECOND, Ms

LEASE_MS = MINUTE
BACK_OFF = (
    5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
)  # fmt: skip
"""How long to wait after each failure, before jitter: the convention's own schedule, some three days in all."""
PATIENCE_MS = 5 * DAY
"""A receiver that has failed for so long, whatever it was sent, is disabled."""
KEPT_MS = 30 * DAY
GONE = 410
_FORGET = Statement(
    notification.delete().where(and_(notification.c.settled_at < bindparam("before"), notification.c.due_at.is_(None)))
)


def claim(tx: Tx, webhook_id: str, limit: int) -> tuple[WebhookRow, list[NotificationRow]]:
    """The webhook and up to `limit` of what is due for it, this process's for a minute."""
    taken = queries.due(tx, webhook_id, limit)
    for each in taken:
        each.attempts += 1
        change(tx, notification, {"id": each.id}, attempts=each.attempts, due_at=tx.now + LEASE_MS)
    return queries.get(tx, webhook_id), taken


def delivered(tx: Tx, row: NotificationRow, status: int) -> None:
    """The receiver took it (2xx)."""
    change(tx, notification, {"id": row.id}, state="delivered", due_at=None, settled_at=tx.now, status=status, error="")
    change(tx, webhook, {"id": row.webhook_id}, failing_since=None)


def failed(tx: Tx, row: NotificationRow, status: int | None, error: str, jitter: float) -> str:
    """It did not; the notification's new state. `jitter` is in [0, 1). 410 says that nobody wants it any more."""
    hook = queries.get(tx, row.webhook_id)
    since = tx.now if hook.failing_since is None else hook.failing_since
    change(tx, webhook, {"id": hook.id}, failing_since=since)
    over = row.attempts > len(BACK_OFF)
    change(
        tx, notification, {"id": row.id}, state="failed" if over else "pending", status=status, error=error,
        due_at=None if over else tx.now + wait(row.attempts, jitter), settled_at=tx.now if over else None,
    )  # fmt: skip
    if status == GONE:
        stop(tx, hook.id, "the receiver answered 410 Gone")
    elif tx.now - since > PATIENCE_MS:
        stop(tx, hook.id, f"it has failed for {PATIENCE_MS // DAY} days: {error}")
    return "failed" if over else "pending"


def wait(attempts: int, jitter: float) -> Ms:
    """Milliseconds until the next try, spread by a fifth so that receivers are not met by everybody at once."""
    return math.floor(BACK_OFF[min(attempts, len(BACK_OFF)) - 1] * (0.9 + 0.2 * jitter))


def forget(tx: Tx) -> int:
    """What was settled a month ago is not kept; how many."""
    return _FORGET.run(tx, before=tx.now - KEPT_MS)
