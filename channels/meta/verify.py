"""Is it Meta? The subscription's challenge and the signature over the raw bytes."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl

from channels.errors import BadRequest, BadSignature
from channels.types import Delivery, Inbox

_PREFIX = "sha256="
_CHALLENGE_CHARS = 256


def verify(inbox: Inbox, delivery: Delivery) -> None:
    """Raises BadSignature unless `X-Hub-Signature-256` is the HMAC of the body under one of the inbox's app secrets."""
    header = delivery.headers.get("x-hub-signature-256", "")
    if not header.startswith(_PREFIX):
        raise BadSignature("X-Hub-Signature-256 is missing or malformed")
    told = header[len(_PREFIX) :].encode("utf-8", "replace")
    secrets = [value for name in ("app_secret", "app_secret_previous") if (value := inbox.secrets.get(name))]
    if not secrets:
        raise BadSignature("the inbox has no app secret")
    for secret in secrets:
        expected = hmac.new(secret.encode(), delivery.body, hashlib.sha256).hexdigest().encode()
        if hmac.compare_digest(expected, told):
            return
    raise BadSignature("the signature does not fit the body")


def challenge(inbox: Inbox, delivery: Delivery) -> str:
    """The text that answers `GET ?hub.mode=subscribe&hub.challenge=…&hub.verify_token=…`. Raises BadSignature, and
    BadRequest for whoever knows the token and asks for something else.
    """
    try:
        pairs = parse_qsl(delivery.query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise BadSignature("the query has too many fields") from None
    told = dict(pairs)
    if len(told) != len(pairs):
        raise BadSignature("a field of the query is repeated")
    expected = inbox.secrets.get("verify_token").encode()
    given = told.get("hub.verify_token", "").encode("utf-8", "replace")
    if not expected or not hmac.compare_digest(expected, given):
        raise BadSignature("the verify token is wrong")
    text = told.get("hub.challenge", "")
    if told.get("hub.mode") != "subscribe" or not 0 < len(text) <= _CHALLENGE_CHARS or not text.isprintable():
        raise BadRequest("hub.mode must be subscribe, and hub.challenge one to 256 printable characters.")
    return text
