"""A message as its writer wishes it, made up: where it goes, what the debtor would read, its files, and how the gate
judges it. Asked for when it is sent, and when somebody asks the supervisors for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.cases import papers
from console.cases.announce import announced
from console.cases.discreet import discreet
from console.cases.fit import must_fit
from console.cases.lifted import beside, with_neutral
from console.cases.models import lease
from console.cases.pairs import Pair, pick
from console.cases.queries import CaseRow
from console.cases.subject import subject
from console.cases.templates import Filled, fill, shown_minor
from console.debtors.holders import OWN
from console.debtors.queries import find_point
from console.errors import Conflict, Invalid, NotOwner
from console.gate.granted import Granted, digest_of
from console.gate.guard import Subject, judge
from console.gate.types import Decision, Message, TemplateFacts
from console.people.queries import is_enabled
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.attach import attach
from console.wire.moment import DAY, MINUTE, Ms, parse_rfc3339

LATEST = 60 * DAY  # how far ahead a message may be scheduled
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


class Letter(Struct):
    """`text` and `filled` change where a neutral template takes the place of one that says too much."""

    wish: Reply
    sender: str
    pair: Pair
    text: str
    files: list[timeline.AttachmentRow]
    filled: Filled | None
    repeats: bool
    about: Subject

    @property
    def message(self) -> Message:
        """As the gate reads it."""
        return outgoing(self.sender, self.wish, self.pair, self.text, self.filled, self.files, self.repeats)

    @property
    def digest(self) -> str:
        """What an approval of it is bound to."""
        used = self.filled.used() if self.filled else None
        return digest_of(self.message, beside(self.about.case_id, self.pair, self.files, used, self.wish.reply_to))

    def put(self, filled: Filled | None) -> Letter:
        """This template, the wished one or what stands for it, is what the debtor would read; the letter itself."""
        if filled is not None:
            self.filled, self.text = filled, filled.body
        return self


def made_up(tx: Tx, row: CaseRow, actor: Actor, wish: Reply, *, worded: bool = True) -> Letter:
    """The letter, before the gate is asked. worded: a person chose its words, and is told when they do not fit.

    Raises Invalid, naming the field, and Conflict where a file or a code is no longer true.
    """
    pair = pick(tx, row, wish.channel, wish.contact_point, wish.inbox)
    _must_be_theirs(tx, wish, pair)
    files = attach(tx, actor, row.id, wish.attachments, channel=pair.inbox.channel) if wish.attachments else []
    old = papers.stale(tx, row.debtor_id, row.portfolio_id, files)
    if old:
        raise Conflict(
            "The document is no longer true: make it anew.", field="attachments", attachments=[f.id for f in old]
        )
    used = wish.template
    filled = fill(tx, row, pair, used.name, used.language, used.variables) if used else None
    text = filled.body if filled else announced(tx, row, pair, actor, wish.text or "")
    if worded:
        said = "" if filled else text
        must_fit(pair.inbox, text=said, own=len(wish.text or ""), files=files, subject=wish.subject or "")
    about = subject(
        tx, row, pair, sender=actor.id, sender_active=is_enabled(tx, actor.id), reason_given=bool(wish.reason)
    )
    why = papers.stale_words(tx, row.debtor_id, row.portfolio_id, text)
    if why:
        raise Conflict(f"A code in the text is not to be paid any more ({why}): take the present one.", field="text",
                       reason=why)  # fmt: skip
    return Letter(wish, actor.id, pair, text, files, filled, _repeats(tx, wish, text, files), about)


def judged(
    tx: Tx, row: CaseRow, letter: Letter, lift: Callable[[Letter], Granted | None], at: Ms | None = None
) -> Decision:
    """The gate's answer to it, under what `lift` says a supervisor approved of it. A template that says too much is
    swapped for the neutral one of its inbox.
    """
    decision, filled = with_neutral(
        letter.about, letter.filled,
        neutral=lambda wished: discreet(tx, row, letter.pair, wished),
        lift=lambda one: lift(letter.put(one)),
        judge=lambda one: judge(tx, letter.about, letter.put(one).message, at=at),
    )  # fmt: skip
    letter.put(filled)
    return decision


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


def must_be_writer(tx: Tx, row: CaseRow, actor: Actor) -> None:
    """The owner, or a supervisor who barged in under this very epoch."""
    if row.owner_id == actor.id:
        return
    if _BARGE.first(tx, case_id=row.id, user_id=actor.id, real=tx.real) == row.epoch:
        return
    raise NotOwner(epoch=row.epoch)


def check_wish(tx: Tx, row: CaseRow, wish: Reply) -> Ms | None:
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


def _moment(tx: Tx, text: str) -> Ms:
    try:
        at = parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field="send_at") from None
    if at < tx.now + MINUTE or at > tx.now + LATEST:
        raise Invalid("Schedule at least one minute and at most sixty days ahead.", field="send_at")
    return at


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
