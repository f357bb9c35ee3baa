"""A person writes on WhatsApp: Meta's own payloads, one message for each file."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec

from sandbox.config import Person, SandboxInbox
from sandbox.meta import wire
from sandbox.records import Message
from sandbox.world import Sandbox
from sandbox.writing import Attachment, Written, send


def write(sandbox: Sandbox, inbox: SandboxInbox, person: Person, written: Written, at: int) -> list[Message]:
    """Keeps and sends what was written. Raises ValueError for what WhatsApp cannot say."""
    contents = _contents(sandbox, inbox, person, written)
    if not contents:
        raise ValueError("the message is empty")
    made = []
    for kind, content, detail in contents:
        wamid = wire.message_id(person.wa_id or person.user_id, inbound=True)
        context = _context(inbox, written.in_reply_to) if kind != "reaction" else {}
        message = Message(
            id=wamid,
            provider="meta",
            inbox=inbox.id,
            channel=inbox.channel,
            direction="in",
            person=person.id,
            address=person.phone or person.user_id,
            at=at,
            kind=kind,
            text=_shown(kind, content),
            status="sent",
            detail={**detail, **({"quoted": written.in_reply_to} if written.in_reply_to else {})},
        )
        body = wire.encode(wire.inbound(inbox, person, wamid, at, kind, content, context))
        made.append(sandbox.keep(message))
        headers, waits = wire.signed(inbox, body), sandbox.config.pace.retry_s
        send(sandbox, inbox, message, body, headers, copies=written.duplicate, waits=waits)
    return made


def prefer(sandbox: Sandbox, inbox: SandboxInbox, person: Person, value: str) -> None:
    """A person stops or resumes marketing in WhatsApp's own menu."""
    at = sandbox.clock.now()
    body = wire.encode(wire.preference(inbox, person, value, at))
    about = Message(
        id="", provider="meta", inbox=inbox.id, channel="whatsapp", direction="in", person=person.id, address="", at=at
    )
    send(sandbox, inbox, about, body, wire.signed(inbox, body), waits=sandbox.config.pace.retry_s)


_Content = tuple[str, dict[str, Any], dict[str, Any]]


def _contents(sandbox: Sandbox, inbox: SandboxInbox, person: Person, written: Written) -> list[_Content]:
    """(type, what stands in the message, what the phone shows of it) of each message."""
    if written.interactive:
        return [_tap(sandbox, written)]
    if written.location:
        return [("location", {"location": written.location}, {"location": written.location})]
    if written.reaction:
        return [("reaction", {"reaction": written.reaction}, {"reaction": written.reaction})]
    if written.edit:
        edited = {"type": "text", "text": {"body": written.text}}
        return [("edit", {"edit": {"original_message_id": written.edit["message_id"], "message": edited}}, {})]
    if written.revoke:
        return [("revoke", {"revoke": {"original_message_id": written.revoke["message_id"]}}, {})]
    files = [
        _file(sandbox, inbox, attachment, written.text if index == 0 else "")
        for index, attachment in enumerate(written.attachments)
    ]
    captioned = files and files[0][0] not in {"audio", "sticker"}
    plain: list[_Content] = [("text", {"text": {"body": written.text}}, {})] if written.text else []
    return files if captioned else [*plain, *files]


def _tap(sandbox: Sandbox, written: Written) -> _Content:
    tap = written.interactive or {}
    title, name = tap.get("title", ""), tap.get("id", tap.get("payload", ""))
    target = sandbox.store.message(written.in_reply_to)
    if target is not None:
        sandbox.update(msgspec.structs.replace(target, detail={**target.detail, "pressed": name}))
    if tap.get("type") == "button" or (target is not None and target.kind == "template"):
        return "button", {"button": {"payload": name or title, "text": title}}, {}
    kind = tap.get("type", "button_reply")
    if kind not in {"button_reply", "list_reply"}:
        raise ValueError("interactive.type must be button_reply, list_reply or button")
    reply = {"id": name, "title": title}
    if kind == "list_reply" and tap.get("description"):
        reply["description"] = tap["description"]
    return "interactive", {"interactive": {"type": kind, kind: reply}}, {}


def _file(sandbox: Sandbox, inbox: SandboxInbox, attachment: Attachment, caption: str) -> _Content:
    content = attachment.content()
    media = sandbox.keep_media(inbox.id, attachment.name, attachment.type, content)
    family = attachment.type.split("/")[0]
    kind = family if family in {"image", "audio", "video"} else "document"
    if attachment.type == "image/webp":
        kind = "sticker"
    told: dict[str, Any] = {}
    if caption and kind not in {"audio", "sticker"}:
        told["caption"] = caption
    if kind == "document":
        told["filename"] = attachment.name
    told |= {
        "mime_type": attachment.type,
        "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        "id": media.id,
    }
    if kind == "audio":
        told["voice"] = attachment.voice
    if kind == "sticker":
        told["animated"] = False
    return kind, {kind: told}, {"media": [media.id], "voice": attachment.voice}


def _context(inbox: SandboxInbox, quoted: str) -> dict[str, Any]:
    return {"from": inbox.digits, "id": quoted} if quoted else {}


def _shown(kind: str, content: dict[str, Any]) -> str:
    inner = content[kind]
    if kind == "interactive":
        return str(inner[inner["type"]]["title"])
    if kind == "edit":
        return str(inner["message"]["text"]["body"])
    keys = {"text": "body", "button": "text", "reaction": "emoji", "location": "name"}
    return str(inner.get(keys.get(kind, "caption"), ""))
