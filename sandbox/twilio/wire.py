"""The forms that Twilio posts, their signature, and its message resource."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sandbox.clock import rfc2822
from sandbox.config import Person, SandboxInbox
from sandbox.records import Message

API = "2010-04-01"
MORE = "https://www.twilio.com/docs/errors/"
MESSAGES = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21612: (400, "The 'To' phone number cannot be reached from this 'From'."),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21654: (400, "ContentSid Required"),
    21655: (400, "The ContentSid is Invalid"),
    21656: (400, "The ContentVariables Parameter is invalid"),
    21703: (400, "The Messaging Service is invalid"),
    63016: (400, "Outside the allowed window: use a Message Template."),
}


class TwilioFault(Exception):
    """A refusal in Twilio's own words."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status, usual = MESSAGES.get(code, (400, "Message could not be sent"))
        self.message = message or usual

    def answer(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"{MORE}{self.code}",
            "status": self.status,
        }


def sid(prefix: str) -> str:
    """A SID: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


def signature(secret: str, url: str, params: list[tuple[str, str]]) -> str:
    """X-Twilio-Signature: base64 of HMAC-SHA1 over the URL and every name and value, sorted by name."""
    values: dict[str, set[str]] = {}
    for name, value in params:
        values.setdefault(name, set()).add(value)
    text = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def form(secret: str, url: str, params: list[tuple[str, str]]) -> tuple[dict[str, str], bytes]:
    """(headers, body) of a webhook. A URL's fragment holds connection overrides and is neither called nor signed."""
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "user-agent": "TwilioProxy/1.1",
        "accept": "*/*",
        "i-twilio-idempotency-token": sid(""),
        "x-twilio-signature": signature(secret, url.split("#")[0], params),
    }
    return headers, urlencode(params).encode()


def retries(url: str) -> tuple[float, ...]:
    """Twilio tries again only as the URL's fragment says: `#rc=3` is three more times."""
    overrides = dict(part.split("=", 1) for part in url.partition("#")[2].split("&") if "=" in part)
    count = overrides.get("rc", "0")
    return (0.5,) * min(int(count), 5) if count.isdigit() else ()


def address(inbox: SandboxInbox, number: str) -> str:
    return f"whatsapp:{number}" if inbox.channel == "whatsapp" else number


def status_form(inbox: SandboxInbox, message: Message, status: str, error: str, at: int) -> list[tuple[str, str]]:
    whatsapp = inbox.channel == "whatsapp"
    params = [("SmsSid", message.id), ("SmsStatus", status), ("MessageStatus", status)]
    params += [("To", address(inbox, message.address)), ("MessageSid", message.id), ("AccountSid", inbox.account_sid)]
    params += [("From", address(inbox, inbox.address)), ("ApiVersion", API)]
    if inbox.messaging_service_sid:
        params.append(("MessagingServiceSid", inbox.messaging_service_sid))
    if whatsapp:
        params += [("ChannelPrefix", "whatsapp"), ("ChannelToAddress", message.address[:-4] + "XXXX")]
        params.append(("ChannelInstallSid", "XE" + "0" * 32))
    if whatsapp and status == "read":
        params.append(("EventType", "READ"))
    if status == "delivered" and not whatsapp:
        params.append(("RawDlrDoneDate", _short_date(at)))
    if error:
        params.append(("ErrorCode", error))
    if error and whatsapp:
        params.append(("ChannelStatusMessage", MESSAGES.get(int(error), (0, "Failed"))[1]))
    return params


def resource(inbox: SandboxInbox, message: Message, person: Person | None) -> dict[str, Any]:
    """A message as the REST API shows it."""
    ours, theirs = address(inbox, inbox.address), address(inbox, message.address)
    incoming = message.direction == "in"
    media = len(message.detail.get("media", []))
    uri = f"/{API}/Accounts/{inbox.account_sid}/Messages/{message.id}"
    status = "received" if incoming else message.status
    return {
        "account_sid": inbox.account_sid,
        "api_version": API,
        "body": message.text,
        "date_created": rfc2822(message.at),
        "date_sent": None if status in {"accepted", "queued"} else rfc2822(message.at),
        "date_updated": rfc2822(message.at),
        "direction": "inbound" if incoming else "outbound-api",
        "error_code": int(message.error) if message.error.isdigit() else None,
        "error_message": MESSAGES[int(message.error)][1] if _known(message.error) else None,
        "from": theirs if incoming else ours,
        "messaging_service_sid": message.detail.get("service") or None,
        "num_media": str(media),
        "num_segments": str(segments(message.text)),
        "price": None,
        "price_unit": None,
        "sid": message.id,
        "status": status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": ours if incoming else theirs,
        "uri": f"{uri}.json",
    }


GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = set("^{}\\[~]|€")


def segments(text: str) -> int:
    """How many SMS carry a text: 160 or 153 septets each, 70 or 67 UTF-16 units once one character needs them."""
    if set(text) <= GSM | GSM_TWICE:
        length, one, many = sum(2 if c in GSM_TWICE else 1 for c in text), 160, 153
    else:
        length, one, many = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else -(-length // many)


def _known(error: str) -> bool:
    return error.isdigit() and int(error) in MESSAGES


def _short_date(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%y%m%d%H%M")
