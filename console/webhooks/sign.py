"""Signatures after the Standard Webhooks convention (standardwebhooks.com, spec 1.0): `v1,` and the base64 of the
HMAC-SHA256 over `id.timestamp.body`, keyed by the bytes behind `whsec_`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from console.wire.moment import SECOND, Ms

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secrets: Iterable[str], notification_id: str, at: Ms, body: bytes) -> dict[str, str]:
    """The headers of one attempt at the moment `at`; one signature a secret, while two are valid."""
    seconds = str(at // SECOND)
    signed = f"{notification_id}.{seconds}.".encode() + body
    return {
        "content-type": "application/json",
        "webhook-id": notification_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(_signature(each, signed) for each in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
