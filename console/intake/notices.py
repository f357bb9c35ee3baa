"""What a provider says about our own account, number or templates: applied, and shown to operators."""

from __future__ import annotations

from collections.abc import Sequence

from channels.types import Notice
from console.audit.record import record
from console.intake.alarms import silence, sound
from console.jobs.enqueue import enqueue_job
from console.portfolios.health import HealthRow, health_of, heed, is_restricted, lift
from console.portfolios.models import inbox as inboxes
from console.portfolios.models import template
from console.portfolios.queries import InboxRow, find_inbox, find_template
from console.store.statement import change
from console.store.transaction import Tx

OVER = "health.restriction_over"
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
_RATED = {"unknown": 0, "green": 0, "yellow": 1, "red": 2}
_QUALITY_ALARMS = ("channel_yellow", "channel_red")


def note(tx: Tx, door: InboxRow, notice: Notice, concerned: Sequence[InboxRow]) -> str:
    """Apply a notice to the inboxes it concerns; the id of its audit row. What is worse than before is an alarm before
    the supervisors of the portfolio, once; what is better again ends it.
    """
    for inbox in concerned:
        if notice.field == "message_template_status_update":
            _note_template(tx, inbox, notice)
        _note_account(tx, inbox, notice)
        before = health_of(tx, inbox.id)
        _compare(tx, inbox, before, heed(tx, inbox.id, notice))
    told = {"field": notice.field, "event": notice.event, "inboxes": [each.id for each in concerned]}
    return record(tx, None, "provider.notice", f"inbox:{door.id}", detail=told)


def restriction_over(tx: Tx, inbox_id: str) -> None:
    """The end that a provider named has come: its alarm ends, unless a later restriction goes on."""
    inbox, health = find_inbox(tx, inbox_id), health_of(tx, inbox_id)
    if inbox is not None and not is_restricted(health, tx.now):
        silence(tx, inbox, "channel_restricted")


def lift_trouble(tx: Tx, inbox: InboxRow) -> None:
    """An operator knows that it is over: machines may send again, and the alarms end."""
    lift(tx, inbox.id)
    silence(tx, inbox, *_QUALITY_ALARMS, "channel_restricted", "channel_limit")
    record(tx, None, "inbox.trouble_lifted", f"inbox:{inbox.id}")


def _note_account(tx: Tx, inbox: InboxRow, notice: Notice) -> None:
    if notice.effect == "account_restored":
        change(tx, inboxes, {"id": inbox.id}, health="unknown", health_detail=notice.event[:200], checked_at=tx.now)
    elif notice.event.upper() in _GRAVE:
        change(tx, inboxes, {"id": inbox.id}, health="failing", health_detail=notice.event[:200], checked_at=tx.now)
    else:
        return
    tx.wake("inboxes")


def _note_template(tx: Tx, inbox: InboxRow, notice: Notice) -> None:
    """A template that was paused stops at once."""
    state = _TEMPLATE_STATES.get(notice.event.upper())
    name = str(notice.detail.get("message_template_name") or notice.detail.get("name") or "")
    language = str(notice.detail.get("message_template_language") or notice.detail.get("language") or "")
    held = find_template(tx, inbox.id, name, language)
    if state is None or held is None or held.state == state:
        return
    change(tx, template, {"id": held.id}, state=state)
    silence(tx, inbox, "template_stopped", template=held.id)
    if state in ("paused", "disabled"):
        sound(tx, inbox, "template_stopped", template=held.id, title=name, state=state)


def _compare(tx: Tx, inbox: InboxRow, before: HealthRow, after: HealthRow) -> None:
    """Alarms for what a notice made worse, their end for what it made better."""
    if before.quality != after.quality:
        silence(tx, inbox, *_QUALITY_ALARMS)
        if _RATED[after.quality] > _RATED[before.quality]:
            sound(tx, inbox, f"channel_{after.quality}")
    was, now = (before.restriction, before.restricted_until), (after.restriction, after.restricted_until)
    if was != now:
        silence(tx, inbox, "channel_restricted")
        if is_restricted(after, tx.now):
            sound(tx, inbox, "channel_restricted", restriction=after.restriction)
            if after.restricted_until is not None:
                enqueue_job(tx, OVER, {"inbox": inbox.id}, run_at=after.restricted_until)
    if before.messaging_limit != after.messaging_limit:
        silence(tx, inbox, "channel_limit")
        if before.messaging_limit and _people(after) < _people(before):
            sound(tx, inbox, "channel_limit", limit=after.messaging_limit)


def _people(health: HealthRow) -> float:
    return int(health.messaging_limit) if health.messaging_limit.isdigit() else float("inf")
