"""The webhooks: verified over the raw bytes, committed, then answered.

GET  /webhooks/meta/{inbox}            the challenge of Meta's dashboard
POST /webhooks/meta/{inbox}            403 for a bad signature: nothing stored but a counter
POST /webhooks/twilio/{inbox}[/status]
POST /webhooks/email/{inbox}           piped MIME
POST /webhooks/{provider}/{inbox}[/status]   every other registered provider
"""

from __future__ import annotations

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from channels.errors import BadRequest, BadSignature
from channels.meta.verify import challenge as answer_challenge
from channels.registry import CHANNELS
from channels.types import Delivery
from console.errors import Forbidden, Malformed, NotFound, RateLimited, TooLarge
from console.fault import fault
from console.intake.accept import accept
from console.intake.directory import Directory, Entry
from console.services import Services

log = structlog.get_logger()
_PIPE = "email"
_BYTES = {"meta": "meta_bytes", "twilio": "twilio_bytes", _PIPE: "mail_bytes"}  # the setting that bounds a body
_TAKEN = PlainTextResponse("ok")
_TAKEN_BY_TWILIO = Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")


async def challenge(request: Request) -> Response:
    """GET /webhooks/meta/{inbox}"""
    entry = await _entry(request, "meta")
    try:
        text = answer_challenge(entry.inbox, _delivery(request, b""))
    except BadSignature:
        request.app.state.services.meters.refused.labels("meta", "challenge").inc()
        raise Forbidden("The verify token is not this inbox's.") from None
    except BadRequest as error:
        request.app.state.services.meters.refused.labels("meta", "fields").inc()
        raise Malformed(str(error)) from None
    return PlainTextResponse(text)


async def deliver(request: Request) -> Response:
    """POST /webhooks/{door}/{inbox}, where `kind` is the door's name."""
    services: Services = request.app.state.services
    kind = request.scope["path"].split("/")[2]
    entry = await _entry(request, kind)
    if services.limits.spare("webhook", entry.row.id):
        request.app.state.services.meters.refused.labels(kind, "rate").inc()
        raise RateLimited(retry_after=1)
    delivery = _delivery(request, await _body(request, services, kind))
    fault("webhook.whole_body")
    try:
        entry.channel.verify(entry.inbox, delivery)
    except BadSignature:
        request.app.state.services.meters.refused.labels(kind, "signature").inc()
        log.warning("webhook.refused", inbox=entry.row.id, why="signature")
        raise Forbidden("The signature does not fit.") from None
    except BadRequest as error:
        request.app.state.services.meters.refused.labels(kind, "fields").inc()
        raise Malformed(str(error)) from None
    fault("webhook.verified")
    directory: Directory = services.directory
    taken = await accept(services, directory, entry, delivery, "webhook" if kind != _PIPE else "pipe")
    fault("webhook.committed")
    services.meters.taken(kind, taken.state).inc()
    return _TAKEN_BY_TWILIO if kind == "twilio" else _TAKEN


def door_of(provider: str) -> str:
    """What stands after /webhooks/ in the address that a provider calls."""
    return _PIPE if provider == "smtp" else provider


def kinds() -> list[str]:
    """Every door there is: one a registered provider."""
    return [door_of(provider) for provider in CHANNELS]


async def _entry(request: Request, kind: str) -> Entry:
    directory: Directory = request.app.state.services.directory
    entry = await directory.find(request.path_params["inbox"])
    if entry is None or door_of(entry.row.provider) != kind:
        request.app.state.services.meters.refused.labels(kind, "inbox").inc()
        raise NotFound
    return entry


async def _body(request: Request, services: Services, kind: str) -> bytes:
    limit: int = getattr(services.settings, _BYTES.get(kind, "json_bytes"))
    chunks, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size, more = size + len(chunks[-1]), message.get("more_body", False)
        fault("webhook.first_bytes")
        if size > limit:
            services.meters.refused.labels(kind, "size").inc()
            raise TooLarge(limit=limit)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _delivery(request: Request, body: bytes) -> Delivery:
    return Delivery(
        method=request.method,
        path=(request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1").split("?", 1)[0],
        query=request.scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.scope["headers"]},
        body=body,
    )
