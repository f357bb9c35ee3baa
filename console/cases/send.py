"""The two transactions around a call to a provider: `start` before it, `finish` after it (invariants 6 and 7).

`start` asks the gate again, reserves the contact and commits `sending`: only then is the call made. A definite
refusal may
be tried again by itself; whatever is unclear is `unconfirmed` and never sent again by itself.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from channels.types import Accepted, Outcome, Permit, Refused, To
from console.cases import papers
from console.cases.answered import answered, not_answered
from console.cases.changed import told
from console.cases.lifted import beside, granted_then
from console.cases.pairs import Pair
from console.cases.queries import CaseRow, live
from console.cases.settle import as_it_stands, error_of, settle
from console.cases.subject import subject
from console.cases.templates import shown_minor
from console.debtors import queries as debtors
from console.gate.granted import Granted, digest_of
from console.gate.guard import Weighed, give_back, hold_person, keep, permit, weigh
from console.gate.judged import ANSWERS
from console.gate.types import Message, TemplateFacts
from console.jobs.enqueue import enqueue_job
from console.outbox.models import attempt, outbox
from console.outbox.queries import OutboxRow, claim
from console.people.queries import is_enabled
from console.portfolios.queries import InboxRow, find_inbox, find_template
from console.store.base import dump, load
from console.store.statement import add, change
from console.store.transaction import Tx
from console.timeline.add import add_event, revise
from console.timeline.queries import AttachmentRow, ItemRow, files_of, find, get, last_mail
from console.wire.ids import new_id
from console.wire.moment import MINUTE, SECOND, Ms, rfc3339

TRIES = 5
LEASE_MS = {"email": 75 * SECOND}  # longer than any call may take: the permit's ten seconds, and the call's own
USUAL_LEASE_MS = 30 * SECOND
LOOK_UP, LOOK_UP_AFTER_MS = "message.look_up", 5 * SECOND
HAVE_RECORDS = frozenset({"twilio"})
"""Providers that can be asked what became of a message (`channels.service.look_up`)."""
BACK_OFF = (5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE)


class Departure(Struct):
    """All that is needed to build and make the call, read in the transaction that committed `sending`."""

    item: ItemRow
    inbox: InboxRow
    to: To
    permit: Permit
    files: list[AttachmentRow]
    quoted: str
    thread: dict[str, Any]  # mail: in_reply_to, references
    case_id: str
    automated: bool


def start(tx: Tx, item_id: str, worker: str) -> Departure | None:
    """Claim a due message and commit `sending`; None when there is nothing to do (any more).

    A planned message that the gate defers is held until then; one that it blocks is cancelled with the code, text kept.
    """
    item = as_it_stands(tx, get(tx, item_id))
    row = live(tx, item.case_id)
    planned = claim(tx, item_id)
    if planned is None or not planned.is_due(tx.now):
        return None
    hold_person(tx, planned.debtor_id)
    pair = _pair(tx, planned)
    if pair is None:
        withdraw(tx, row, item, "INBOX_GONE")
        return None
    about = subject(
        tx, row, pair, item_id=item.id, answering=_answering(item), sender_active=_author_active(tx, item, planned),
        reason_given=bool(load(item.data).get("reason")),
    )  # fmt: skip
    message = _message(tx, item, planned, pair)
    about.granted = _granted(tx, row, item, pair, message)
    weighed = weigh(tx, about, message)
    if weighed.decision.outcome != "allow":
        _hold_back(tx, row, item, planned, weighed)
        return None
    leave = permit(tx, about, weighed, item.id)
    _mark_sending(tx, row, item, planned, worker, leave)
    return _departure(tx, row, item, pair, leave, bool(planned.automated))


def finish(tx: Tx, item_id: str, outcome: Outcome, worker: str) -> None:
    """Write down what the provider said. A callback may have been faster: the status only moves up.

    Whoever was away so long that the message was given up as unconfirmed may still say what became of it, but nothing
    is tried again: a person may have settled it, or written anew.
    """
    item = as_it_stands(tx, get(tx, item_id))
    row = live(tx, item.case_id)
    planned = claim(tx, item_id)
    tries = planned.attempts if planned is not None else 1
    told_code = outcome.fault.code if isinstance(outcome, Refused) else ""
    add(
        tx, attempt, id=new_id(), item_id=item_id, ordinal=tries, at=tx.now, outcome=type(outcome).__name__.lower(),
        code=told_code, worker=worker,
    )  # fmt: skip
    if isinstance(outcome, Accepted):
        change(tx, outbox, {"item_id": item_id}, state="settled")
        settle(tx, item, outcome.status, at=tx.now, provider_id=outcome.provider_id)
    elif isinstance(outcome, Refused):
        held = planned is not None and planned.state == "sending" and planned.leased_by == worker
        _refused(tx, row, item, outcome, tries if held else TRIES)
    else:
        unconfirmed(tx, item, outcome.reason)


def put_back(tx: Tx, item_id: str, worker: str) -> None:
    """Surely no call was made, and none is to be made now: it is due as it was, with the tries it had, in the order
    it had among the messages of its case. Nothing happens to a message that this worker does not hold any more.
    """
    item = as_it_stands(tx, get(tx, item_id))
    row = live(tx, item.case_id)
    planned = claim(tx, item_id)
    if planned is None or planned.state != "sending" or planned.leased_by != worker:
        return
    tries = planned.attempts - 1
    give_back(tx, item_id)
    change(tx, outbox, {"item_id": item_id}, state="ready", attempts=tries, lease_until=None)
    revise(tx, row, item, data=dump(load(item.data) | {"attempts": tries}))


def unconfirmed(tx: Tx, item: ItemRow, reason: str) -> None:
    """Nobody knows whether it left: settled by a callback, a look-up, or a person."""
    change(tx, outbox, {"item_id": item.id}, state="settled")
    item.data = dump(load(item.data) | {"unconfirmed": reason})
    inbox = find_inbox(tx, item.inbox_id or "")
    if settle(tx, item, "unconfirmed", at=tx.now) and inbox is not None and inbox.provider in HAVE_RECORDS:
        enqueue_job(tx, LOOK_UP, {"item": item.id}, key=f"{LOOK_UP}:{item.id}", run_at=tx.now + LOOK_UP_AFTER_MS)


def recover(tx: Tx, item_id: str) -> None:
    """The sender died after `sending` was committed, unless its answer was kept meanwhile."""
    found = find(tx, item_id)
    item = None if found is None else as_it_stands(tx, found)
    planned = claim(tx, item_id)
    if item is not None and planned is not None and planned.state == "sending":
        unconfirmed(tx, item, "the sender stopped before the answer was kept")


def resolve_by_hand(tx: Tx, item: ItemRow, sent: bool, by: str) -> None:
    """A person settles an unconfirmed message: it did arrive, or it did not."""
    row = live(tx, item.case_id)
    settle(tx, item, "sent" if sent else "failed", at=tx.now)
    add_event(tx, row, "message.settled", {"item": item.id, "sent": sent}, author=by)


def _pair(tx: Tx, planned: OutboxRow) -> Pair | None:
    inbox = find_inbox(tx, planned.inbox_id)
    point = debtors.find_point(tx, planned.contact_point_id)
    if inbox is None or point is None:
        return None
    return Pair(point, debtors.get_address(tx, point.address_id), inbox, debtors.find_link(tx, inbox.id, point.id))


def _message(tx: Tx, item: ItemRow, planned: OutboxRow, pair: Pair) -> Message:
    used = load(item.data).get("template")
    facts = None
    if used:
        found = find_template(tx, pair.inbox.id, used["name"], used["language"])
        facts = TemplateFacts(
            name=used["name"],
            language=used["language"],
            category=found.category if found else "utility",
            state=found.state if found else "disabled",
            level=found.level if found else 2,
            body=item.text,
        )
    files, of = files_of(tx, item.id), (planned.debtor_id, pair.inbox.portfolio_id)
    return Message(
        channel=item.channel,  # type: ignore[arg-type]
        purpose=item.purpose or "reply",  # type: ignore[arg-type]
        text=None if facts else item.text,
        subject=(item.subject or "") if load(item.data).get("own_subject") else "",
        template=facts,
        shown_minor=shown_minor(used["variables"]) if used else None,
        attachments=len(files),
        attachments_level=papers.level_of(files),
        attachments_unsound=len(papers.stale(tx, *of, files)) + bool(papers.stale_words(tx, *of, item.text)),
        automated=bool(planned.automated),
        repeats=bool(load(item.data).get("repeats")),
        kind=planned.sort
        if planned.sort in ("greeting", "away", "acknowledgement", "optout_confirmation")
        else papers.kind_of(files),  # type: ignore[arg-type]
        sender=item.author_id or "",
    )


def _granted(tx: Tx, row: CaseRow, item: ItemRow, pair: Pair, message: Message) -> Granted | None:
    """The approval it was accepted under, if it is still the same message to the same reader."""
    data = load(item.data)
    kept = data.get("approval")
    if not kept:
        return None
    bound = beside(item.case_id, pair, files_of(tx, item.id), data.get("template"), item.reply_to)
    return granted_then(tx, row, item.id, digest_of(message, bound, kept["purpose"]))


def _answering(item: ItemRow) -> bool:
    """It was accepted as an answer to somebody who wrote; whether that is still young enough is the gate's to say."""
    return item.purpose in ANSWERS


