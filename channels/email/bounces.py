"""Mail about our mail: delivery reports (RFC 3464), bounces in plain words, complaints (RFC 5965), receipts (RFC 8098).

Anybody can forge one. So nothing in here changes anything by itself: a report names our Message-ID or our return-path
token, and the console acts only if we sent that very message to that very recipient.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from channels.email import automatic, faults
from channels.email.addresses import bare, normal
from channels.email.headers import Headers, parse_block
from channels.email.mime import Part
from channels.email.threading import message_ids

_COPY = re.compile(
    r"^[ \t>]*(?:-{3,50}[^\n]{0,20}(?:original|copy of|returned|unsent|message header)[^\n]*"
    r"|-{3,50} (?:mail )?message[^\n]*"
    r"|(?:below this line is|included is|original message (?:follows|headers)|the header of the original)[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_BOUNCED = re.compile(
    r"undeliver|not be delivered|delivery (?:status|fail|problem|report)|deliver(?:y|ed)? (?:has )?fail"
    r"|mail(?: \w{1,20})? fail|failure notice|returned mail|returning message|could not send"
    r"|errors from|delayed|non remis|unzustellbar"
    r"|não (?:foi )?(?:entregue|p[ôo]de)|no se (?:pudo|ha podido|puede) entregar|did not reach|permanent error"
    r"|fatal errors",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\bdelay|could not send message for past|will (?:be retried|keep trying|continue)|still trying"
    r"|not yet been delivered|no action is required|atras(?:ada|o)|retras",
    re.IGNORECASE,
)
_ID_LINE = re.compile(r"^[ \t>]*message-id[ \t]*:[ \t]*\n?[ \t>]*(<[^<>\n]{3,500}>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"']{1,64}@[A-Za-z0-9.-]{1,255}")
_KINDS = ("failed", "delayed", "delivered", "relayed", "expanded")
MAX_TEXT = 64 * 1024
MAX_RECIPIENTS = 50


@dataclass(frozen=True)
class Recipient:
    """One recipient of a report. action: failed, delayed, delivered, relayed or expanded; status: x.y.z or ""."""

    address: str
    action: str
    status: str = ""
    text: str = ""


@dataclass(frozen=True)
class Report:
    """kind: "delivery", "complaint", "receipt" (somebody read it) or "other" (another kind of feedback).

    `message_ids`: of the message reported about, best guess first; `feedback`: the Feedback-Type of a complaint.
    """

    kind: Literal["delivery", "complaint", "receipt", "other"]
    recipients: tuple[Recipient, ...] = ()
    message_ids: tuple[str, ...] = ()
    feedback: str = ""


def read(mail: Part, returned: bool = False) -> Report | None:
    """What a mail reports about another one, None if it is no report. `returned`: it came to our return-path token."""
    parts = list(mail.walk())
    kinds = {part.type for part in parts}
    if "message/disposition-notification" in kinds:
        return Report("receipt", message_ids=_original_ids(mail, parts))
    if "message/feedback-report" in kinds or _from_hotmail(parts):
        return _feedback(mail, parts)
    if kinds & {"message/delivery-status", "message/global-delivery-status"}:
        return _delivery(mail, parts)
    return _notification(mail) or _in_words(mail, parts, returned)


# --- delivery reports in the standard form ---


def _delivery(mail: Part, parts: list[Part]) -> Report:
    found: list[Recipient] = []
    for part in parts:
        if part.type in ("message/delivery-status", "message/global-delivery-status"):
            found.extend(_recipients(part.text()))
    if not found:
        found = [
            _recipient({"status": faults.statuses(_words(mail, parts)), "diagnostic-code": _words(mail, parts)[:2000]})
        ]
    return Report("delivery", tuple(found[:MAX_RECIPIENTS]), _original_ids(mail, parts))


def _recipients(text: str) -> list[Recipient]:
    """The per-recipient groups; a second Final-Recipient also begins one, as some servers forget the blank line."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in text[: 4 * MAX_TEXT].split("\n"):
        name, colon, value = line.partition(":")
        if not line.strip():
            groups.append({})
        elif line[:1] in " \t" and last in groups[-1]:
            groups[-1][last] += " " + line.strip()
        elif colon:
            last = name.strip().lower()
            if last == "final-recipient" and last in groups[-1]:
                groups.append({})
            groups[-1].setdefault(last, value.strip())
    return [_recipient(group) for group in groups if {"final-recipient", "original-recipient", "action"} & set(group)]


