"""From the tree of a mail to its two bodies and its files."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from channels.email.headers import safe_name
from channels.email.html import html_to_text
from channels.email.mime import MAX_CONTENT, Part, TooMuch, parse
from channels.types import MediaRef

_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "application/ms-tnef": "dat",
    "application/zip": "zip",
    "application/pkcs7-signature": "p7s",
    "message/delivery-status": "txt",
}


@dataclass
class Body:
    """`text` as written, `html` raw; either may be "". `files` in the order of the mail."""

    text: str = ""
    html: str = ""
    files: list[MediaRef] = field(default_factory=list)


def read_body(mail: Part) -> Body:
    """Raises TooMuch when the decoded parts are larger than 30 MiB together."""
    reader = _Reader()
    body = reader.read(mail, related=False)
    body.files = reader.files
    return body


class _Reader:
    def __init__(self) -> None:
        self.files: list[MediaRef] = []
        self.size = 0

    def read(self, part: Part, related: bool) -> Body:
        if part.type == "multipart/alternative":
            return _best([self.read(child, related) for child in part.children])
        if part.children:
            return _joined([self.read(child, part.type == "multipart/related") for child in part.children])
        if part.type in ("text/plain", "text/html") and part.disposition != "attachment" and not part.name():
            return self._words(part)
        self._file(part, related)
        return Body()

    def _words(self, part: Part) -> Body:
        text = part.text()
        self._count(len(part.body))
        return Body(html=text) if part.type == "text/html" else Body(text=text)

    def _file(self, part: Part, related: bool) -> None:
        content = part.content()
        self._count(len(content))
        cid = part.headers.raw("content-id").strip(" <>")[:255]
        shown = related or part.disposition == "inline"
        self.files.append(
            MediaRef(
                name=_name(part, content, len(self.files) + 1),
                type=part.type,
                size=len(content),
                content=content,
                inline_id=cid if shown and part.type.startswith("image/") else "",
            )
        )

    def _count(self, size: int) -> None:
        self.size += size
        if self.size > MAX_CONTENT:
            raise TooMuch("parts larger than 30 MiB together")


def _best(bodies: list[Body]) -> Body:
    """Of alternatives: the first plain text and the last HTML, the richest (RFC 2046, 5.1.4)."""
    text = next((body.text for body in bodies if body.text.strip() and not body.html), "")
    text = text or next((body.text for body in bodies if body.text.strip()), "")
    return Body(text, next((body.html for body in reversed(bodies) if body.html.strip()), ""))


def _joined(bodies: list[Body]) -> Body:
    bodies = [body for body in bodies if body.text.strip() or body.html.strip()]
    if len(bodies) < 2:
        return bodies[0] if bodies else Body()
    any_text = any(body.text.strip() for body in bodies)
    any_html = any(body.html for body in bodies)
    text = "\n\n".join((body.text or html_to_text(body.html)).strip("\n") for body in bodies) if any_text else ""
    markup = "\n".join(body.html or _as_html(body.text) for body in bodies) if any_html else ""
    return Body(text, markup)


def _as_html(text: str) -> str:
    return f"<div>{html.escape(text).replace(chr(10), '<br>')}</div>"


def _name(part: Part, content: bytes, number: int) -> str:
    name = safe_name(part.name())
    if name:
        return name
    if part.type == "message/rfc822":
        try:
            subject = safe_name(parse(content[:65536]).headers.text("subject"))
        except TooMuch:
            subject = ""
        return f"{subject or f'message-{number}'}.eml"
    ending = _ENDINGS.get(part.type, "bin")
    return f"{'image' if part.type.startswith('image/') else 'file'}-{number}.{ending}"
