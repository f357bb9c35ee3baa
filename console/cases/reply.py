"""Writing to the debtor in one's own name; the channel carries it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from sqlalchemy import bindparam, select

from channels.choices import Choice
from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.cases import papers
from console.cases.announce import announced
from console.cases.answered import answered
from console.cases.changed import told
from console.cases.compose import put_out
from console.cases.discreet import TOO_OPEN, discreet
from console.cases.fit import fitting_subject, must_fit
from console.cases.models import draft, lease
from console.cases.near_misses import keep_reason
from console.cases.ownership import must_be_at
from console.cases.pairs import Pair, pick
from console.cases.queries import CaseRow, live
from console.cases.subject import subject
from console.cases.templates import Filled, fill, shown_minor
from console.debtors.holders import OWN
from console.debtors.models import link
from console.debtors.queries import find_point
from console.errors import Conflict, Invalid, NotOwner
from console.gate.guard import judge, must_allow
from console.gate.types import Message, TemplateFacts
from console.jobs.enqueue import enqueue_job
from console.people.queries import is_enabled
from console.store.base import load
from console.store.statement import Query, change, put
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.attach import attach
from console.timeline.queries import ItemRow
from console.timeline.whispers import mark_used
from console.wire.moment import DAY, MINUTE, Ms, parse_rfc3339

LATEST = 60 * DAY  # how far ahead a message may be scheduled
ROUTE = "messages"
ENDED = frozenset({"failed", "cancelled"})
_BARGE = Query(
    select(lease.c.epoch).where(
        lease.c.case_id == bindparam("case_id"),
        lease.c.user_id == bindparam("user_id"),
        lease.c.kind == "barge",
        lease.c.until > bindparam("real"),
    ),
    lambda epoch: epoch,
)


class TemplateWish(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    language: str
    variables: dict[str, str] = field(default_factory=dict)


class Reply(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/messages. Either `text` (with or without attachments) or `template`."""

    client_id: str
    epoch: int
    channel: str
    text: str | None = None
    template: TemplateWish | None = None
    attachments: list[str] = field(default_factory=list)
    purpose: str | None = None
    contact_point: str | None = None
    inbox: str | None = None
    reply_to: str | None = None
    subject: str | None = None
    send_at: str | None = None
    whisper: str | None = None  # the suggestion that was used
    retry_of: str | None = None
    reason: str | None = None  # why it leaves all the same, where the gate asks its writer for one


def reply(
    tx: Tx,
    actor: Actor,
    case_id: str,
    wish: Reply,
    *,
    buttons: Sequence[Choice] = (),
    menu: str = "",
    carries: dict[str, Any] | None = None,
) -> tuple[ItemRow, bool]:
    """The message as queued (or scheduled), and whether it is new. `buttons`: what the debtor may tap,
    a list behind the words `menu` when buttons do not hold it; `carries`: what it is about, for the thread.

    Judged in this order: existence, role, repeated client_id, epoch, owner, the body, the gate (decision 6).
    Raises NotFound, Forbidden, Conflict, StaleEpoch, NotOwner, Invalid, GateBlocked, GateDeferred, GateNeedsApproval.
    """
    must_know(tx, actor, case_id)
    actor.must_be("agent", "supervisor")
    digest = body_hash(wish)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", wish.client_id, digest)
    if before is not None:
        return timeline.get(tx, before), False
    row = live(tx, case_id)
    must_be_at(row, wish.epoch)
    _must_be_writer(tx, row, actor)
    due_at = _check(tx, row, wish)
    pair = pick(tx, row, wish.channel, wish.contact_point, wish.inbox)
    _must_be_theirs(tx, wish, pair)
    files = attach(tx, actor, row.id, wish.attachments, channel=pair.inbox.channel) if wish.attachments else []
    old = papers.stale(tx, row.debtor_id, row.portfolio_id, files)
    if old:
        raise Conflict(
            "The document is no longer true: make it anew.", field="attachments", attachments=[f.id for f in old]
        )
    filled = (
        fill(tx, row, pair, wish.template.name, wish.template.language, wish.template.variables)
        if wish.template
        else None
    )
    text = filled.body if filled else announced(tx, row, pair, actor, wish.text or "")
    if not carries:  # what we word ourselves knows its room
        said = "" if filled else text
        must_fit(pair.inbox, text=said, own=len(wish.text or ""), files=len(files), subject=wish.subject or "")
    active = is_enabled(tx, actor.id)
    about = subject(tx, row, pair, sender=actor.id, sender_active=active, reason_given=bool(wish.reason))
    repeats = _repeats(tx, wish, text, files)
    why = papers.stale_words(tx, row.debtor_id, row.portfolio_id, text)
    if why:
        raise Conflict(f"A code in the text is not to be paid any more ({why}): take the present one.", field="text",
                       reason=why)  # fmt: skip
    decision = judge(tx, about, outgoing(actor.id, wish, pair, text, filled, files, repeats), at=due_at)
    neutral = discreet(tx, row, pair, filled) if filled and decision.code in TOO_OPEN else None
    if neutral is not None:
        filled, text = neutral, neutral.body
        decision = judge(tx, about, outgoing(actor.id, wish, pair, text, filled, files, repeats), at=due_at)
    must_allow(decision)
    if wish.reason:
        _keep_reason(tx, row, actor, wish, pair, outgoing(actor.id, wish, pair, text, filled, files, repeats))
    kept = {"buttons": [list(each) for each in buttons], "menu": menu, "detail": carries or {}, "repeats": repeats}
    more = {name: each for name, each in kept.items() if each}
    item = _write(tx, row, actor, wish, pair, text, files, filled, decision.purpose, due_at, more)
    remember(tx, actor, f"{ROUTE}:{case_id}", wish.client_id, digest, item.id)
    return item, True