def _author_active(tx: Tx, item: ItemRow, planned: OutboxRow) -> bool:
    """Whoever wrote it may have been disabled since: nothing leaves in their name (domain reference §1.2, check 1)."""
    return bool(planned.automated) or not item.author_id or is_enabled(tx, item.author_id)


def _hold_back(tx: Tx, row: CaseRow, item: ItemRow, planned: OutboxRow, weighed: Weighed) -> None:
    decision = weighed.decision
    keep(tx, weighed, item_id=item.id, case_id=row.id)
    if decision.outcome == "defer" and decision.allowed_at is not None:
        until = decision.allowed_at
        change(tx, outbox, {"item_id": item.id}, state="planned", due_at=until)
        held = {"code": decision.code, "until": rfc3339(until)}
        revise(tx, row, item, status="held", due_at=until, data=dump(load(item.data) | {"held": held}))
        told(tx, row)
        return
    withdraw(tx, row, item, decision.code)


def withdraw(tx: Tx, row: CaseRow, item: ItemRow, why: str) -> None:
    """The text stays where it stands, with the reason beside it; the wait it had answered goes on."""
    change(tx, outbox, {"item_id": item.id}, state="cancelled")
    give_back(tx, item.id)
    revise(tx, row, item, status="cancelled", due_at=None, data=dump(load(item.data) | {"cancelled": {"why": why}}))
    not_answered(tx, row, item)
    told(tx, row)


