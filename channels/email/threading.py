"""Which conversation a mail belongs to: reply token, then In-Reply-To, then References from the last to the first.

Never by subject: anybody can write one.
"""

from __future__ import annotations

import re

from channels.email.addresses import bare
from channels.email.headers import Headers
from channels.email.tokens import Purpose, read_token, token_in
from channels.types import Inbox

MAX_REFERENCES = 50
_BRACKETED = re.compile(r"<([^<>]{1,500})>")
_COMMENT = re.compile(r"\([^()]{0,100}\)")
_ID = re.compile(r"[^\s<>@]{1,250}@[^\s<>]{1,250}\Z")
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to", "cc")


def message_ids(field: str) -> tuple[str, ...]:
    """The valid Message-IDs of a field, in order, each once, without brackets; of a huge field the last 50."""
    field = _COMMENT.sub("", field) if "(" in field else field
    found = _BRACKETED.findall(field) or field.replace(",", " ").split()
    ids = dict.fromkeys("".join(item.split()) if "@" in item else "" for item in found)
    return tuple(item for item in ids if item and _ID.match(item))[-MAX_REFERENCES:]


def own_id(headers: Headers) -> str:
    """The mail's own Message-ID without brackets, "" when it has none that can be used."""
    ids = message_ids(headers.raw("message-id"))
    return ids[0] if ids else ""


def all_references(headers: Headers) -> tuple[str, ...]:
    """References of all fields of that name together, since some mails have two."""
    return message_ids(" ".join(headers.all("references")))


def find_token(inbox: Inbox, purpose: Purpose, headers: Headers, envelope: tuple[str, ...]) -> tuple[str, str]:
    """(token, the id it names) out of every address the mail was sent or delivered to; ("", "") if none is ours."""
    places = list(envelope)
    for name in _DELIVERED:
        for field in headers.all(name):
            places.extend(bare(field))
    for address in places[:500]:
        token = token_in(address)
        found = read_token(inbox, purpose, token) if token else ""
        if found:
            return token, found
    return "", ""
