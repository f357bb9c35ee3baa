"""E-mail: raw MIME in (by webhook, SMTP listener or IMAP), finished MIME out.

A mail that came through our own listener or poller carries no signature and never goes through `verify`: that is for
the webhook door alone, where anybody can knock.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from channels.email import build as building
from channels.email import parse as parsing
from channels.email.faults import by_reply
from channels.errors import BadSignature
from channels.types import (
    Accepted,
    Answer,
    Delivery,
    Inbox,
    Item,
    Limits,
    Mail,
    Outbound,
    Outcome,
    Refused,
    Unknown,
)

SIGNATURE_HEADER = "x-acordo-signature"
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})\Z")


def sign(secret: str, body: bytes) -> str:
    """The header's value for a body: what whoever pipes mail to the webhook has to send."""
    return "sha256=" + hmac.new(secret.encode("utf-8"), body, hashlib.sha256).hexdigest()


class Email:
    """Mail through any SMTP server."""

    provider = "smtp"
    carries = frozenset({"email"})

    def limits(self, inbox: Inbox) -> Limits:
        return building.LIMITS

    def verify(self, inbox: Inbox, delivery: Delivery) -> None:
        """X-Acordo-Signature: HMAC-SHA256 of the raw body under `webhook_secret`; without a secret nothing passes."""
        secret = inbox.secrets.get("webhook_secret")
        given = delivery.headers.get(SIGNATURE_HEADER, "")
        if not secret:
            raise BadSignature("this inbox has no webhook_secret: set one")
        if not _SIGNATURE.match(given) or not hmac.compare_digest(given, sign(secret, delivery.body)):
            raise BadSignature("X-Acordo-Signature is missing or does not fit the body")

    def parse(self, inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
        return parsing.parse(inbox, delivery, now)

    def build(self, inbox: Inbox, message: Outbound) -> Mail:
        return building.build(inbox, message)

    def read(self, inbox: Inbox, answer: Answer) -> Outcome:
        """`answer.status` is the SMTP reply code, `body` its text, `headers["message-id"]` the mail's own id.

        A lost connection has no code (0) and is `Unknown`: the server may have taken the mail before it broke.
        """
        if 200 <= answer.status < 300:
            return Accepted(provider_id=answer.headers.get("message-id", ""))
        if 400 <= answer.status < 600:
            return Refused(fault=by_reply(answer.status, answer.body.decode("utf-8", "replace")))
        return Unknown(reason=f"no final SMTP reply ({answer.status})")
