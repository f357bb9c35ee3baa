"""What a file is by its own bytes, whatever its name or its sender say.

Shown inline: jpeg png webp gif, ogg mp3 mp4. Known, but only downloaded: amr pdf txt csv docx xlsx odt zip. Everything
else is `application/octet-stream`; what a browser or a system would run is named as `danger` besides.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from msgspec import Struct

from console.timeline.images import dimensions, too_large

UNKNOWN = "application/octet-stream"
_HEAD = 64 * 1024
_ENTRIES = 5_000  # of a zip whose directory is read; a document has some dozens
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODT = "application/vnd.oasis.opendocument.text"
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"#!AMR\n", "audio/amr"),
    (b"#!AMR-WB\n", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
)
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00", b"dex\n", b"\x00asm",
)  # fmt: skip
_PROGRAM_NAMES = frozenset(
    """apk app bat bin class cmd com cpl deb dll dmg exe gadget hta inf iso jar jse lnk msc msi msix msp pif pkg ps1 py
    reg rpm scr sh vb vbe vbs wsf wsh xll docm xlsm pptm""".split()
)
_MARKUP_NAMES = frozenset("htm html mht mhtml shtml svg svgz xht xhtml xml xsl xslt".split())
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe|object|embed)[\s>/]|^\s*<\?xml", re.IGNORECASE
)
_SCRIPT_NAMES = frozenset({"js", "mjs", "php", "pl", "rb"})
_VIDEO_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV"}
)
_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B "})


class Sniffed(Struct, frozen=True):
    """`type` is safe to serve under. `danger` is "" or what it would be to a system: program, script, markup. `refused`
    is "" or the reason why it is not kept: picture_too_large. `width` and `height` in pixels, of pictures.
    """

    type: str
    danger: str = ""
    refused: str = ""
    width: int = 0
    height: int = 0


def sniff(content: bytes, name: str = "", declared: str = "") -> Sniffed:
    """Judge a whole file. A picture whose header does not say its size is none; its claim to be one is not believed."""
    kind = _kind(content, name, declared)
    if kind.startswith("image/"):
        size = dimensions(kind, content)
        if size is None:
            return Sniffed(UNKNOWN)
        return Sniffed(kind, _by_name(name), "picture_too_large" if too_large(*size) else "", *size)
    return Sniffed(kind, _danger(content, name, kind))


def _kind(content: bytes, name: str, declared: str) -> str:
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:4] == b"OggS":
        return (
            "audio/ogg" if any(codec in content[:512] for codec in (b"OpusHead", b"\x01vorbis", b"Speex")) else UNKNOWN
        )
    if content[4:8] == b"ftyp":
        return _mp4(content, declared)
    if _is_mp3(content):
        return "audio/mpeg"
    if content[:4] == b"PK\x03\x04":
        return _zip(content)
    if _is_text(content):
        return "text/csv" if _ending(name) == "csv" or declared.startswith("text/csv") else "text/plain"
    return UNKNOWN


def _mp4(content: bytes, declared: str) -> str:
    """By its brand; a container that is only sound and says a general brand is believed when it calls itself audio."""
    brand = content[8:12]
    if brand in _AUDIO_BRANDS:
        return "audio/mp4"
    if brand in _VIDEO_BRANDS:
        return "audio/mp4" if declared.startswith("audio/") and b"vide" not in content else "video/mp4"
    return UNKNOWN


def _is_mp3(content: bytes) -> bool:
    """A frame header of MPEG layer III with a valid bit rate and sampling rate, and another frame where it must be."""
    length = _frame(content)
    return bool(length) and (len(content) <= length or bool(_frame(content[length:])))


def _frame(content: bytes) -> int:
    """The length of the layer III frame at the start; 0 if there is none."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:
        return 0
    version = content[1] >> 3 & 3  # 0: 2.5, 2: 2, 3: 1
    rate, sampling, padding = content[2] >> 4, content[2] >> 2 & 3, content[2] >> 1 & 1
    if version == 1 or rate in (0, 15) or sampling == 3:
        return 0
    kbits = _RATES[version == 3][rate]
    hertz = (44_100, 48_000, 32_000)[sampling] // {3: 1, 2: 2, 0: 4}[version]
    return (144 if version == 3 else 72) * kbits * 1000 // hertz + padding


_RATES = (
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)


def _zip(content: bytes) -> str:
    """An office document by the names of its parts; nothing is unpacked."""
    if content[30:38] == b"mimetype" and content[38:].startswith(_ODT.encode() + b"PK"):
        return _ODT
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or int.from_bytes(content[end + 10 : end + 12], "little") > _ENTRIES:
        return "application/zip"
    try:
        names = set(zipfile.ZipFile(BytesIO(content)).namelist()[:_ENTRIES])
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return UNKNOWN
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return "application/zip"
    if "word/document.xml" in names:
        return _OFFICE + "wordprocessingml.document"
    return _OFFICE + "spreadsheetml.sheet" if "xl/workbook.xml" in names else "application/zip"


def _is_text(content: bytes) -> bool:
    head = content[:_HEAD]
    if not head or any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    if _MARKUP.search(head.removeprefix(b"\xef\xbb\xbf")) or head.startswith(b"#!"):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_off = len(content) > _HEAD and error.start >= _HEAD - 4
        return cut_off or _is_latin_1(head)
    return True


def _is_latin_1(head: bytes) -> bool:
    """Western text of old programs: mostly ASCII, and no byte that is a control there."""
    return sum(byte < 0x80 for byte in head) * 10 >= len(head) * 7 and not any(0x80 <= byte < 0xA0 for byte in head)


def _danger(content: bytes, name: str, kind: str) -> str:
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if content.startswith(_PROGRAMS):
        return "program"
    if kind == UNKNOWN and _MARKUP.search(head.replace(b"\0", b"")):
        return "markup"
    if kind == UNKNOWN and head.startswith(b"#!"):
        return "script"
    return _by_name(name)


def _by_name(name: str) -> str:
    """What a system would do with it by its ending: the last word where it is opened after a download."""
    ending = _ending(name)
    if ending in _PROGRAM_NAMES:
        return "program"
    return "markup" if ending in _MARKUP_NAMES else "script" if ending in _SCRIPT_NAMES else ""


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower().strip() if "." in name else ""
