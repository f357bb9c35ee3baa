"""The tree of a MIME message, cut by offsets out of the raw bytes: linear, bounded, and never surprised.

Python's own parser recurses and asks every enclosing part about every line; a hostile mail makes that slow.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.email.charset import decode
from channels.email.headers import MAX_BLOCK, from_base64, parse_block, parse_value

MAX_PARTS = 200
MAX_DEPTH = 20
MAX_RAW = 36 * 1024 * 1024
MAX_CONTENT = 30 * 1024 * 1024
_TYPE = re.compile(r"[a-z0-9.+_-]{1,100}/[a-z0-9.+_-]{1,100}\Z")


class TooMuch(Exception):
    """The mail breaks one of the limits above; the text names which."""


class Part:
    """One node: its fields, its type, and either children or bytes."""

    __slots__ = ("children", "disposition", "end", "head", "headers", "params", "place", "raw", "start", "type")

    def __init__(self, raw: bytes, start: int, end: int, default: str) -> None:
        self.raw, self.end = raw, end
        self.headers, self.start = parse_block(raw, start, min(end, start + MAX_BLOCK + 1))
        self.head = self.start - start
        if self.head > MAX_BLOCK:
            raise TooMuch("headers larger than 1 MiB")
        kind, self.params = parse_value(self.headers.raw("content-type"))
        self.type = kind if _TYPE.match(kind) else default
        self.disposition, self.place = parse_value(self.headers.raw("content-disposition"))
        self.children: list[Part] = []

    @property
    def body(self) -> bytes:
        """The bytes as they stand in the mail, still encoded."""
        return self.raw[self.start : self.end]

    def content(self) -> bytes:
        """The bytes with their transfer encoding undone; an unknown encoding is taken as none."""
        encoding = self.headers.raw("content-transfer-encoding").strip(" \"';.").lower()
        if encoding == "base64":
            return from_base64(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _from_uu(self.body)
        return self.body

    def text(self) -> str:
        """The content as text with line feeds."""
        return decode(self.content(), self.params.get("charset", "")).replace("\r\n", "\n").replace("\r", "\n")

    def name(self) -> str:
        """The declared file name, not yet safe."""
        return self.place.get("filename") or self.params.get("name", "")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(raw: bytes) -> Part:
    """The tree of a message. Raises TooMuch and nothing else."""
    if len(raw) > MAX_RAW:
        raise TooMuch("mail larger than 36 MiB")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    root = Part(raw, 0, len(raw), "text/plain")
    _grow(root, 0, _Count(1, root.head))
    return root


@dataclass
class _Count:
    """What a whole mail has of parts, and of bytes in all their headers."""

    parts: int
    heads: int


def _grow(part: Part, depth: int, count: _Count) -> None:
    if not part.type.startswith("multipart/"):
        return
    if depth >= MAX_DEPTH:
        raise TooMuch(f"more than {MAX_DEPTH} parts inside one another")
    boundary = part.params.get("boundary", "").rstrip()
    spans = _spans(part, boundary) if boundary else []
    if not spans:
        part.type = "text/plain"  # says multipart, is not: its text must not be lost
        return
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for start, end in spans:
        count.parts += 1
        if count.parts > MAX_PARTS:
            raise TooMuch(f"more than {MAX_PARTS} parts")
        child = Part(part.raw, start, end, default)
        count.heads += child.head
        if count.heads > MAX_BLOCK:
            raise TooMuch("headers larger than 1 MiB in all")
        part.children.append(child)
        _grow(child, depth + 1, count)


def _spans(part: Part, boundary: str) -> list[tuple[int, int]]:
    """Offsets of the parts between the delimiter lines (RFC 2046, 5.1.1); the last may lack its closing one."""
    mark = b"--" + re.escape(boundary.encode("utf-8", "replace"))
    first = re.compile(mark + rb"(--)?[ \t\r]*(?=\n|\Z)")
    later = re.compile(rb"\n" + mark + rb"(--)?[ \t\r]*(?=\n|\Z)")
    spans: list[tuple[int, int]] = []
    begin = -1
    match = first.match(part.raw, part.start, part.end)
    at = part.start
    if match:
        begin, at = match.end() + 1, match.end()
    for match in later.finditer(part.raw, at, part.end):
        if begin >= 0:
            stop = match.start() - (part.raw[match.start() - 1 : match.start()] == b"\r")
            spans.append((min(begin, part.end), max(min(begin, part.end), stop)))
        if match[1]:
            return spans
        if len(spans) > MAX_PARTS:
            raise TooMuch(f"more than {MAX_PARTS} parts")
        begin = match.end() + 1
    if 0 <= begin <= part.end:
        spans.append((begin, part.end))
    return spans


def _from_uu(body: bytes) -> bytes:
    out = []
    for line in body.splitlines():
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)
