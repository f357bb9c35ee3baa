"""What the gate would say, channel by channel, before anything is written. Stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field, structs

from channels.segments import count
from console.access.actor import Actor
from console.access.visible import must_read
from console.cases import papers
from console.cases.announce import announced
from console.cases.discreet import discreet
from console.cases.fit import text_room
from console.cases.letter import TemplateWish, template_facts
from console.cases.lifted import beside, granted_now, with_neutral
from console.cases.pairs import Pair, channels_of, pick
from console.cases.queries import CaseRow, get
from console.cases.subject import subject
from console.cases.templates import Filled, fill, shown_minor
from console.errors import Invalid
from console.gate.granted import Granted, digest_of
from console.gate.guard import judge
from console.gate.types import Decision, Message
from console.store.transaction import Reader
from console.timeline.queries import AttachmentRow, file
from console.timeline.view import person
from console.wire.moment import Ms, parse_rfc3339, rfc3339


class Ask(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/gate."""

    channel: str | None = None
    text: str | None = None
    subject: str | None = None
    template: TemplateWish | None = None
    purpose: str | None = None
    at: str | None = None
    contact_point: str | None = None
    inbox: str | None = None
    reply_to: str | None = None
    attachments: list[str] = field(default_factory=list)


def preview(reader: Reader, actor: Actor, case_id: str, ask: Ask) -> dict[str, Any]:
    """`{"items": [decision + "channel" …]}`; one channel, or all on which the debtor has an address of their own."""
    must_read(reader, actor, case_id)
    row = get(reader, case_id)
    at = _moment(ask.at)
    channels = [ask.channel] if ask.channel else channels_of(reader, row, own=True)
    files = [found for each in ask.attachments if (found := file(reader, each)) and found.uploader_id == actor.id]
    return {"items": [_one(reader, actor, row, channel, ask, at, files) for channel in channels]}


def _one(
    reader: Reader, actor: Actor, row: CaseRow, channel: str, ask: Ask, at: Ms | None, files: list[AttachmentRow]
) -> dict[str, Any]:
    pair = pick(reader, row, channel, ask.contact_point, ask.inbox)
    template = None
    if ask.template is not None:
        template = fill(reader, row, pair, ask.template.name, ask.template.language, ask.template.variables)
    about = subject(reader, row, pair, sender=actor.id)

    def lift(filled: Filled | None) -> Granted | None:
        """What a supervisor approved of it, as the debtor would read it from this writer."""
        message = _message(actor, channel, ask, filled, files)
        if message.text:
            message = structs.replace(message, text=announced(reader, row, pair, actor, message.text))
        bound = beside(row.id, pair, files, filled.used() if filled else None, ask.reply_to)
        return granted_now(reader, row, actor, digest_of(message, bound), reader.now if at is None else at)

    decision, shows = with_neutral(
        about, template,
        neutral=lambda wished: discreet(reader, row, pair, wished),
        lift=lift,
        judge=lambda filled: judge(reader, about, _message(actor, channel, ask, filled, files), at=at),
    )  # fmt: skip
    neutral = shows if shows is not template else None
    shown = _shape(decision, pair, ask.text)
    shown["approval"] = _approval(reader, about.granted)
    if about.granted is not None and decision.outcome == "allow":
        shown["valid_until"] = rfc3339(min(decision.valid_until or about.granted.until, about.granted.until))
    if ask.template is None:
        opening = len(announced(reader, row, pair, actor, "x")) - 1
        shown["text_chars"] = max(text_room(pair.inbox, files) - opening, 0)
    if neutral is not None:
        shown["instead"] = {"name": neutral.name, "language": neutral.language, "text": neutral.body}
    return shown


def _approval(reader: Reader, grant: Granted | None) -> dict[str, Any] | None:
    if grant is None:
        return None
    return {"by": person(reader, grant.by), "until": rfc3339(grant.until), "codes": sorted(grant.codes)}


def _message(actor: Actor, channel: str, ask: Ask, template: Filled | None, files: Sequence[AttachmentRow]) -> Message:
    return Message(
        channel=channel,  # type: ignore[arg-type]
        purpose=ask.purpose or "reply",  # type: ignore[arg-type]
        text=ask.text if template is None else None,
        subject=(ask.subject or "") if channel == "email" else "",
        template=template_facts(template),
        shown_minor=None if template is None else shown_minor(template.variables),
        attachments=len(ask.attachments),
        attachments_level=papers.level_of(files),
        kind=papers.kind_of(files),
        sender=actor.id,
    )


def _shape(decision: Decision, pair: Pair, text: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "channel": pair.inbox.channel,
        "outcome": decision.outcome,
        "code": decision.code,
        "rule": decision.rule,
        "source": decision.source,
        "allowed_at": rfc3339(decision.allowed_at),
        "approver": decision.approver,
        "purpose": decision.purpose,
        "counts": decision.counts,
        "valid_until": rfc3339(decision.valid_until),
        "profile": decision.profile,
        "spans": [list(span) for span in decision.spans],
        "warnings": list(decision.warnings),
        "mend": decision.mend,
        "contact_point": pair.point.id,
        "inbox": pair.inbox.id,
        "window_closes_at": rfc3339(pair.link.window_closes_at) if pair.link else None,
        "state": _state(pair),
    }
    if pair.inbox.channel == "sms" and text:
        counted = count(text)
        shown["segments"] = {"count": counted.segments, "encoding": counted.encoding, "because": counted.culprit}
    return shown


def _state(pair: Pair) -> str:
    """What the channel's tab says before it is chosen: opted_out, invalid, open, template_only, unused."""
    if pair.address.opted_out_at is not None:
        return "opted_out"
    if pair.address.invalid_at is not None or pair.point.state != "active":
        return "invalid"
    if pair.inbox.channel == "whatsapp" and (pair.link is None or pair.link.window_closes_at is None):
        return "template_only"
    return "open" if pair.link is not None else "unused"


def _moment(text: str | None) -> Ms | None:
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field="at") from None
