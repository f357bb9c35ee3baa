"""Our message as the one call `POST …/Accounts/{sid}/Messages.json`.

There is no idempotency key on it. Our reference travels in the query of the StatusCallback, which Twilio signs.
Limits are Twilio's: 1,600 characters; 10 files and 5 MB by SMS, one file and 16 MB by WhatsApp.
"""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, urlencode

import msgspec

from channels.carry import must_fit
from channels.errors import CannotBuild
from channels.twilio.verify import ACCOUNT_SID
from channels.types import File, HttpCall, Inbox, Limits, Outbound, TemplateUse, To

TEXT_CHARS = 1600
_MB = 1024 * 1024
_VARIABLES, _KEY_CHARS, _VALUE_CHARS = 100, 16, 1600
_SMS = Limits(
    text_chars=TEXT_CHARS,
    files=10,
    subject_chars=0,
    file_bytes=5 * _MB,
    per_second=1,
    caption_chars=TEXT_CHARS,
)
_WHATSAPP = Limits(
    text_chars=TEXT_CHARS,
    files=1,
    subject_chars=0,
    file_bytes=16 * _MB,
    per_second=10,
    caption_chars=TEXT_CHARS,
    window_hours=24,
    value_chars=_VALUE_CHARS,
)

_UNFIT = re.compile(r"[\n\r\t]| {5}")

_Pairs = list[tuple[str, str]]


def build(inbox: Inbox, message: Outbound) -> HttpCall:
    """The call. Raises CannotBuild."""
    form = [
        ("To", address_of(inbox, message.to)),
        *_sender(inbox),
        *_content(inbox, message),
        *_callback(inbox, message.ref),
    ]
    return HttpCall(
        ref=message.ref,
        method="POST",
        url=f"{account_url(inbox)}/Messages.json",
        headers={"authorization": basic(inbox), "content-type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )


def limits_of(inbox: Inbox) -> Limits:
    """What Twilio carries by the inbox's channel."""
    return _SMS if inbox.channel == "sms" else _WHATSAPP


def account_url(inbox: Inbox) -> str:
    """Where the account's calls go. Raises CannotBuild."""
    return f"{inbox.origin}/2010-04-01/Accounts/{account_sid(inbox)}"


def account_sid(inbox: Inbox) -> str:
    """Raises CannotBuild."""
    sid = inbox.config.get("account_sid", "")
    if not inbox.origin or not ACCOUNT_SID.fullmatch(sid):
        raise CannotBuild("the inbox has no origin, or its account_sid is malformed")
    return sid


def basic(inbox: Inbox) -> str:
    """The Authorization header: the API key when there is one, else the account and its token. Raises CannotBuild."""
    key, secret = inbox.secrets.get("api_key_sid"), inbox.secrets.get("api_key_secret")
    if not (key and secret):
        key, secret = account_sid(inbox), inbox.secrets.get("auth_token")
    if not secret:
        raise CannotBuild("the inbox has neither an API key nor an auth token")
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def address_of(inbox: Inbox, to: To) -> str:
    """The recipient as Twilio writes it. Raises CannotBuild."""
    if inbox.channel == "sms":
        if not to.phone:
            raise CannotBuild("the message has no phone number to go to")
        return to.phone
    number = f"+{to.wa_id}" if to.wa_id else to.phone
    if not number and not to.user_id:
        raise CannotBuild("the message has no WhatsApp address: neither a number nor a user id")
    return f"whatsapp:{number or to.user_id}"


def _sender(inbox: Inbox) -> _Pairs:
    service = inbox.config.get("messaging_service_sid", "")
    address = inbox.address if inbox.channel == "sms" else f"whatsapp:{inbox.address}"
    return [("MessagingServiceSid", service)] if service else [("From", address)]


def _callback(inbox: Inbox, ref: str) -> _Pairs:
    if not inbox.public_url:
        raise CannotBuild("the public URL is not set: Twilio could not tell what becomes of the message")
    return [
        ("StatusCallback", f"{inbox.public_url}/webhooks/twilio/{quote(inbox.id, safe='')}/status?ref={quote(ref)}")
    ]


def _content(inbox: Inbox, message: Outbound) -> _Pairs:
    if message.buttons:
        raise CannotBuild("Twilio shows buttons and lists only in templates")
    if message.template is not None and (message.template.provider_id or inbox.channel == "whatsapp"):
        return _template(message.template)
    text = message.template.body if message.template else message.text
    must_fit(limits_of(inbox), message, text)
    if not text.strip() and not message.files:
        raise CannotBuild("the message is empty")
    return ([("Body", text)] if text.strip() else []) + _files(inbox, message.files)


def _files(inbox: Inbox, files: tuple[File, ...]) -> _Pairs:
    size = limits_of(inbox).file_bytes
    if sum(file.size for file in files) > size:
        raise CannotBuild(f"the files are larger than the {size // _MB} MB that this channel carries")
    if any(not file.url for file in files):
        raise CannotBuild("the file has no address from which Twilio could fetch it")
    return [("MediaUrl", file.url) for file in files]


def _template(use: TemplateUse) -> _Pairs:
    if not re.fullmatch(r"HX[0-9a-f]{32}", use.provider_id):
        raise CannotBuild("the template is not one of Twilio's: synchronise the templates, then choose it again")
    names = use.order or tuple(use.variables)
    if len(names) > _VARIABLES:
        raise CannotBuild(f"the template has more than {_VARIABLES} variables")
    values = {name: _value(use, name) for name in names}
    pairs = [("ContentSid", use.provider_id)]
    return [*pairs, ("ContentVariables", msgspec.json.encode(values).decode())] if values else pairs


def _value(use: TemplateUse, name: str) -> str:
    value = use.variables.get(name, "")
    if not value.strip():
        raise CannotBuild(f"the template's variable “{name}” has no value")
    if len(name) > _KEY_CHARS or len(value) > _VALUE_CHARS:
        raise CannotBuild(f"the template's variable “{name}” or its value is too long")
    if _UNFIT.search(value):
        raise CannotBuild(
            f"the template's variable “{name}” holds a line break, a tab or more than four spaces in a row"
        )
    return value
