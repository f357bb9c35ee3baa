"""A debtor wrote: the message finds its debtor, its case and its place, and whoever should answer hears of it.

the open case of (debtor, portfolio)  ->  else the last one resolved within 7 days, reopened  ->  else a new one
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from msgspec import Struct

from channels.types import Inbound
from console.access.assignable import has_left, is_assignable
from console.access.audience import user_topic
from console.cases import amend, open, words
from console.cases.changed import told, with_contact_points
from console.cases.last_item import preview
from console.cases.loads import has_room
from console.cases.ownership import enqueue, give
from console.cases.policy import routing_policy
from console.cases.queries import CaseRow, live
from console.cases.settle import reached
from console.cases.standing import held_of
from console.cases.states import step
from console.cases.stop_clock import stop_the_clock
from console.debtors.holders import OWN
from console.debtors.resolve import Found, note_inbound, resolve
from console.jobs.enqueue import enqueue_job
from console.portfolios.queries import InboxRow, get_portfolio
from console.store.base import dump, load
from console.store.statement import add_once
from console.store.transaction import Tx
from console.timeline.add import add_item, tell
from console.timeline.files import keep_inbound
from console.timeline.models import mail_id
from console.timeline.queries import ItemRow, by_provider
from console.wire.moment import Ms

ANSWERED = "plan.answered"  # the job that reads what a message says to the offer that stands
PLAN_TAP = "plan:"  # how the id of what is tapped under an offer begins, whether it still stands or not
_sought = attrgetter("status", "team_id", "skills")  # who may take a case depends on these
FUTURE_MS = 5 * 60_000  # a provider's clock may run ahead this much; beyond it ours counts


class Received(Struct, frozen=True):
    """What an inbound message became."""

    kind: str  # message, reaction, edit, revoke, duplicate, automatic
    item: str | None
    case: str | None


def receive(tx: Tx, inbox: InboxRow, message: Inbound, *, window_hours: int = 0) -> Received:
    """Take one message of a debtor. The caller has made sure that its provider id is new (`intake.take`)."""
    book = get_portfolio(tx, inbox.portfolio_id)
    at = min(message.at, tx.now + FUTURE_MS)
    thread = open.by_mail(tx, message)
    found = resolve(tx, inbox, book, message.sender) if thread is None else open.in_thread(tx, inbox, thread, message)
    note_inbound(tx, inbox, found.point, at, window_hours)
    if message.kind in amend.KINDS:
        return Received(message.kind, *amend.amend(tx, inbox, message))
    if message.mail is not None and message.mail.automatic:
        return Received("automatic", *_note_automatic(tx, inbox, message, found))
    row = open.find_or_open(tx, inbox, book, found)
    item = _put(tx, row, inbox, message, found, at)
    _advance(tx, row, inbox, found, at)
    stands = held_of(tx, row, found.debtor, found.address.phone)
    if stands.planned is not None:
        stop_the_clock(tx, row.debtor_id, "reply")
    if found.address.invalid_at is not None and found.address.invalid_at < at:
        reached(tx, row, found.address)
    words.heed(tx, row, inbox, message, found, stands)
    _route(tx, row)
    tapped = str(message.detail.get("id", "")).startswith(PLAN_TAP)
    if (tapped or stands.offered is not None) and found.point.holder == OWN:
        enqueue_job(tx, ANSWERED, {"item": item.id})
    return Received("message", item.id, row.id)


def _put(tx: Tx, row: CaseRow, inbox: InboxRow, message: Inbound, found: Found, at: Ms) -> ItemRow:
    sort = "text" if message.kind == "email" else message.kind
    data: dict[str, Any] = {"sort": sort}
    if message.detail:
        data["detail"] = message.detail
    if message.quoted is not None and message.quoted.forwarded:
        data["detail"] = {**message.detail, "forwarded": True}
    if message.mail is not None:
        data |= _mail_data(message)
    quoted = by_provider(tx, inbox.id, message.quoted.provider_id) if message.quoted else None
    item = add_item(
        tx,
        row,
        "message",
        at=at,
        direction="in",
        channel=inbox.channel,
        inbox_id=inbox.id,
        contact_point_id=found.point.id,
        text=message.text,
        html=message.html or None,
        subject=message.subject or (None if inbox.channel != "email" else ""),
        status="received",
        provider_id=message.provider_id or None,
        reply_to=quoted.id if quoted is not None and quoted.case_id == row.id else None,
        data=dump(data),
    )
    if message.mail is not None and message.mail.message_id:
        add_once(
            tx, mail_id, ("message_id",), message_id=message.mail.message_id, case_id=row.id, item_id=item.id,
            debtor_id=row.debtor_id,
        )  # fmt: skip
    files = keep_inbound(tx, item, inbox, message.media)
    tell(tx, row, item, files)
    row.last_item = preview(item, sort)
    return item


def _mail_data(message: Inbound) -> dict[str, Any]:
    mail = message.mail
    assert mail is not None
    data: dict[str, Any] = {"mail": {"message_id": mail.message_id, "references": list(mail.references)[-10:]}}
    if mail.quoted_text:
        data["quoted_text"] = mail.quoted_text
    return data


def _advance(tx: Tx, row: CaseRow, inbox: InboxRow, found: Found, at: Ms) -> None:
    """The debtor waits again: the clock of the promise starts, the case wakes."""
    if row.waiting_since is None:
        row.waiting_since = min(at, tx.now)
    row.last_inbound_at = max(at, row.last_inbound_at or 0)
    row.inbound += 1
    row.last_channel, row.last_inbox_id, row.last_contact_point_id = inbox.channel, inbox.id, found.point.id
    channels = load(row.channels)
    if inbox.channel not in channels:
        row.channels = dump([*channels, inbox.channel])
    if row.status == "snoozed":
        row.status, row.snooze_until = step(row.status, "assigned" if row.owner_id else "queued"), None
    with_contact_points(tx, row)
    if row.owner_id is not None:
        tx.emit(
            "notice.created", topics=[user_topic(row.owner_id)], data={"kind": "message", "id": row.id}, case=row.id
        )


def _route(tx: Tx, row: CaseRow) -> None:
    """An owner who has left cannot answer: queued at once, the preference for them kept (RT-5)."""
    if row.owner_id is None:
        before: CaseRow = tx.memo["case before", row.id]  # who changes none of these makes nobody free for it
        if row.status == "queued" and _sought(row) != _sought(before):
            tx.wake("assigner")
        return
    policy = routing_policy(tx)
    gone = has_left(tx, row.owner_id, away_grace_ms=policy.away_grace_s * 1_000, gone_grace_ms=policy.grace_s * 1_000)
    if gone and row.taken_over_by is None:
        enqueue(tx, row, "owner_left", prefer=row.owner_id)


def _note_automatic(tx: Tx, inbox: InboxRow, message: Inbound, found: Found) -> tuple[str | None, str | None]:
    """An auto-reply opens nothing, wakes nobody and is never answered: a line in the open case, if there is one."""
    from console.cases.queries import open_case
    from console.timeline.add import add_event

    case_id = open_case(tx, found.debtor.id, inbox.portfolio_id)
    if case_id is None:
        return None, None
    row = live(tx, case_id)
    assert message.mail is not None
    line = add_event(
        tx,
        row,
        "mail.automatic",
        {"reason": message.mail.automatic, "subject": message.subject, "text": message.text[:500]},
    )
    told(tx, row)
    return line.id, row.id


def reopen(tx: Tx, row: CaseRow) -> None:
    """A resolved case goes on: same id, positions and epoch; the last agent has it if they can, else is preferred."""
    row.outcome, row.resolved_at, row.status = None, None, step(row.status, "queued")
    last = row.last_agent_id
    told(tx, row, "case.reopened")
    if last is not None and is_assignable(tx, last) and has_room(tx, last):
        row.queued_at = tx.now
        give(tx, row, last, "reopened", by="system", why={"reason": "last agent"})
    else:
        enqueue(tx, row, "reopened", prefer=last)
