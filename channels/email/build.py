"""One message of ours -> a finished MIME message with its envelope. The same message gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from channels.carry import BROKEN, UNFIT, must_fit
from channels.email.addresses import normal
from channels.email.html import html_to_text
from channels.email.threading import message_ids
from channels.email.tokens import make_token, message_id, with_token
from channels.errors import CannotBuild
from channels.types import File, Inbox, Limits, Mail, Outbound

MAX_FILES_BYTES = 25 * 1024 * 1024
SUBJECT_CHARS = 998  # of a line (RFC 5322, 2.1.1), though a subject is folded
LIMITS = Limits(text_chars=16_384, files=10, subject_chars=SUBJECT_CHARS, file_bytes=MAX_FILES_BYTES)
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_TYPE = re.compile(r"[a-z0-9.+_-]{1,100}/[a-z0-9.+_-]{1,100}\Z")
_UUID7 = re.compile(r"[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}\Z")
# 7bit: every server carries it, with or without 8BITMIME.
_POLICY = policy.SMTP.clone(cte_type="7bit")


def build(inbox: Inbox, message: Outbound) -> Mail:
    """Raises CannotBuild when a header would break, an address is none, there is nothing to say, or it is too large."""
    sender, to = _address(inbox.address, "the inbox's address"), _address(message.to.email, "the recipient's address")
    if not _REF.match(message.ref) or not _REF.match(inbox.id):
        raise CannotBuild("ref and inbox id must be letters and digits to travel in a Message-ID")
    must_fit(LIMITS, message, _text(message))
    mail = EmailMessage(policy=_POLICY)
    id = message_id(inbox, message.ref)
    mail["Message-ID"] = f"<{id}>"
    at = message.at or _born(message.ref)
    if at:
        mail["Date"] = datetime.fromtimestamp(at / 1000, UTC)
    mail["From"] = _named(inbox.config.get("from_name", ""), sender)
    mail["To"] = _named(message.to.name, to)
    mail["Subject"] = _clean(message.subject, "subject")
    _thread(mail, message)
    reply_to = _reply_to(inbox, message)
    if reply_to:
        mail["Reply-To"] = _named(inbox.config.get("from_name", ""), reply_to)
    mail["X-Loop"] = sender
    if message.automatic:
        mail["Auto-Submitted"] = "auto-replied" if message.in_reply_to else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    _unsubscribe(mail, message, reply_to or sender)
    _content(mail, message)
    _steady_boundaries(mail, message.ref)
    path = _return_path(inbox, message)
    return Mail(ref=message.ref, envelope_from=path, envelope_to=(to,), message=bytes(mail), message_id=id)


def _clean(value: str, what: str) -> str:
    """`value` if it may stand in a header. A decoded subject can hold line breaks, and with them headers of its own."""
    if UNFIT.search(value):
        raise CannotBuild(f"{what} {BROKEN}")
    return value.strip()


def _address(value: str, what: str) -> str:
    _clean(value, what)
    local, _, domain = normal(value).rpartition("@")
    try:
        plain = domain.encode("idna").decode("ascii") if local and local.isascii() else ""
    except UnicodeError:
        plain = ""
    if not plain:
        raise CannotBuild(f"{what} is not an e-mail address that can be written to: correct it")
    return f"{local}@{plain}"


def _named(name: str, address: str) -> Address:
    return Address(display_name=_clean(name, "name"), addr_spec=address)


def _born(ref: str) -> int:
    """When a UUIDv7 was made, in ms (RFC 9562, 5.7); 0 for any other ref."""
    return int(ref[:12], 16) if _UUID7.match(ref) else 0


def _thread(mail: EmailMessage, message: Outbound) -> None:
    answered = message_ids(_clean(message.in_reply_to, "in_reply_to"))
    chain = [item for given in message.references for item in message_ids(_clean(given, "references"))]
    if answered:
        mail["In-Reply-To"] = f"<{answered[0]}>"
        chain.append(answered[0])
    unique = list(dict.fromkeys(reversed(chain)))[::-1]
    if unique:
        kept = unique if len(unique) <= 20 else [unique[0], *unique[-19:]]
        mail["References"] = " ".join(f"<{item}>" for item in kept)


def _reply_to(inbox: Inbox, message: Outbound) -> str:
    token = message.reply_token
    if not token:
        return ""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", token):
        raise CannotBuild("reply_token holds more than letters and digits")
    return with_token(inbox.address, token, inbox.config.get("reply_domain", ""))


def _return_path(inbox: Inbox, message: Outbound) -> str:
    """Where bounces go: an address that names the message, if the site has a domain for it (VERP), else the inbox."""
    domain = inbox.config.get("reply_domain", "")
    tagged = with_token(inbox.address, make_token(inbox, "bounce", message.ref), domain) if domain else ""
    return tagged or inbox.address


def _unsubscribe(mail: EmailMessage, message: Outbound, address: str) -> None:
    """RFC 2369 and RFC 8058."""
    if not message.unsubscribe_url:
        return
    url = _clean(message.unsubscribe_url, "unsubscribe_url")
    if not re.fullmatch(r"https?://[\x21-\x3b\x3d\x3f-\x7e]+", url):
        raise CannotBuild("unsubscribe_url is not a URL")
    mail["List-Unsubscribe"] = f"<{url}>, <mailto:{address}?subject=unsubscribe>"
    if url.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _content(mail: EmailMessage, message: Outbound) -> None:
    if message.buttons:
        raise CannotBuild("a mail has no buttons and no list: say the choices in its text")
    text = _text(message)
    if not text.strip() and not message.files:
        raise CannotBuild("a mail needs a text or a file")
    mail.set_content(_words(text))
    if message.html:
        mail.add_alternative(_words(message.html), subtype="html")
    if sum(len(file.content or b"") for file in message.files) > MAX_FILES_BYTES:
        raise CannotBuild("the files are larger than 25 MB together: send fewer or smaller ones")
    for file in message.files:
        _attach(mail, file)


def _text(message: Outbound) -> str:
    text = message.text or (message.template.body if message.template else "")
    return text or (html_to_text(message.html) if message.html else "")


def _words(text: str) -> str:
    """Text that any charset step can carry: no NUL, no half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _attach(mail: EmailMessage, file: File) -> None:
    if file.content is None:
        raise CannotBuild(f"the file {file.id} is not at hand: upload it again")
    kind = file.type.lower() if _TYPE.match(file.type.lower()) else "application/octet-stream"
    if kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    main, _, sub = kind.partition("/")
    mail.add_attachment(file.content, maintype=main, subtype=sub, filename=_clean(file.name, "file name") or "file")


def _steady_boundaries(mail: EmailMessage, ref: str) -> None:
    """Boundaries made from the ref instead of chance, so that the same message is the same bytes on every attempt."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary("=_" + hashlib.sha256(f"{ref}/{number}".encode()).hexdigest()[:32])
