"""How large a picture is, read from its header alone: nothing is decoded, so nothing can be made to explode."""

from __future__ import annotations

import struct

PIXELS = 50_000_000
SIDE = 16_384
_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})  # JPEG: DHT, JPG and DAC stand among the frame markers


def dimensions(kind: str, content: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels of a JPEG, PNG, GIF or WebP; None when its header is not one of that kind."""
    try:
        found = _READERS[kind](content)
    except (struct.error, IndexError):
        return None
    return found if found and found[0] > 0 and found[1] > 0 else None


def too_large(width: int, height: int) -> bool:
    """Whether a picture would cost its reader too much memory."""
    return width > SIDE or height > SIDE or width * height > PIXELS


def _png(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif(content: bytes) -> tuple[int, int] | None:
    """The logical screen, and no picture in it may be larger: the first image descriptor says its own size."""
    width, height, flags = struct.unpack("<HHB", content[6:11])
    at = 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    while content[at] == 0x21:
        at = _after_blocks(content, at + 2)
    if content[at] != 0x2C:
        return None
    own = struct.unpack("<HH", content[at + 5 : at + 9])
    return max(width, own[0]), max(height, own[1])


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while True:
        if content[at] != 0xFF:
            return None
        while content[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker in (0xD9, 0xDA):
            return None
        alone = marker == 0x01 or 0xD0 <= marker <= 0xD8
        at += 2 if alone else 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]


def _webp(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


_READERS = {"image/jpeg": _jpeg, "image/png": _png, "image/gif": _gif, "image/webp": _webp}
