"""A mail in its frame over HTTP: the document, what was left out of it, and its pictures."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from msgspec import Struct
from starlette.responses import Response

from channels.connector import Ask
from channels.email.html import SafeHtml
from channels.errors import ServiceFailed
from console.access.endpoint import STAFF, Call, Endpoint
from console.audit.record import record, record_hourly
from console.errors import NotFound
from console.timeline import download, frame
from console.timeline import queries as timeline
from console.timeline.audit import note_foreign_look
from console.timeline.sniff import sniff
from console.web import headers

PICTURE_BYTES = 5 * 1024 * 1024
PICTURE_SECONDS = 10
REDIRECTS = 2
_FOREIGN = {"cross-origin-resource-policy": "cross-origin"}  # the frame's origin is opaque: nothing is its own
log = structlog.get_logger("mail")


class FrameQuery(Struct, frozen=True, forbid_unknown_fields=True):
    images: int = 0


class PictureQuery(Struct, frozen=True, forbid_unknown_fields=True):
    t: str = ""


class MailFacts(Struct, frozen=True):
    """What a reader should know before the mail is shown as it was sent."""

    blocked_images: int
    links: list[str]
    truncated: bool


async def get_html(call: Call[None, FrameQuery]) -> Response:
    services = call.services
    mail = await services.store.read(frame.mail_of, call.actor, call.path["id"])
    await note_foreign_look(services, call.actor, mail.item.case_id)
    images = call.query.images == 1
    if images:
        await services.store.write(
            record, call.actor.id, "mail.images_shown", f"message:{mail.item.id}", case_id=mail.item.case_id
        )
    safe = await _render(call, mail, images=images)
    return Response(
        frame.page(safe, mail, call.actor.language),
        media_type="text/html; charset=utf-8",
        headers={
            "content-security-policy": headers.mail_frame(services.settings),
            "acordo-blocked-images": str(safe.blocked_images),
        },
    )


async def get_facts(call: Call[None, None]) -> MailFacts:
    mail = await call.services.store.read(frame.mail_of, call.actor, call.path["id"])
    await note_foreign_look(call.services, call.actor, mail.item.case_id)
    safe = await _render(call, mail, images=False)
    return MailFacts(safe.blocked_images, list(safe.links), safe.truncated)


async def get_image(call: Call[None, PictureQuery]) -> Response:
    """A foreign picture, fetched for the reader: its sender learns nothing of them but that the mail was opened."""
    services = call.services
    found = frame.picture_of(services, call.query.t, call.path["id"])
    if not found.url:
        raise NotFound
    url = "https:" + found.url.partition(":")[2] if found.url[:5].lower() == "http:" else found.url
    if any(found.url.startswith(f"{origin}/") for origin in services.origins):
        url = found.url  # an origin that the composition root excepts is asked as it is named
    await services.store.write(record_hourly, found.user, "mail.image_fetched", f"message:{found.item}")
    try:
        got = await services.connector.ask(
            Ask(url=url, redirects=REDIRECTS, seconds=PICTURE_SECONDS, cap=PICTURE_BYTES)
        )
    except ServiceFailed as error:
        log.info("mail.image_not_fetched", message=found.item, why=str(error))
        raise NotFound from None
    known = await asyncio.to_thread(sniff, got.body)
    if got.status != 200 or not known.type.startswith("image/") or known.refused:
        raise NotFound
    return Response(got.body, media_type=known.type, headers=_FOREIGN)


async def get_part(call: Call[None, PictureQuery]) -> Response:
    """A picture that came along with the mail and is too large to be part of the document."""
    services = call.services
    found = frame.picture_of(services, call.query.t, call.path["id"])
    if found.part != call.path["part"]:
        raise NotFound
    row = await services.store.read(timeline.file, found.part)
    if row is None or row.state != "ready" or row.item_id != found.item:
        raise NotFound
    answer = download.response(row, services.files.path(row.id))
    answer.headers.update(_FOREIGN)
    return answer


async def _render(call: Call[Any, Any], mail: frame.Mail, *, images: bool) -> SafeHtml:
    return await frame.render(call.services, call.actor, mail, images=images)


_MESSAGE = "/api/v1/messages/{id}"

ENDPOINTS = [
    Endpoint(
        method="GET", path=f"{_MESSAGE}/html", handler=get_html, query=FrameQuery, roles=STAFF,
        summary="A mail as it was sent, made safe; images=1 shows foreign pictures, which is audited",
    ),
    Endpoint(
        method="GET", path=f"{_MESSAGE}/mail", handler=get_facts, answer=MailFacts, roles=STAFF,
        summary="How many pictures are kept away from a mail, and where its links lead",
    ),
    Endpoint(
        method="GET", path=f"{_MESSAGE}/image/{{n}}", handler=get_image, query=PictureQuery, public=True,
        summary="A foreign picture of a mail, by an address signed for five minutes",
    ),
    Endpoint(
        method="GET", path=f"{_MESSAGE}/part/{{part}}", handler=get_part, query=PictureQuery, public=True,
        summary="A large picture that came along with a mail, by an address signed for five minutes",
    ),
]  # fmt: skip
