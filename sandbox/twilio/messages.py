"""POST …/Messages.json: takes or refuses a send as Twilio does."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.answers import Dropped
from sandbox.behaviour import Behaviour
from sandbox.callbacks import Notice, plan
from sandbox.clock import DAY_MS
from sandbox.config import SandboxInbox
from sandbox.records import Message
from sandbox.requests import recorded
from sandbox.templates import Template, by_sid
from sandbox.twilio import wire
from sandbox.twilio.wire import TwilioFault
from sandbox.world import Sandbox

BODY_LIMIT = 1600
REFUSED = "21612"
E164 = re.compile(r"\+[1-9]\d{6,14}")
BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,128}")


async def create(sandbox: Sandbox, account: str, request: Request) -> Response:
    """Takes one message. Raises TwilioFault."""
    params = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    form = dict(params)
    inbox = _sender(sandbox, account, form)
    message = await _made(sandbox, inbox, form, request)
    media = [value for name, value in params if name == "MediaUrl" and value]
    if len(media) > (1 if inbox.channel == "whatsapp" else 10):
        raise TwilioFault(21623)
    if not message.text and not media:
        raise TwilioFault(21602)
    behaviour = sandbox.behaviour("twilio")
    refusal = behaviour.code or REFUSED if not behaviour.accept else ""
    if sandbox.store.opted_out(inbox.id, message.address):
        refusal = "21610"
    if refusal:
        sandbox.keep(msgspec.structs.replace(message, accepted=False, status="failed", error=refusal))
        raise TwilioFault(int(refusal))
    callback = form.get("StatusCallback") or inbox.status_url
    _take(sandbox, inbox, message, behaviour, callback, media)
    if behaviour.latency_ms:
        await asyncio.sleep(behaviour.latency_ms / 1000)
    if behaviour.drop_response:
        return Dropped()
    return JSONResponse(wire.resource(inbox, message, None), 201)


def _sender(sandbox: Sandbox, account: str, form: dict[str, str]) -> SandboxInbox:
    ours = [inbox for inbox in sandbox.inboxes("twilio") if inbox.account_sid == account]
    sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
    if not sender and not service:
        raise TwilioFault(21603)
    for inbox in ours:
        if sender and wire.address(inbox, inbox.address) == sender:
            return inbox
        fits = form.get("To", "").startswith("whatsapp:") == (inbox.channel == "whatsapp")
        if not sender and fits and inbox.messaging_service_sid == service:
            return inbox
    raise TwilioFault(21606 if sender else 21703)


async def _made(sandbox: Sandbox, inbox: SandboxInbox, form: dict[str, str], request: Request) -> Message:
    to = form.get("To", "")
    number = to.removeprefix("whatsapp:")
    hidden = inbox.channel == "whatsapp" and BSUID.fullmatch(number)
    if to.startswith("whatsapp:") != (inbox.channel == "whatsapp") or not (hidden or E164.fullmatch(number)):
        raise TwilioFault(21211, f"The 'To' number {to} is not a valid phone number.")
    text, detail = form.get("Body", ""), {"service": form.get("MessagingServiceSid", "")}
    if len(text) > BODY_LIMIT:
        raise TwilioFault(21617)
    kind = "text"
    if form.get("ContentSid"):
        text, use = _content(form)
        kind, detail = "template", {**detail, **use}
    elif form.get("ContentVariables"):
        raise TwilioFault(21654)
    person = sandbox.person_at(inbox.channel, number)
    return Message(
        id=wire.sid("MM" if "MediaUrl" in form else "SM"),
        provider="twilio",
        inbox=inbox.id,
        channel=inbox.channel,
        direction="out",
        person=person.id,
        address=number,
        at=sandbox.clock.now(),
        kind=kind,
        text=text,
        ref=form.get("StatusCallback", ""),
        status="accepted" if form.get("MessagingServiceSid") else "queued",
        detail=detail,
        request=await recorded(request),
    )


def _content(form: dict[str, str]) -> tuple[str, dict[str, Any]]:
    template = by_sid(form["ContentSid"])
    if template is None:
        raise TwilioFault(21655)
    if form.get("Body"):
        raise TwilioFault(21656, "Body cannot be used together with ContentSid")
    values = _variables(form.get("ContentVariables", "{}"), template)
    buttons = [{"id": title, "title": title, "type": "button"} for title in template.buttons]
    use = {"name": template.name, "language": template.language, "variables": values}
    return template.filled(values), {"template": use, "buttons": buttons, "footer": template.footer}


def _variables(text: str, template: Template) -> dict[str, str]:
    try:
        given = json.loads(text)
    except ValueError:
        raise TwilioFault(21656) from None
    if not isinstance(given, dict) or not all(isinstance(v, str) and v.strip() for v in given.values()):
        raise TwilioFault(21656)
    return {name: given.get(str(i + 1), f"{{{{{i + 1}}}}}") for i, name in enumerate(template.variables)}


def _take(
    sandbox: Sandbox, inbox: SandboxInbox, message: Message, behaviour: Behaviour, callback: str, media: list[str]
) -> None:
    with sandbox.store.commit():
        kept = sandbox.keep(message)
        if not media:
            _plan(sandbox, inbox, kept, behaviour, callback, fetched=True)
    if media:
        sandbox.spawn(_fetch(sandbox, inbox, kept, behaviour, callback, media))


async def _fetch(
    sandbox: Sandbox, inbox: SandboxInbox, message: Message, behaviour: Behaviour, callback: str, urls: list[str]
) -> None:
    """Fetches what the message points to; Twilio does so after it answered."""
    found = [await sandbox.fetch(url) for url in urls]
    kept = [sandbox.keep_media(inbox.id, "", f[1], f[0], media_id=wire.sid("ME")).id for f in found if f]
    with sandbox.store.commit():
        whole = msgspec.structs.replace(message, detail={**message.detail, "media": kept})
        sandbox.update(whole)
        _plan(sandbox, inbox, whole, behaviour, callback, fetched=len(kept) == len(urls))


def _plan(
    sandbox: Sandbox, inbox: SandboxInbox, message: Message, behaviour: Behaviour, callback: str, *, fetched: bool
) -> None:
    whatsapp = inbox.channel == "whatsapp"
    error, statuses = behaviour.code, behaviour.callbacks()
    last = sandbox.store.last_inbound(message.person, inbox.id)
    if whatsapp and message.kind != "template" and message.at - last >= DAY_MS:
        error, statuses = "63016", ("failed",)
    if not fetched:
        error, statuses = "63019" if whatsapp else "11200", ("failed",)
    if not whatsapp:
        statuses = tuple(status for status in statuses if status != "read")
    told = ["undelivered" if s == "failed" and error.startswith("300") else s for s in statuses]

    def render(status: str, failure: str, at: int) -> Notice:
        if not callback:
            return Notice(url="", headers={}, body=b"")
        params = wire.status_form(inbox, message, status, failure or ("30008" if _failed(status) else ""), at)
        headers, body = wire.form(inbox.secret, callback, params)
        return Notice(url=callback.split("#")[0], headers=headers, body=body)

    plan(sandbox, message, told, error, render, wire.retries(callback))


def _failed(status: str) -> bool:
    return status in {"failed", "undelivered"}
