"""What a provider says about our own account, number or templates: applied, and shown to operators."""

from __future__ import annotations

from channels.types import Notice
from console.audit.record import record
from console.portfolios.models import inbox as inboxes
from console.portfolios.models import template
from console.portfolios.queries import InboxRow
from console.store.statement import change
from console.store.transaction import Tx

_TEMPLATE_STATES = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "REJECTED": "rejected",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "PAUSED": "paused",
    "FLAGGED": "approved",
    "DISABLED": "disabled",
    "PENDING_DELETION": "disabled",
    "DELETED": "disabled",
}
_GRAVE = frozenset({"ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION", "DISABLED_UPDATE"})


def note(tx: Tx, inbox: InboxRow, notice: Notice) -> str:
    """Apply a notice; the id of its audit row. A template that was paused stops at once, an account in trouble is
    shown.
    """
    if notice.field == "message_template_status_update":
        state = _TEMPLATE_STATES.get(notice.event.upper())
        name = str(notice.detail.get("message_template_name") or notice.detail.get("name") or "")
        language = str(notice.detail.get("message_template_language") or notice.detail.get("language") or "")
        if state and name:
            change(tx, template, {"inbox_id": inbox.id, "name": name, "language": language}, state=state)
    if notice.event.upper() in _GRAVE:
        change(tx, inboxes, {"id": inbox.id}, health="failing", health_detail=notice.event[:200], checked_at=tx.now)
        tx.wake("inboxes")
    return record(
        tx, None, "provider.notice", f"inbox:{inbox.id}", detail={"field": notice.field, "event": notice.event}
    )
