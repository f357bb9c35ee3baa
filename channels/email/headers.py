"""Header fields: raw bytes in, safe text out. No decoded value holds a line break or another control character."""

from __future__ import annotations

import binascii
import re
import unicodedata
from urllib.parse import unquote_to_bytes

from channels.email.charset import decode, known

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_HEX = re.compile(rb"[0-9A-Fa-f]{2}")
MAX_BLOCK = 1024 * 1024
MAX_NAME = 120
MAX_VALUE = 32 * 1024
"""Characters of a type or disposition with its parameters: a name of hundreds of encoded words is within."""


class Headers:
    """The fields of one part, in order. Names are lower-case; values are kept as bytes until they are asked for."""

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self._fields: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._fields.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def raw(self, name: str) -> str:
        """The first field of this name, unfolded, its encoded words untouched; "" when there is none."""
        values = self._fields.get(name)
        return one_line(decode(values[0])) if values else ""

    def all(self, name: str) -> list[str]:
        """Every field of this name as `raw` gives it, at most 100."""
        return [one_line(decode(value)) for value in self._fields.get(name, [])[:100]]

    def text(self, name: str) -> str:
        """The first field of this name with its encoded words decoded (RFC 2047)."""
        return decode_words(self.raw(name))

    def names(self) -> set[str]:
        return set(self._fields)


def parse_block(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header fields that begin at `start`, and where the body begins.

    A line that is no field ends the block, as if the empty line had been forgotten, unless fields go on below it.
    """
    fields: list[tuple[str, list[bytes]]] = []
    at = start
    while at < end:
        line, after = _line(raw, at, end)
        if not line.strip(b"\r\n"):
            if fields or at > start:
                return _joined(fields), after
        elif line[:1] in b" \t" and line[:1]:
            if fields:
                fields[-1][1].append(line)
        elif match := _FIELD.match(line):
            fields.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
        elif not line.startswith((b"From ", b">From ")) and not _fields_follow(raw, after, end):
            return _joined(fields), at
        at = after
    return _joined(fields), end


def _line(raw: bytes, at: int, end: int) -> tuple[bytes, int]:
    stop = raw.find(b"\n", at, end)
    after = end if stop < 0 else stop + 1
    return raw[at:after], after


def _fields_follow(raw: bytes, at: int, end: int) -> bool:
    for _ in range(4):
        line, at = _line(raw, at, end)
        if _FIELD.match(line):
            return True
        if line[:1] not in (b" ", b"\t"):
            return False
    return False


def _joined(fields: list[tuple[str, list[bytes]]]) -> Headers:
    """Unfolded (RFC 5322, 2.2.3): the line break goes, the white space after it stays."""
    return Headers([(name, b"".join(line.rstrip(b"\r\n") for line in lines).strip()) for name, lines in fields])


def one_line(text: str) -> str:
    """`text` without line breaks and control characters, each run of them one space."""
    return _BREAKS.sub(" ", text).strip()


def decode_words(text: str) -> str:
    """RFC 2047 decoded, leniently: adjacent words of one charset are joined as bytes, as clients split characters."""
    if "=?" not in text:
        return text
    out: list[str] = []
    at, charset, pending = 0, "", bytearray()
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        data, label = _word_bytes(match), match[1].split("*")[0]
        if pending and (between.strip() or known(label) != charset):
            out.append(decode(bytes(pending), charset))
            pending.clear()
        if between.strip() or at == 0:
            out.append(between)
        charset, at = known(label), match.end()
        pending += data
    out.extend((decode(bytes(pending), charset), text[at:]))
    return one_line("".join(out))


def _word_bytes(match: re.Match[str]) -> bytes:
    body = match[3].encode("utf-8")
    if match[2] in "bB":
        return from_base64(body)
    return binascii.a2b_qp(body, header=True)


def from_base64(data: bytes) -> bytes:
    """Base64 decoded, whatever stray characters and paddings it holds."""
    kept = data.translate(None, delete=_NOT_BASE64)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


_NOT_BASE64 = bytes(c for c in range(256) if not (chr(c).isascii() and (chr(c).isalnum() or chr(c) in "+/")))


def parse_value(raw: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="x"` -> ("text/plain", {"charset": "x"}); RFC 2231 parts joined, RFC 2047 names decoded.
    Of what is longer than anybody writes only the beginning counts.
    """
    head, *rest = _split(raw[:MAX_VALUE])
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for item in rest[:100]:
        name, found, value = item.partition("=")
        name = name.strip().lower()
        if not found or not name:
            continue
        value = _unquote(value.strip())
        base, _, tail = name.partition("*")
        number = tail.rstrip("*")
        if "*" not in name:
            plain.setdefault(base, decode_words(value))
        elif number.isascii() and (number.isdigit() or not number):
            pieces.setdefault(base, []).append((int(number[:4] or 0), name.endswith("*"), value))
    for base, found_pieces in pieces.items():
        plain[base] = _continued(sorted(found_pieces, key=lambda piece: piece[0]))
    return head.strip().lower(), plain


def _split(raw: str) -> list[str]:
    out, start, quoted, skip = [], 0, False, False
    for at, char in enumerate(raw):
        if skip:
            skip = False
        elif char == "\\" and quoted:
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            out.append(raw[start:at])
            start = at + 1
    out.append(raw[start:])
    return out


def _unquote(value: str) -> str:
    if len(value) > 1 and value[0] == '"' == value[-1]:
        value = re.sub(r"\\(.)", r"\1", value[1:-1]) if '\\"' in value else value[1:-1]
    return value.strip('"') if value[:1] == '"' else value


def _continued(pieces: list[tuple[int, bool, str]]) -> str:
    label, data = "", b""
    for index, (_, extended, value) in enumerate(pieces):
        if extended and index == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if extended else value.encode("utf-8", "replace")
    return one_line(decode(data, label))


def safe_name(name: str) -> str:
    """A file name fit to show and offer: no path, control, bidi or unseen character, no leading dot, ≤ 120 long."""
    name = unicodedata.normalize("NFC", one_line(name))
    name = _UNSEEN.sub("", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r'[<>:"|?*]', "_", name).strip().lstrip(".").strip()
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        return stem[: MAX_NAME - len(ending) - 1] + "." + ending
    return name[:MAX_NAME]