def _recipient(group: dict[str, str]) -> Recipient:
    named = group.get("final-recipient") or group.get("original-recipient") or group.get("x-actual-recipient") or ""
    match = _ADDRESS.search(named.rpartition(";")[2].replace("<", " ").replace(">", " "))
    status = group.get("status", "").split("(")[0].strip().split(" ")[0]
    action = group.get("action", "").split("(")[0].strip().lower()
    if action not in _KINDS:
        action = {"2": "delivered", "4": "delayed"}.get(status[:1], "failed")
    address = normal(match[0]) if match else named.rpartition(";")[2].strip(" <>")[:320]
    return Recipient(address, action, status, group.get("diagnostic-code", "").partition(";")[2].strip()[:2000])


# --- which message it is about ---


def _original_ids(mail: Part, parts: list[Part]) -> tuple[str, ...]:
    """Message-IDs of the returned message: from its part, else a copy in the text, else what the report answers."""
    ids: list[str] = []
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            ids.extend(message_ids(_headers(part).raw("message-id")))
    if not ids:
        for part in parts:
            if part.type.startswith("text/"):
                ids.extend(_ids_in_copy(part.text()))
    ids.extend(message_ids(mail.headers.raw("in-reply-to")))
    ids.extend(reversed(message_ids(mail.headers.raw("references"))))
    own = set(message_ids(mail.headers.raw("message-id")))
    return tuple(item for item in dict.fromkeys(ids) if item not in own)[:10]


def _headers(part: Part) -> Headers:
    content = part.content().lstrip(b"\r\n \t")
    return parse_block(content, 0, min(len(content), MAX_TEXT))[0]


def _ids_in_copy(text: str) -> list[str]:
    return [match.strip("<>") for match in _ID_LINE.findall(text[: 4 * MAX_TEXT])]


# --- bounces in plain words ---


def _in_words(mail: Part, parts: list[Part], returned: bool) -> Report | None:
    headers = mail.headers
    failed = [normal(item) for item in headers.raw("x-failed-recipients").split(",")]
    subject, words = headers.text("subject"), _words(mail, parts)
    daemon = automatic.is_daemon(headers.raw("from"))
    machine = daemon or headers.raw("return-path") in ("<>", "<MAILER-DAEMON>")
    status = faults.statuses(words)
    if not any(failed) and not (machine and (_BOUNCED.search(subject) or _BOUNCED.search(words) or status)):
        if not (returned and (machine or _BOUNCED.search(subject))):
            return None
    if headers.raw("auto-submitted").lower().startswith("auto-replied") and not daemon:
        return None  # somebody who is away
    late = _DELAYED.search(subject) or (not any(failed) and _DELAYED.search(words))
    action = "delayed" if late and not status.startswith("5") else "failed"
    addresses = [item for item in failed if item] or _addresses(mail, words) or [""]
    found = tuple(Recipient(item, action, status, words[:2000]) for item in addresses[:MAX_RECIPIENTS])
    return Report("delivery", found, _original_ids(mail, parts))


def _words(mail: Part, parts: list[Part]) -> str:
    """What the report says in its own words, without the copy of the message below them."""
    for part in parts:
        if part.type == "text/plain" and not part.children:
            text = part.text()[:MAX_TEXT]
            if text.strip():
                copied = _COPY.search(text)
                return text[: copied.start()] if copied and copied.start() else text
    return ""


