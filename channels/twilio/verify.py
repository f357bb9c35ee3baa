"""Is it Twilio, and for this inbox? The signature over our public URL and the form, then the core fields.

Names and values are signed without separators, so a text that holds `From+55…` gives the same string as a second
field: repeated and malformed core fields are refused, and AccountSid must be the inbox's.
Source: twilio/request_validator.py; twilio.com/docs/usage/webhooks/webhook-shared-keys.
"""

from __future__ import annotations

import base64
import hmac
import re
from itertools import chain

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, SIGNATURE_SETTINGS_HEADER, RequestValidator

from channels.errors import BadRequest, BadSignature
from channels.twilio.form import Form
from channels.types import Delivery, Inbox

_HASHES = {HMAC_SHA1: "sha1", HMAC_SHA256: "sha256"}
CORE = ("From", "To", "MessageSid", "AccountSid")
MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")

# A phone, a business-scoped user id, a short code or an alphanumeric sender.
_PERSON = re.compile(
    r"(?:whatsapp:)?\+[0-9]{5,20}|whatsapp:[A-Z]{2}\.[0-9A-Za-z.]{1,200}|[0-9]{3,8}|[0-9A-Za-z ._&-]{1,11}"
)
_OURS = re.compile(r"(?:whatsapp:|rcs:)?\+?[0-9A-Za-z ._&-]{1,64}")


def verify(inbox: Inbox, delivery: Delivery) -> None:
    """Raises BadSignature; BadRequest for repeated, malformed or foreign core fields."""
    if "bodySHA256=" in delivery.query:
        check_signature(inbox, delivery, _json_text(delivery.body))
        return
    form = Form.of(delivery.body)
    check_signature(inbox, delivery, form)
    for name in CORE:
        if not form.once(name):
            raise BadRequest(f"{name} is missing or repeated")
    check_core(inbox, form, status=is_status(delivery, form))


def is_status(delivery: Delivery, form: Form) -> bool:
    """Whether it tells of a message of ours, rather than bringing one of theirs."""
    return delivery.path.rstrip("/").endswith("/status") or form.get("MessageStatus") not in ("", "received")


def check_core(inbox: Inbox, form: Form, *, status: bool) -> None:
    """Raises BadRequest when a core field is malformed, or the account is not the inbox's."""
    if form.checked is not None and form.checked[0] is inbox and form.checked[1] is status:
        return
    person, ours = ("To", "From") if status else ("From", "To")
    account = form.get("AccountSid")
    if not ACCOUNT_SID.fullmatch(account) or account != inbox.config.get("account_sid", ""):
        raise BadRequest("AccountSid is not the inbox's")
    if not MESSAGE_SID.fullmatch(form.get("MessageSid")):
        raise BadRequest("MessageSid is malformed")
    if not _PERSON.fullmatch(form.get(person)):
        raise BadRequest(f"{person} is malformed")
    if not _OURS.fullmatch(form.get(ours)):
        raise BadRequest(f"{ours} is malformed")
    form.checked = inbox, status


def check_signature(inbox: Inbox, delivery: Delivery, params: Form | str) -> None:
    """Raises BadSignature. `params` are the form, or the text of a JSON body."""
    signature = delivery.headers.get("x-twilio-signature", "")
    if not signature or not inbox.public_url or not delivery.path.startswith("/"):
        raise BadSignature("X-Twilio-Signature is missing, or the inbox has no public URL")
    url = inbox.public_url + delivery.path + (f"?{delivery.query}" if delivery.query else "")
    secrets, algorithm = _keys(inbox, delivery)
    if not any(_fits(secret, url, params, signature, algorithm) for secret in secrets):
        raise BadSignature("the signature does not fit URL and form")


def _keys(inbox: Inbox, delivery: Delivery) -> tuple[list[str], str]:
    """The secrets that may have signed it: the header can choose only among what is configured."""
    settings = delivery.headers.get(SIGNATURE_SETTINGS_HEADER.lower(), "")
    if settings:
        told = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        names = [f"webhook_key_{told.get('key', '')}"] if told.get("algorithm") == HMAC_SHA256 else []
        algorithm = HMAC_SHA256
    else:
        names, algorithm = ["auth_token", "auth_token_previous"], HMAC_SHA1
    return [secret for name in names if (secret := inbox.secrets.get(name))], algorithm


def _fits(secret: str, url: str, params: Form | str, signature: str, algorithm: str) -> bool:
    try:
        if isinstance(params, Form):  # nearly always the URL as we know it; only else with or without its port
            told = signature_of(secret, url, params, algorithm)
            if hmac.compare_digest(told, signature.encode()):
                return True
        return bool(RequestValidator(secret).validate(url, params, signature, algorithm))
    except ValueError:  # a URL that cannot be one: lone surrogates, a port out of range
        return False


def signature_of(secret: str, url: str, form: Form, algorithm: str) -> bytes:
    """What `RequestValidator.compute_signature` tells of a form, in a third of its time."""
    pairs = sorted(set(form.pairs))  # by name, then by value; a pair that is repeated counts once
    signed = url + "".join(chain.from_iterable(pairs))
    return base64.b64encode(hmac.digest(secret.encode(), signed.encode(), _HASHES[algorithm]))


def _json_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BadSignature("the body is not UTF-8") from None
