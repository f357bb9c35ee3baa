"""Small true files of each kind, written out by hand."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\xff\x88\x00" * min(width, 9) for _ in range(min(height, 9))))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\0\0\0\0"
    table = b"\xff\xc4" + struct.pack(">H", 4) + b"\0\0"  # a DHT: among the frame markers, and none
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + exif + table + b"\xff" + frame + b"\xff\xda\0\x02\xff\xd9"


def gif(width: int = 3, height: int = 2, *, inner: tuple[int, int] | None = None) -> bytes:
    comment = b"\x21\xfe\x03abc\0"
    own = struct.pack("<BHHHHB", 0x2C, 0, 0, *(inner or (width, height)), 0)
    return (
        b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0" * 6 + comment + own + b"\x02\x02L\x01\0;"
    )


def webp(width: int = 3, height: int = 2, kind: str = "VP8X") -> bytes:
    if kind == "VP8X":
        data = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == "VP8L":
        data = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little")
    else:
        data = b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind.ljust(4).encode() + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def mp4(brand: bytes = b"isom", more: bytes = b"") -> bytes:
    return struct.pack(">I", 16) + b"ftyp" + brand + b"\0\0\0\0" + more


MP3_FRAME = b"\xff\xfb\x90\x00" + b"\0" * 413  # MPEG 1 layer III, 128 kbit/s, 44,100 Hz: 417 bytes
OGG = b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead\1\1"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 64


def office(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", *names):
            made.writestr(name, "<x/>")
    return out.getvalue()


def odt() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        made.writestr("content.xml", "<x/>")
    return out.getvalue()
