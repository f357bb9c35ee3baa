"""A raw mail -> what happened: a message of a person, a report about a message of ours, or something kept aside."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from email.utils import mktime_tz, parsedate_tz

from channels.email import automatic, bounces, faults, mime, tokens
from channels.email.addresses import addresses, bare, normal
from channels.email.body import Body, read_body
from channels.email.html import fold_html
from channels.email.quotes import fold
from channels.email.threading import all_references, find_token, message_ids, own_id
from channels.types import (
    Dead,
    Delivery,
    Ignored,
    Inbound,
    Inbox,
    Item,
    MailFacts,
    Preference,
    Receipt,
    Sender,
)

MAX_TEXT = 64 * 1024
MAX_QUOTED = 256 * 1024
MAX_FOLDED = 512 * 1024
MAX_LINES = 5_000  # looked at for quotations: nobody writes more by hand
MAX_HTML = 4 * 1024 * 1024
WEEK_MS = 7 * 24 * 60 * 60 * 1000
_UNSUBSCRIBE = re.compile(
    r"(unsubscribe(?: me)?|opt[- ]?out|remove(?: me)?|stop|descadastr(?:e|ar|o)(?:-me)?|me descadastre|remover|sair"
    r"|parar|cancelar (?:a )?(?:inscrição|inscricao|assinatura|suscripción|suscripcion)|baja|dar(?:me|se)? de baja"
    r"|desuscribir(?:me)?)[.!]?\Z",
    re.IGNORECASE,
)


def parse(inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
    """See `channels.channel.Channel.parse`: what breaks a limit or cannot be read is `Dead` with its reason."""
    try:
        mail = mime.parse(delivery.body)
    except mime.TooMuch as refusal:
        return [Dead(reason=f"too_much: {refusal}", number=inbox.address)]
    try:
        return _items(inbox, delivery, mail, now)
    except mime.TooMuch as refusal:
        return [Dead(reason=f"too_much: {refusal}", provider_id=own_id(mail.headers), number=inbox.address)]
    except MemoryError:  # whoever reads it has its bounds, and ends on them
        raise
    except Exception as defect:  # a mail that finds a defect of ours must still be kept, and its neighbours taken
        return [
            Dead(reason=f"unreadable: {type(defect).__name__}", provider_id=own_id(mail.headers), number=inbox.address)
        ]


def _items(inbox: Inbox, delivery: Delivery, mail: mime.Part, now: int) -> Sequence[Item]:
    _, returned = find_token(inbox, "bounce", mail.headers, delivery.envelope_to)
    report = bounces.read(mail, bool(returned))
    if report:
        return _reported(inbox, mail, report, returned, now)
    return [_inbound(inbox, delivery, mail, now)]


# --- reports ---


def _reported(inbox: Inbox, mail: mime.Part, report: bounces.Report, returned: str, now: int) -> Sequence[Item]:
    ours = next((item for item in report.message_ids if tokens.ref_in(inbox, item)), "")
    if returned:
        ours = tokens.message_id(inbox, returned)
    about = ours or (report.message_ids[0] if report.message_ids else "")
    at = moment(mail, now)
    if report.kind in ("receipt", "other"):
        reason = "read_receipt" if report.kind == "receipt" else f"feedback: {report.feedback[:40]}"
        return [Ignored(reason=reason, provider_id=about, number=inbox.address)]
    if report.kind == "complaint":
        return [_complaint(inbox, report, about, at)]
    if not about:
        return [Dead(reason="bounce_without_message_id", provider_id=own_id(mail.headers), number=inbox.address)]
    return [_receipt(inbox, recipient, about, at) for recipient in report.recipients]


def _receipt(inbox: Inbox, recipient: bounces.Recipient, about: str, at: int) -> Item:
    if recipient.action in ("delayed", "relayed", "expanded"):
        return Ignored(reason=f"delivery {recipient.action}", provider_id=about, number=inbox.address)
    failed = recipient.action == "failed"
    return Receipt(
        provider_id=about,
        status="failed" if failed else "delivered",
        at=at,
        ref=tokens.ref_in(inbox, about),
        fault=faults.by_status(recipient.status, recipient.text) if failed else None,
        recipient=recipient.address,
        number=inbox.address,
        detail={"action": recipient.action, "status": recipient.status, "diagnostic": recipient.text[:500]},
    )


def _complaint(inbox: Inbox, report: bounces.Report, about: str, at: int) -> Item:
    """Stops mail to that person: by the message complained about, else, unproven, for what is least: marketing."""
    address = report.recipients[0].address if report.recipients else ""
    if about:
        return Receipt(
            provider_id=about,
            status="delivered",
            at=at,
            ref=tokens.ref_in(inbox, about),
            fault=faults.complaint(),
            recipient=address,
            number=inbox.address,
            detail={"feedback": report.feedback},
        )
    if address:
        return Preference(sender=Sender(email=address), category="marketing", value="stop", at=at, number=inbox.address)
    return Dead(reason="complaint_without_message_id", number=inbox.address)


# --- messages ---


def _inbound(inbox: Inbox, delivery: Delivery, mail: mime.Part, now: int) -> Item:
    sender = _sender(mail, delivery)
    if not sender:
        return Dead(reason="no_sender", provider_id=own_id(mail.headers), number=inbox.address)
    body = read_body(mail)
    text, quoted = _folded(body)
    token, case = find_token(inbox, "reply", mail.headers, delivery.envelope_to)
    reason = automatic.why(inbox, mail, delivery.envelope_from)
    subject = mail.headers.text("subject")[:998]
    return Inbound(
        provider_id=own_id(mail.headers) or _digest(mail),
        sender=sender,
        at=moment(mail, now),
        kind="email",
        text=text,
        html=body.html[:MAX_HTML],
        subject=subject,
        media=tuple(body.files),
        detail=_detail(mail, sender),
        opt="stop" if not reason and _UNSUBSCRIBE.match(subject.strip()) else "",
        mail=MailFacts(
            message_id=own_id(mail.headers),
            in_reply_to=message_ids(" ".join(mail.headers.all("in-reply-to"))),
            references=all_references(mail.headers),
            reply_token=token,
            case=case,
            to=tuple(bare(mail.headers.raw("to")))[:100],
            cc=tuple(bare(mail.headers.raw("cc")))[:100],
            automatic=reason,
            quoted_text=quoted,
        ),
        number=inbox.address,
    )


def _sender(mail: mime.Part, delivery: Delivery) -> Sender | None:
    """Who wrote: From, else what else names somebody. Several authors: the first (RFC 5322, 3.6.2)."""
    for name in ("from", "sender", "reply-to", "return-path"):
        for field in mail.headers.all(name):
            for shown, address in addresses(field):
                return Sender(email=address, name=shown if shown != address else "")
    envelope = normal(delivery.envelope_from)
    return Sender(email=envelope) if envelope else None


def _folded(body: Body) -> tuple[str, str]:
    """(shown, folded away). A text beyond the cap goes on in the second, so that the whole is still there."""
    text = _head(body.text)
    beyond = body.text[len(text) :]
    split = fold(text) if text.strip() or not body.html else fold_html(body.html)
    kept, quoted = split.kept.strip("\n"), split.quoted + beyond
    if beyond and not split.quoted:
        kept, quoted = body.text.strip("\n"), ""
    if len(kept) > MAX_TEXT:
        kept, quoted = kept[:MAX_TEXT], kept[MAX_TEXT:] + "\n" + quoted
    return kept, quoted[:MAX_QUOTED]


def _head(text: str) -> str:
    """As much of a text as is looked at for quotations."""
    lines = text[:MAX_FOLDED].split("\n", MAX_LINES)
    return text[:MAX_FOLDED] if len(lines) <= MAX_LINES else text[: sum(map(len, lines[:-1])) + MAX_LINES]


def _detail(mail: mime.Part, sender: Sender) -> dict[str, object]:
    """What an agent may ask about: the date as stated, and where the writer wants answers if elsewhere."""
    stated = mail.headers.raw("date")[:100]
    found: dict[str, object] = {"date": stated} if stated else {}
    elsewhere = [item for item in bare(mail.headers.raw("reply-to")) if item.lower() != sender.email.lower()]
    return found | {"reply_to": elsewhere[0]} if elsewhere else found


def _digest(mail: mime.Part) -> str:
    """A name for a mail without Message-ID: the same for the same mail whichever way it came."""
    digest = hashlib.sha256()
    for name in ("from", "to", "date", "subject"):
        digest.update(mail.headers.raw(name).encode("utf-8") + b"\0")
    digest.update(mail.body.replace(b"\r\n", b"\n").strip())
    return f"sha256:{digest.hexdigest()}"


def moment(mail: mime.Part, now: int) -> int:
    """The Date field in ms, if it lies within the last week; else `now`, as a sender's clock may say anything."""
    try:
        parsed = parsedate_tz(mail.headers.raw("date")[:200])
        stated = int(mktime_tz(parsed) * 1000) if parsed else now
    except (ValueError, OverflowError, TypeError, IndexError):
        return now
    return stated if now - WEEK_MS <= stated <= now else now
