"""The bytes that Meta posts to a webhook: envelopes of messages and statuses, signed over the raw body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from sandbox.config import Person, SandboxInbox

DAY_S = 86_400


def encode(value: Any) -> bytes:
    """JSON as Meta writes it: compact, `\\uXXXX` beyond ASCII, and `\\/` for every slash."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


def signed(inbox: SandboxInbox, body: bytes) -> dict[str, str]:
    """The headers of a webhook."""
    digest = hmac.new(inbox.secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "user-agent": "facebookexternalua",
        "x-hub-signature-256": f"sha256={digest}",
    }


def message_id(wa_id: str, *, inbound: bool) -> str:
    """An opaque `wamid.…`, built like Meta's: the number and a random part in base64."""
    mark = b"\x12" if inbound else b"\x11"
    number = wa_id.encode()
    secret = secrets.token_hex(10).upper().encode()
    raw = b"\x1c" + bytes([0x18, len(number)]) + number + b"\x15\x02\x00" + mark + b"\x18\x14" + secret + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()


def envelope(inbox: SandboxInbox, value: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    whole = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": inbox.digits, "phone_number_id": inbox.phone_number_id},
        **value,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": inbox.waba_id, "changes": [{"value": whole, "field": field}]}],
    }


def contact(person: Person) -> dict[str, Any]:
    """One of `contacts[]`. Who hides the number is known by user id and username alone."""
    profile = {"name": person.name}
    if person.username:
        profile["username"] = person.username
    made: dict[str, Any] = {"profile": profile}
    if not person.hidden:
        made["wa_id"] = person.wa_id
    if person.user_id:
        made["user_id"] = person.user_id
    return made


def inbound(
    inbox: SandboxInbox,
    person: Person,
    wamid: str,
    at: int,
    kind: str,
    content: dict[str, Any],
    context: dict[str, Any],
) -> dict[str, Any]:
    """The envelope of one message that a person wrote. `content` is what stands under the key of its type."""
    message: dict[str, Any] = {}
    if context:
        message["context"] = context
    if not person.hidden:
        message["from"] = person.wa_id
    if person.user_id:
        message["from_user_id"] = person.user_id
    message |= {"id": wamid, "timestamp": str(at // 1000), "type": kind, **content}
    return envelope(inbox, {"contacts": [contact(person)], "messages": [message]})


def status(
    inbox: SandboxInbox,
    person: Person,
    wamid: str,
    name: str,
    at: int,
    *,
    category: str,
    ref: str,
    fault: dict[str, Any] | None,
    with_conversation: bool,
) -> dict[str, Any]:
    """The envelope of one status. A failed one has no contacts and no price; from v24 on no conversation."""
    told: dict[str, Any] = {"id": wamid, "status": name, "timestamp": str(at // 1000)}
    if not person.hidden:
        told["recipient_id"] = person.wa_id
    if person.user_id and name != "failed":
        told["recipient_user_id"] = person.user_id
    if fault is None:
        if with_conversation and name in {"sent", "delivered"}:
            told["conversation"] = _conversation(inbox, person, category, at, expires=name == "sent")
        told["pricing"] = _pricing(category)
    else:
        told["errors"] = [fault]
    if ref:
        told["biz_opaque_callback_data"] = ref
    value: dict[str, Any] = {} if fault else {"contacts": [contact(person)]}
    return envelope(inbox, {**value, "statuses": [told]})


def preference(inbox: SandboxInbox, person: Person, value: str, at: int) -> dict[str, Any]:
    """A person's stop or resume of marketing, told in `user_preferences`; its time is an integer."""
    told: dict[str, Any] = {} if person.hidden else {"wa_id": person.wa_id}
    if person.user_id:
        told["user_id"] = person.user_id
    told |= {
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": at // 1000,
    }
    return envelope(inbox, {"contacts": [contact(person)], "user_preferences": [told]}, "user_preferences")


def _conversation(inbox: SandboxInbox, person: Person, category: str, at: int, *, expires: bool) -> dict[str, Any]:
    day = at // 1000 // DAY_S
    name = hashlib.md5(f"{inbox.id}/{person.id}/{day}".encode(), usedforsecurity=False).hexdigest()
    made: dict[str, Any] = {"id": name}
    if expires:
        made["expiration_timestamp"] = str((day + 1) * DAY_S)
    return {**made, "origin": {"type": category}}


def _pricing(category: str) -> dict[str, Any]:
    free = category == "service"
    kind = "free_customer_service" if free else "regular"
    return {"billable": not free, "pricing_model": "PMP", "type": kind, "category": category}