def _addresses(mail: Part, words: str) -> list[str]:
    """The address that failed: alone on a line or before a colon, else the first that is not a party of this report."""
    parties = {item.lower() for name in ("to", "from", "return-path") for item in bare(mail.headers.raw(name))}
    alone = [
        normal(match[0])
        for line in words.split("\n")[:400]
        if (match := _ADDRESS.search(line))
        and not line.strip(" \t<>:;\"'()").replace(match[0], "").strip("<>:; \t\"'()")
    ]
    anywhere = [normal(item) for item in _ADDRESS.findall(words)[:50]]
    for item in (*alone, *anywhere):
        if item and item.lower() not in parties:
            return [item]
    return []


# --- complaints ---


def _feedback(mail: Part, parts: list[Part]) -> Report:
    fields: dict[str, str] = {}
    for part in parts:
        if part.type == "message/feedback-report":
            for line in part.text()[:MAX_TEXT].split("\n"):
                name, colon, value = line.partition(":")
                if colon:
                    fields.setdefault(name.strip().lower(), value.strip())
    named = fields.get("original-rcpt-to") or fields.get("removal-recipient") or _complainer(parts)
    kind = fields.get("feedback-type", "abuse").lower()
    complained = kind in ("abuse", "fraud", "opt-out", "opt-out-list", "other", "miscategorized", "complaint")
    address = normal(named.rpartition(";")[2])
    return Report(
        "complaint" if complained else "other",
        (Recipient(address, "complained"),) if address else (),
        _original_ids(mail, parts),
        kind,
    )


def _complainer(parts: list[Part]) -> str:
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers"):
            headers = _headers(part)
            to = bare(headers.raw("to"))
            return headers.raw("x-hmxmroriginalrecipient") or (to[0] if to else "")
    return ""


def _from_hotmail(parts: list[Part]) -> bool:
    """Hotmail's own form: the message in a multipart/mixed, with one telling field."""
    return any(part.type == "message/rfc822" and "x-hmxmroriginalrecipient" in _headers(part) for part in parts)


# --- Amazon's notifications by mail ---


def _notification(mail: Part) -> Report | None:
    """A bounce or complaint told by Amazon SES through SNS to a mailbox: JSON in the text."""
    if mail.type != "text/plain" or "amazonaws.com" not in mail.headers.raw("from").lower():
        return None
    text = mail.text().replace("!\n ", "")  # sendmail breaks lines of more than 990 characters like this
    start = text.find("{")
    try:
        told = json.JSONDecoder().raw_decode(text[start : start + 4 * MAX_TEXT])[0] if start >= 0 else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("mail"), dict):
        return None
    ids = told["mail"].get("commonHeaders")
    named = ids.get("messageId") if isinstance(ids, dict) else ""
    return _told(told, message_ids(named if isinstance(named, str) else ""))


def _told(told: dict[str, object], ids: tuple[str, ...]) -> Report | None:
    for key, listed in (
        ("bounce", "bouncedRecipients"),
        ("complaint", "complainedRecipients"),
        ("delivery", "recipients"),
    ):
        event = told.get(key)
        if isinstance(event, dict):
            entries = event.get(listed)
            found = [_entry(item, key) for item in (entries if isinstance(entries, list) else [])[:MAX_RECIPIENTS]]
            return Report("complaint" if key == "complaint" else "delivery", tuple(found), ids, "abuse")
    return None


def _entry(item: object, key: str) -> Recipient:
    fields = (
        {k: v for k, v in item.items() if isinstance(v, str)} if isinstance(item, dict) else {"emailAddress": str(item)}
    )
    action = {"bounce": "failed", "complaint": "complained"}.get(key, "delivered")
    status, text = fields.get("status", ""), fields.get("diagnosticCode", "")
    stated = fields.get("action", action)
    return Recipient(
        normal(fields.get("emailAddress", "")), stated if stated in _KINDS else action, status, text[:2000]
    )
