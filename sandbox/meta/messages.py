"""POST /{phone_number_id}/messages: takes a send, or a read mark, as Meta does."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import Dropped
from sandbox.behaviour import Behaviour
from sandbox.callbacks import Notice, plan
from sandbox.clock import DAY_MS
from sandbox.config import Person, SandboxInbox
from sandbox.meta import wire
from sandbox.meta.check import Shown, check
from sandbox.meta.faults import MetaFault
from sandbox.records import Message
from sandbox.requests import recorded
from sandbox.store import digits
from sandbox.world import Sandbox

TYPING_MS = 25_000
REFUSED = "131026"


async def send(sandbox: Sandbox, inbox: SandboxInbox, request: Request, body: dict[str, Any]) -> Response:
    """Takes or refuses one body. Raises MetaFault."""
    if body.get("status") == "read":
        return _mark_read(sandbox, inbox, body)
    behaviour = sandbox.behaviour("meta")
    shown = check(body)
    message = await _made(sandbox, inbox, request, body, shown)
    if not behaviour.accept:
        sandbox.keep(msgspec.structs.replace(message, accepted=False, status="failed", error=behaviour.code or REFUSED))
        raise MetaFault(int(behaviour.code or REFUSED))
    if not (shown.media and "link" in shown.media):
        _settle(sandbox, inbox, message, shown, behaviour)
    else:
        sandbox.spawn(_settle_linked(sandbox, inbox, message, shown, behaviour))
    if behaviour.latency_ms:
        await asyncio.sleep(behaviour.latency_ms / 1000)
    return Dropped() if behaviour.drop_response else _taken(sandbox, body, message)


def _taken(sandbox: Sandbox, body: dict[str, Any], message: Message) -> Response:
    person = sandbox.store.person(message.person)
    contact: dict[str, Any] = {"input": body.get("to") or body.get("recipient")}
    if person and not person.hidden:
        contact["wa_id"] = person.wa_id
    if person and person.user_id:
        contact["user_id"] = person.user_id
    made: dict[str, Any] = {"id": message.id}
    if message.kind == "template":
        made["message_status"] = "accepted"
    answer = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [made]}
    return Response(wire.encode(answer), media_type="application/json")


async def _made(sandbox: Sandbox, inbox: SandboxInbox, request: Request, body: dict[str, Any], shown: Shown) -> Message:
    address = str(body.get("to") or body.get("recipient"))
    person = _recipient(sandbox, inbox, address)
    detail = dict(shown.detail)
    if quoted := (body.get("context") or {}).get("message_id"):
        detail["quoted"] = quoted
    if shown.media:
        detail["media"] = _uploaded(sandbox, shown.media)
    return Message(
        id=wire.message_id(person.wa_id or person.user_id, inbound=False),
        provider="meta",
        inbox=inbox.id,
        channel=inbox.channel,
        direction="out",
        person=person.id,
        address=person.phone or person.user_id,
        at=sandbox.clock.now(),
        kind=shown.kind,
        text=shown.text,
        ref=body.get("biz_opaque_callback_data", ""),
        detail=detail,
        request=await recorded(request),
    )


def _recipient(sandbox: Sandbox, inbox: SandboxInbox, address: str) -> Person:
    if "." not in address:
        if not 7 <= len(digits(address)) <= 15:
            raise MetaFault(131009, "Parameter value is not valid: to")
        if digits(address) == inbox.digits:
            raise MetaFault(131021)
        return sandbox.person_at("whatsapp", address)
    person = sandbox.store.person_with("user_id", address)
    if person is None:
        raise MetaFault(131026, "Message undeliverable: the user id is not known to this business")
    return person


def _uploaded(sandbox: Sandbox, media: dict[str, Any]) -> list[str]:
    if "link" in media:
        return []
    if sandbox.store.media(media["id"]) is None:
        raise MetaFault(131009, f"Media with id {media['id']} does not exist")
    return [media["id"]]


def _settle(sandbox: Sandbox, inbox: SandboxInbox, message: Message, shown: Shown, behaviour: Behaviour) -> None:
    """Keeps the message with its planned callbacks in one commit. A shut window is told by callback, as Meta does."""
    error, statuses = behaviour.code, behaviour.callbacks()
    failed = ("failed",) if behaviour.statuses else ()
    if shown.kind != "template" and not _window_open(sandbox, message):
        error, statuses = "131047", failed
    if shown.media and "link" in shown.media and not message.detail["media"]:
        error, statuses = "131053", failed
    with sandbox.store.commit():
        kept = sandbox.keep(message)
        if shown.kind == "reaction":
            _react(sandbox, kept)
        plan(sandbox, kept, statuses, error, _render(sandbox, inbox, kept, shown), sandbox.config.pace.retry_s)


async def _settle_linked(
    sandbox: Sandbox, inbox: SandboxInbox, message: Message, shown: Shown, behaviour: Behaviour
) -> None:
    media = shown.media or {}
    fetched = await sandbox.fetch(media["link"])
    if fetched is not None:
        kept = sandbox.keep_media(inbox.id, media.get("name", ""), fetched[1], fetched[0])
        message = msgspec.structs.replace(message, detail={**message.detail, "media": [kept.id]})
    _settle(sandbox, inbox, message, shown, behaviour)


def _window_open(sandbox: Sandbox, message: Message) -> bool:
    last = sandbox.store.last_inbound(message.person, message.inbox)
    return bool(last) and message.at - last < DAY_MS


def _react(sandbox: Sandbox, message: Message) -> None:
    target = sandbox.store.message(message.detail["reaction"]["message_id"])
    if target is not None:
        sandbox.update(msgspec.structs.replace(target, detail={**target.detail, "reacted": message.text}))


def _render(sandbox: Sandbox, inbox: SandboxInbox, message: Message, shown: Shown) -> Any:
    person = sandbox.store.person(message.person)
    assert person is not None
    version = (message.request or {}).get("path", "").split("/graph/v")[-1].split(".")[0]

    def render(status: str, error: str, at: int) -> Notice:
        body = wire.encode(
            wire.status(
                inbox,
                person,
                message.id,
                status,
                at,
                category=shown.category,
                ref=message.ref,
                fault=MetaFault(int(error or REFUSED)).told() if status == "failed" else None,
                with_conversation=not (version.isdigit() and int(version) >= 24),
            )
        )
        return Notice(url=inbox.webhook_url, headers=wire.signed(inbox, body), body=body)

    return render


def _mark_read(sandbox: Sandbox, inbox: SandboxInbox, body: dict[str, Any]) -> Response:
    message = sandbox.store.message(str(body.get("message_id", "")))
    if message is None or message.inbox != inbox.id or message.direction != "in":
        raise MetaFault(131009, "Parameter value is not valid: message_id")
    if sandbox.store.raise_status(message.id, "read"):
        sandbox.feed.tell("message.updated", person=message.person, inbox=message.inbox, id=message.id)
    if body.get("typing_indicator"):
        sandbox.feed.tell("typing", person=message.person, inbox=inbox.id, ms=TYPING_MS)
    return Response(wire.encode({"success": True}), media_type="application/json")