def _keep_reason(tx: Tx, row: CaseRow, actor: Actor, wish: Reply, pair: Pair, message: Message) -> None:
    """What leaves for its writer's reason alone is told to the supervisors."""
    plainly = judge(tx, subject(tx, row, pair, sender=actor.id), message)
    if plainly.approver == "writer":
        keep_reason(tx, actor.id, row.id, row.team_id, wish.channel, plainly.code, (wish.reason or "").strip())


def outgoing(
    sender: str, wish: Reply, pair: Pair, text: str, filled: Filled | None,
    files: Sequence[timeline.AttachmentRow] = (), repeats: bool = False,
) -> Message:  # fmt: skip
    """The message as the gate reads it; its files say what disclosure they need, and whether it is a formal one."""
    return Message(
        channel=pair.inbox.channel,  # type: ignore[arg-type]
        purpose=wish.purpose or "reply",  # type: ignore[arg-type]
        text=None if filled else text,
        subject=wish.subject or "",
        template=template_facts(filled),
        shown_minor=None if filled is None else shown_minor(filled.variables),
        repeats=repeats,
        attachments=len(wish.attachments),
        attachments_level=papers.level_of(files),
        kind=papers.kind_of(files),
        sender=sender,
    )


def template_facts(filled: Filled | None) -> TemplateFacts | None:
    if filled is None:
        return None
    return TemplateFacts(
        name=filled.name, language=filled.language, category=filled.category, state=filled.state, level=filled.level,
        body=filled.body,
    )  # fmt: skip


def _must_be_writer(tx: Tx, row: CaseRow, actor: Actor) -> None:
    """The owner, or a supervisor who barged in under this very epoch."""
    if row.owner_id == actor.id:
        return
    if _BARGE.first(tx, case_id=row.id, user_id=actor.id, real=tx.real) == row.epoch:
        return
    raise NotOwner(epoch=row.epoch)


def _check(tx: Tx, row: CaseRow, wish: Reply) -> Ms | None:
    """The body's own rules; the moment it is scheduled for, if any. Raises Invalid, naming the field."""
    if not row.is_open:
        raise Invalid("The case is resolved: reopen it first.", field="id")
    if wish.template is None and not (wish.text or "").strip() and not wish.attachments:
        raise Invalid("Give a text, a template or an attachment.", field="text")
    if wish.template is not None and (wish.text or wish.attachments):
        raise Invalid("A template goes alone: leave out text and attachments.", field="template")
    if wish.reason is not None and not 3 <= len(wish.reason.strip()) <= 300:
        raise Invalid("Say why in 3 to 300 characters.", field="reason")
    if wish.purpose not in (None, "reply", "requested_information", "payment_confirmation", "care", "proactive"):
        raise Invalid("Unknown purpose.", field="purpose")
    if wish.reply_to is not None:
        target = timeline.find(tx, wish.reply_to)
        if target is None or target.case_id != row.id or target.kind != "message":
            raise Invalid("That message is not on this case's timeline.", field="reply_to")
    if wish.retry_of is not None and not _has_ended(tx, row, wish.retry_of):
        raise Invalid("That is no message of ours on this case that failed or was cancelled.", field="retry_of")
    return None if wish.send_at is None else _moment(tx, wish.send_at)


