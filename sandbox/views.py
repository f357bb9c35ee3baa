"""What the API shows: inboxes, the outbox, and the phones with their threads."""

from __future__ import annotations

from typing import Any

from sandbox.clock import DAY_MS, rfc3339
from sandbox.config import Person, SandboxInbox
from sandbox.records import Message
from sandbox.world import Sandbox

THREAD = 60


def inbox(box: SandboxInbox) -> dict[str, Any]:
    """As the contract lists it, with the credentials a tester needs to play the provider."""
    shown = {
        "inbox": box.id,
        "channel": box.channel,
        "provider": box.provider,
        "address": box.address,
        "webhook_url": box.webhook_url,
        "secret": box.secret,
        "name": box.name,
    }
    optional = ("verify_token", "phone_number_id", "waba_id", "account_sid", "messaging_service_sid", "access_token")
    return shown | {name: getattr(box, name) for name in optional if getattr(box, name)}


def sent(sandbox: Sandbox, message: Message) -> dict[str, Any]:
    """One entry of the outbox."""
    return {
        "seq": message.seq,
        "id": message.id,
        "inbox": message.inbox,
        "channel": message.channel,
        "provider": message.provider,
        "to": message.address,
        "at": rfc3339(message.at),
        "kind": message.kind,
        "text": message.text,
        "subject": message.subject,
        "html": message.html,
        "template": message.detail.get("template"),
        "attachments": files(sandbox, message),
        "buttons": message.detail.get("buttons", []),
        "reply_to": message.detail.get("quoted") or None,
        "status": message.status,
        "error": message.error or None,
        "accepted": message.accepted,
        "ref": message.ref or None,
        "request": message.request,
    }


def bubble(sandbox: Sandbox, message: Message) -> dict[str, Any]:
    """One message as a phone shows it. `direction` is the product's: "in" is the person's own."""
    detail = message.detail
    shown = {
        "seq": message.seq,
        "id": message.id,
        "direction": message.direction,
        "at": rfc3339(message.at),
        "kind": message.kind,
        "text": message.text,
        "status": message.status,
        "attachments": files(sandbox, message),
    }
    optional = {
        "subject": message.subject,
        "html": message.html,
        "error": message.error,
        "carrier": message.carrier,
        **{name: detail.get(name) for name in ("footer", "header", "buttons", "pressed", "quoted", "reacted")},
        **{name: detail.get(name) for name in ("location", "reaction", "template", "voice", "returned")},
    }
    return shown | {name: value for name, value in optional.items() if value}


def files(sandbox: Sandbox, message: Message) -> list[dict[str, Any]]:
    found = [sandbox.store.media(name) for name in message.detail.get("media", [])]
    return [
        {"id": m.id, "name": m.name, "type": m.type, "size": len(m.content), "url": f"api/media/{m.id}"}
        for m in found
        if m
    ]


def phone(sandbox: Sandbox, person: Person) -> dict[str, Any]:
    """A person with every thread they have, and the empty ones they could begin."""
    return {
        "id": person.id,
        "name": person.name,
        "phone": person.phone or None,
        "email": person.email or None,
        "language": person.language,
        "persona": person.persona or None,
        "prefers": person.prefers,
        "threads": [thread(sandbox, person, box) for box in sandbox.config.inboxes if _reaches(person, box)],
    }


def thread(sandbox: Sandbox, person: Person, box: SandboxInbox) -> dict[str, Any]:
    last = sandbox.store.last_inbound(person.id, box.id)
    return {
        "inbox": box.id,
        "channel": box.channel,
        "provider": box.provider,
        "address": box.address,
        "name": box.name,
        "window_closes_at": rfc3339(last + DAY_MS) if last and box.channel == "whatsapp" else None,
        "opted_out": sandbox.store.opted_out(box.id, person.phone),
        "open": sandbox.store.setting("open_thread", "") == f"{person.id} {box.id}",
        "messages": [bubble(sandbox, message) for message in sandbox.store.thread(person.id, box.id, THREAD)],
    }


def clock(sandbox: Sandbox) -> dict[str, Any]:
    """The providers' time, and by how much it is ahead of the machine's."""
    return {"now": rfc3339(sandbox.clock.now()), "offset_s": sandbox.clock.offset_ms / 1000}


def _reaches(person: Person, box: SandboxInbox) -> bool:
    if box.channel == "email":
        return bool(person.email)
    return bool(person.phone or (person.user_id and box.channel == "whatsapp"))
