"""Inboxes, signatures and recorded deliveries that the tests of the channels share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from channels.types import Delivery, Inbox, Secrets

NOW = 1_795_000_000_000  # 2026-11-18T10:26:40Z
RECORDED = Path(__file__).parent / "recorded"
FIXTURES = Path(os.environ.get("ACORDO_FIXTURES", Path(__file__).parents[2].parent / "shared" / "fixtures"))

PUBLIC = "https://acordo.example"
ACCOUNT = "AC00000000000000000000000000000001"
PHONE_NUMBER_ID = "106540352242922"


def meta_inbox(**changes: str) -> Inbox:
    """A WhatsApp number at Meta; `changes` replace or add secrets."""
    secrets = {"app_secret": "app-secret", "verify_token": "verify-me", "access_token": "token-of-the-number"}
    return Inbox(
        id="wa1",
        channel="whatsapp",
        provider="meta",
        address="+15550783881",
        config={"phone_number_id": PHONE_NUMBER_ID, "waba_id": "102290129340398", "api_version": "v23.0"},
        secrets=Secrets({**secrets, **changes}),
        origin="https://graph.facebook.com",
        public_url=PUBLIC,
    )


def twilio_inbox(channel: str = "sms", account: str = ACCOUNT, **changes: str) -> Inbox:
    """An SMS or WhatsApp sender at Twilio; `changes` replace or add secrets."""
    return Inbox(
        id="tw1",
        channel=channel,  # type: ignore[arg-type]
        provider="twilio",
        address="+15555550100" if channel == "sms" else "+14155550100",
        config={"account_sid": account},
        secrets=Secrets({"auth_token": "auth-token", **changes}),
        origin="https://api.twilio.com",
        public_url=PUBLIC,
    )


def meta_delivery(body: bytes, secret: str = "app-secret") -> Delivery:
    """The body as Meta would post it."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Delivery(path="/webhooks/meta/wa1", headers={"x-hub-signature-256": f"sha256={signature}"}, body=body)


def twilio_delivery(
    body: bytes, *, path: str = "/webhooks/twilio/tw1", query: str = "", token: str = "auth-token"
) -> Delivery:
    """The form as Twilio would post it, signed by its documented rule, written out here on purpose."""
    url = f"{PUBLIC}{path}" + (f"?{query}" if query else "")
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    signed = url + "".join(name + value for name, value in sorted(set(pairs)))
    signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
    return Delivery(path=path, query=query, headers=headers, body=body)


def recorded(folder: str, name: str) -> bytes:
    """A recorded body: ours from the repository, others' from the fixtures beside the checkout."""
    ours = RECORDED / folder / name
    if ours.exists():
        return ours.read_bytes()
    theirs = FIXTURES / folder / name
    if not theirs.exists():
        pytest.skip(f"{name} is not here: set ACORDO_FIXTURES to the folder of third-party recordings")
    return theirs.read_bytes()


def left_in(folder: Path) -> list[str]:
    """The names of what lies in a folder."""
    return [path.name for path in folder.iterdir()]