def _has_ended(tx: Tx, row: CaseRow, item_id: str) -> bool:
    """Whether a message of ours is over without having arrived, so that another may stand in for it (decision 14)."""
    old = timeline.find(tx, item_id)
    if old is None or old.case_id != row.id or old.kind != "message" or old.direction != "out":
        return False
    return old.status in ENDED


def _repeats(tx: Tx, wish: Reply, text: str, files: Sequence[timeline.AttachmentRow]) -> bool:
    """Whether it is, word for word and file for file, a receipt that the house wrote by itself and that is over."""
    old = timeline.find(tx, wish.retry_of) if wish.retry_of else None
    if old is None or old.purpose != "payment_confirmation" or old.text != text or wish.template or wish.subject:
        return False
    if old.author_id != "system" and not load(old.data).get("repeats"):
        return False
    return [each.sha256 for each in files] == [each.sha256 for each in timeline.files_of(tx, old.id)]


def _must_be_theirs(tx: Tx, wish: Reply, pair: Pair) -> None:
    """Nobody is shown, above an answer, what somebody else of the thread wrote or read. Raises Invalid."""
    target = timeline.find(tx, wish.reply_to) if wish.reply_to is not None else None
    if target is None or target.contact_point_id in (None, pair.point.id):
        return
    there = find_point(tx, target.contact_point_id or "")
    if pair.point.holder != OWN or (there is not None and there.holder != OWN):
        raise Invalid("That message is of somebody else's conversation: quote none of theirs.", field="reply_to")


def _moment(tx: Tx, text: str) -> Ms:
    try:
        at = parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field="send_at") from None
    if at < tx.now + MINUTE or at > tx.now + LATEST:
        raise Invalid("Schedule at least one minute and at most sixty days ahead.", field="send_at")
    return at


def _write(
    tx: Tx,
    row: CaseRow,
    actor: Actor,
    wish: Reply,
    pair: Pair,
    text: str,
    files: list[timeline.AttachmentRow],
    filled: Filled | None,
    purpose: str,
    due_at: Ms | None,
    more: dict[str, Any],
) -> ItemRow:
    data: dict[str, Any] = {"answered": row.waiting_since, **more}
    if filled is not None and wish.template is not None and filled.name != wish.template.name:
        data["instead_of"] = wish.template.name
    if wish.reason:
        data["reason"] = wish.reason.strip()
    if wish.retry_of:
        data["retry_of"] = wish.retry_of
    if wish.subject:
        data["own_subject"] = True  # else it is the debtor's own, which is not ours to answer for
    item = put_out(
        tx,
        row,
        pair,
        text=text,
        purpose=purpose,
        sort="reply" if due_at is None else "scheduled",
        author=actor.id,
        client_id=wish.client_id,
        reply_to=wish.reply_to,
        subject=wish.subject or _subject(tx, row, pair),
        template=None if filled is None else filled.used(),
        files=files,
        due_at=due_at,
        data=data,
    )
    if due_at is None:
        answered(tx, row, item)
        if pair.inbox.channel == "whatsapp" and row.owner_id == actor.id:
            enqueue_job(tx, "whatsapp.read", {"case": row.id}, key=f"read:{row.id}")
    put(tx, link, ("inbox_id", "contact_point_id"), inbox_id=pair.inbox.id, contact_point_id=pair.point.id,
        last_outbound_at=tx.now)  # fmt: skip
    change(tx, draft, {"case_id": row.id, "user_id": actor.id}, text="", at=tx.now)
    if wish.whisper:
        mark_used(tx, row, actor, wish.whisper)
    told(tx, row)
    return item


def _subject(tx: Tx, row: CaseRow, pair: Pair) -> str | None:
    """A mail answers under the subject of the thread."""
    if pair.inbox.channel != "email":
        return None
    last = timeline.last_subject(tx, row.id, pair.point)
    if not last:
        return None
    return fitting_subject(pair.inbox, last if last[:3].lower() == "re:" else f"Re: {last}")