def _mark_sending(tx: Tx, row: CaseRow, item: ItemRow, planned: OutboxRow, worker: str, leave: Permit) -> None:
    change(
        tx, outbox, {"item_id": item.id}, state="sending", attempts=planned.attempts + 1, sending_at=tx.now,
        lease_until=tx.real + LEASE_MS.get(planned.channel, USUAL_LEASE_MS), leased_by=worker,
        decision_id=leave.decision,
    )  # fmt: skip
    first = item.status in ("scheduled", "held")
    data = load(item.data) | {"attempts": planned.attempts + 1}
    data.pop("held", None)
    data.pop("next_attempt_at", None)
    revise(tx, row, item, status="sending", due_at=None, data=dump(data))
    if first and not planned.automated:
        answered(tx, row, item)
        told(tx, row)


def _departure(tx: Tx, row: CaseRow, item: ItemRow, pair: Pair, leave: Permit, automated: bool) -> Departure:
    where = pair.address
    to = To(phone=where.phone, wa_id=where.wa_id, user_id=where.user_id, email=where.email, name=where.profile_name)
    quoted = find(tx, item.reply_to) if item.reply_to else None
    return Departure(
        item=item,
        inbox=pair.inbox,
        to=to,
        permit=leave,
        files=files_of(tx, item.id),
        quoted=(quoted.provider_id or "") if quoted is not None and quoted.channel == item.channel else "",
        thread=_thread(tx, row, quoted, pair) if item.channel == "email" else {},
        case_id=row.id,
        automated=automated,
    )


def _thread(tx: Tx, row: CaseRow, quoted: ItemRow | None, pair: Pair) -> dict[str, Any]:
    before = quoted if quoted is not None and quoted.channel == "email" else last_mail(tx, row.id, pair.point)
    if before is None:
        return {}
    mail = load(before.data).get("mail", {})
    message_id = mail.get("message_id") or before.provider_id or ""
    return {"in_reply_to": message_id, "references": [*mail.get("references", []), message_id][-20:]}


def _refused(tx: Tx, row: CaseRow, item: ItemRow, outcome: Refused, tries: int) -> None:
    fault = outcome.fault
    give_back(tx, item.id)
    if fault.retryable and tries < TRIES:
        wait = fault.retry_after * SECOND if fault.retry_after else BACK_OFF[min(tries - 1, len(BACK_OFF) - 1)]
        at: Ms = tx.now + wait
        change(tx, outbox, {"item_id": item.id}, state="ready", due_at=at, lease_until=None)
        data = load(item.data) | {"attempts": tries, "next_attempt_at": rfc3339(at), "last_error": error_of(fault)}
        revise(tx, row, item, data=dump(data))
        tx.wake("dispatcher")
        return
    settle(tx, item, "failed", at=tx.now, fault=fault)
