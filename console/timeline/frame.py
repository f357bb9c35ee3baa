"""A mail as its sender dressed it, made safe when it is shown: foreign pictures stay away until somebody asks for them.

The document has an address of its own and an opaque origin, so its pictures come without the cookie: small ones that
came along are part of it, larger ones and foreign ones have addresses signed for five minutes. What a stranger wrote
is made safe in a process of its own, which may be ended (`console.child`).
"""

from __future__ import annotations

import asyncio
import html
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import msgspec
from itsdangerous import BadData, URLSafeTimedSerializer
from msgspec import Struct

from channels.email.html import MAX_DATA, SafeHtml
from channels.email.markup import MAX_CHARS
from console.access.actor import Actor
from console.child import Ended
from console.errors import NotFound
from console.services import Services
from console.store.transaction import Reader
from console.timeline.download import visible_item
from console.timeline.dresser import Dressed, Wish
from console.timeline.files import Files
from console.timeline.queries import AttachmentRow, ItemRow, files_of

SECONDS = 300
_dressed = msgspec.msgpack.Decoder(Dressed)
_PAGE = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><style>'
    "html{{background:#fff;color:#111;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}"
    "body{{margin:8px}}img{{max-width:100%;height:auto}}pre{{white-space:pre-wrap}}</style></head><body>{body}</body></html>"
)


class Mail(Struct):
    item: ItemRow
    files: list[AttachmentRow]


class Picture(Struct, frozen=True):
    """What a signed address of a picture stands for. `url` is a foreign one, `part` an attachment of the mail."""

    item: str
    user: str
    url: str = ""
    part: str = ""


def mail_of(reader: Reader, actor: Actor, item_id: str) -> Mail:
    """A message with HTML that the actor may see. Raises NotFound."""
    item = visible_item(reader, actor, item_id)
    if item.html is None:
        raise NotFound
    return Mail(item, files_of(reader, item.id))


async def render(services: Services, actor: Actor, mail: Mail, *, images: bool) -> SafeHtml:
    """The mail's HTML, safe for its frame; its words alone where it takes too long or too much to make it so. Raises
    Unavailable when too many wait already.
    """
    mark = f"{_base(services, mail.item.id)}/image/{secrets.token_hex(16)}-"
    source = (mail.item.html or "")[: MAX_CHARS + 1]
    small, large = await asyncio.to_thread(_parts, services, actor, mail)
    wish = Wish(source, "shown" if images else "blocked", small, large, mark)
    try:
        found = _dressed.decode(await services.frames.ask(msgspec.msgpack.encode(wish)))
    except Ended:
        words = html.escape(mail.item.text or "", quote=False)
        return SafeHtml(f"<pre>{words}</pre>", truncated=True)

    def address(match: re.Match[str]) -> str:
        number = int(match[1])
        token = sign(services, Picture(mail.item.id, actor.id, url=found.asked[number]))
        return f"{_base(services, mail.item.id)}/image/{number}?t={token}"

    return replace(found.safe, html=re.sub(re.escape(mark) + r"(\d{1,3})\.", address, found.safe.html))


def page(safe: SafeHtml, mail: Mail, language: str) -> str:
    """The frame's document."""
    return _PAGE.format(lang=html.escape(language), title=html.escape(mail.item.subject or "-"), body=safe.html)


def sign(services: Services, picture: Picture) -> str:
    return str(_signer(services).dumps([picture.item, picture.user, picture.url, picture.part]))


def picture_of(services: Services, token: str, item_id: str) -> Picture:
    """What a token of this message was signed for. Raises NotFound for a forged, foreign or expired one."""
    try:
        found = Picture(*_signer(services).loads(token, max_age=SECONDS))
    except (BadData, TypeError):
        raise NotFound from None
    if found.item != item_id:
        raise NotFound
    return found


def _parts(services: Services, actor: Actor, mail: Mail) -> tuple[dict[str, bytes], dict[str, str]]:
    """Pictures that came along, by Content-ID: the bytes of small ones, the addresses of the others."""
    files: Files = services.files
    small: dict[str, bytes] = {}
    large: dict[str, str] = {}
    for row in _pictures(mail.files):
        if row.size > MAX_DATA:
            token = sign(services, Picture(mail.item.id, actor.id, part=row.id))
            large[row.inline_id] = f"{_base(services, mail.item.id)}/part/{row.id}?t={token}"
            continue
        with suppress(OSError):  # its file is gone: the picture is left out
            small[row.inline_id] = files.read(row.id)
    return small, large


def _pictures(files: Sequence[AttachmentRow]) -> list[AttachmentRow]:
    return [row for row in files if row.inline_id and row.state == "ready" and row.type.startswith("image/")]


def _base(services: Services, item_id: str) -> str:
    return f"{services.settings.public_url}/api/v1/messages/{item_id}"


def _signer(services: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services.vault.key("frame").hex(), salt="frame")
