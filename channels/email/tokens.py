"""Short signed names that travel in addresses and Message-IDs, so that what comes back finds what it is about.

A token is `r` or `b`, then base32 of id and MAC: 40 letters and digits, the same in either case, since some servers
change the case of local parts. It names a case or a message; it never proves a person.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Literal

from channels.types import Inbox

Purpose = Literal["reply", "bounce"]
_MAC = 8
_TOKEN = re.compile(r"([rb])([a-z2-7]{39})\Z")
_ID = re.compile(r"[0-9a-f]{32}\Z")
_OURS = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})@(.+)\Z")
MAX_LOCAL = 64  # RFC 5321, 4.5.3.1.1


def make_token(inbox: Inbox, purpose: Purpose, id: str) -> str:
    """The token of a case ("reply") or message ("bounce"); "" without `reply_key` or for an id of another form."""
    key = inbox.secrets.get("reply_key")
    if not key or not _ID.match(id):
        return ""
    data = bytes.fromhex(id)
    packed = base64.b32encode(data + _mac(key, purpose, data)).decode("ascii").lower().rstrip("=")
    return purpose[0] + packed


def read_token(inbox: Inbox, purpose: Purpose, token: str) -> str:
    """The id that a token of ours names; "" for any other string."""
    key, match = inbox.secrets.get("reply_key"), _TOKEN.match(token.lower())
    if not key or not match or match[1] != purpose[0]:
        return ""
    try:
        packed = base64.b32decode(match[2].upper() + "=")
    except binascii.Error:
        return ""
    data, mac = packed[:16], packed[16:]
    return data.hex() if hmac.compare_digest(mac, _mac(key, purpose, data)) else ""


def _mac(key: str, purpose: Purpose, data: bytes) -> bytes:
    return hmac.digest(key.encode("utf-8"), purpose.encode("ascii") + b"\0" + data, hashlib.sha256)[:_MAC]


def with_token(address: str, token: str, domain: str = "") -> str:
    """`local+token@domain`, at `domain` if given; "" if the local part would be longer than 64."""
    local, _, own = address.rpartition("@")
    tagged = f"{local}+{token}"
    return f"{tagged}@{domain or own}" if token and len(tagged) <= MAX_LOCAL else ""


def token_in(address: str) -> str:
    """What stands after the last plus of a local part, lower-case; "" if none."""
    local, plus, tag = address.rpartition("@")[0].rpartition("+")
    return tag.lower() if plus and local else ""


def base_address(address: str) -> str:
    """The address without what follows its last plus, lower-case: what an inbox is found by, if not by the whole."""
    local, _, domain = address.strip().lower().rpartition("@")
    stem, plus, _ = local.rpartition("+")
    return f"{stem if plus and stem else local}@{domain}"


def message_id(inbox: Inbox, ref: str) -> str:
    """Our own Message-ID, without brackets: it carries the message's ref and the inbox."""
    return f"{ref}.{inbox.id}@{inbox.address.rpartition('@')[2].lower()}"


def ref_in(inbox: Inbox, message_id: str) -> str:
    """The ref that a Message-ID of this inbox carries, "" for any other."""
    match = _OURS.match(message_id)
    domain = inbox.address.rpartition("@")[2].lower()
    return match[1] if match and match[2] == inbox.id and match[3].lower() == domain else ""
