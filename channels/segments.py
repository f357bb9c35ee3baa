"""How many segments an SMS costs, and which letter makes it dear.

GSM-7: 160 units in one segment, 153 in each of several; `^ { } \\ [ ~ ] | €` and form feed are two units that no
boundary splits. Any other letter turns the whole text into UCS-2: 70 and 67 units of two bytes, an emoji being two
that no boundary splits. GSM-7 has à é è ì ò ù ñ ü ö ä Ç É, but not á â ã í ó ô õ ú ê ç.
Source: twilio.com/docs/glossary/what-sms-character-limit; 3GPP TS 23.038.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


class Segments(Struct, frozen=True, kw_only=True):
    """`units` are septets or 16-bit units; `culprit` is the first letter that forced UCS-2, "" under GSM-7."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int
    culprit: str = ""


def count(text: str) -> Segments:
    """What the text costs. An empty text has no segment."""
    culprit = next((char for char in text if char not in _BASIC and char not in _EXTENDED), "")
    if culprit:
        widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
        return Segments(encoding="UCS-2", units=sum(widths), segments=_segments(widths, 70, 67), culprit=culprit)
    widths = [2 if char in _EXTENDED else 1 for char in text]
    return Segments(encoding="GSM-7", units=sum(widths), segments=_segments(widths, 160, 153))


def _segments(widths: list[int], alone: int, each: int) -> int:
    if sum(widths) <= alone:
        return 1 if widths else 0
    segments, used = 1, 0
    for width in widths:
        if used + width > each:
            segments, used = segments + 1, 0
        used += width
    return segments
