"""The process that makes mails safe to show: `python -m console.timeline.dresser`, asked by `frame.py`.

It knows no key: where the address of a foreign picture belongs it leaves a mark, and tells which pictures those are.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from channels.email.html import SafeHtml, safe_html
from console.child_main import serve

URL_CHARS = 2_000
PICTURES = 200


class Wish(Struct, frozen=True):
    """The HTML of a mail. `small`, `large`: its own pictures by their Content-ID, as bytes or an address; `mark`: what
    no mail can hold, since it is made anew each time.
    """

    html: str
    images: Literal["blocked", "shown"]
    small: dict[str, bytes]
    large: dict[str, str]
    mark: str


class Dressed(Struct, frozen=True):
    """The document, and the foreign pictures whose address is `{mark}{number}` in it."""

    safe: SafeHtml
    asked: list[str] = []


_wish = msgspec.msgpack.Decoder(Wish)


def answer(wish: bytes) -> bytes:
    """A mail, safe for its frame."""
    asked = _wish.decode(wish)
    urls: list[str] = []

    def address(url: str) -> str:
        if len(url) > URL_CHARS or len(urls) >= PICTURES:
            return ""
        urls.append(url)
        return f"{asked.mark}{len(urls) - 1}."

    safe = safe_html(asked.html, asked.images, cid={**asked.large, **asked.small}, image_url=address)
    return msgspec.msgpack.encode(Dressed(safe, urls))


if __name__ == "__main__":
    serve(answer)
