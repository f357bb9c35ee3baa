"""What a text may not say to a debtor: threats, shame, false legal acts and what a country bans. A first, small form.

Rules are patterns in `data/tone.toml`. Disguised words (pr1são, p r i s ã o, letters parted by emoji or by nothing
that is seen, letters of another alphabet) are read as what they mean; what quotes the debtor is not judged.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

from console.gate.types import Span

# block: never leaves. approval: a supervisor's. reason: the writer says why. warn: shown, and nothing more.
Severity = Literal["block", "approval", "reason", "warn"]
_GRAVITY = ("block", "approval", "reason", "warn")


class ToneRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    severity: Severity
    patterns: tuple[str, ...]
    whatsapp: Severity | None = None
    elsewhere_severity: Severity = "approval"
    elsewhere: str | None = None  # for kinds that only a profile bans: their tone in other countries, "" = none
    unless_started: bool = False  # true once legal proceedings really run


class Finding(Struct, frozen=True, kw_only=True):
    """One thing a text may not say: code `TONE:kind` or `BANNED:kind`."""

    code: str
    severity: Severity
    spans: tuple[Span, ...]


_LEET = str.maketrans({"1": "i", "3": "e", "0": "o", "4": "a", "@": "a", "$": "s", "5": "s", "7": "t"})
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=[\w@$]*[\d@$])[\w@$]{2,}", re.ASCII)
_SPACED = re.compile(r"\b(?:[a-z0-9@$][^a-z0-9@$\n]{1,5}){3,}[a-z0-9@$]\b")
_APART = re.compile(r"[^a-z0-9@$]+")
_LOOKALIKES = str.maketrans("аеорсхуіјѕкмнтвαεικνορτυχ", "aeopcxyijskmhtbaeiknoptux")  # Cyrillic, Greek


@lru_cache(maxsize=256)  # one text is judged for several channels, and again when it leaves
def findings(
    folded: str, channel: str, banned: frozenset[str], proceedings_started: bool, quoted: tuple[Span, ...] = ()
) -> tuple[Finding, ...]:
    """Everything that offends, the gravest first. Takes folded text; `banned` are the kinds the profile forbids,
    `quoted` where the debtor's own words stand.

    A finding in disguised words spans the whole text.
    """
    text = folded
    for start, end in quoted:
        text = text[:start] + " " * (end - start) + text[end:]
    plain = _undisguised(text)
    found = []
    for row, pattern in rows():
        if row.unless_started and proceedings_started:
            continue
        named = _named(row, channel, banned)
        if named is None:
            continue
        spans = tuple(match.span() for match in pattern.finditer(text))
        if not spans and plain != text and pattern.search(plain):
            spans = ((0, len(folded)),)
        if spans:
            found.append(Finding(code=named[0], severity=named[1], spans=spans))
    return tuple(sorted(found, key=lambda finding: _GRAVITY.index(finding.severity)))


def _named(row: ToneRow, channel: str, banned: frozenset[str]) -> tuple[str, Severity] | None:
    if row.elsewhere is not None:
        if row.kind in banned:
            return f"BANNED:{row.kind}", row.severity
        return (f"TONE:{row.elsewhere}", row.elsewhere_severity) if row.elsewhere else None
    return f"TONE:{row.kind}", row.whatsapp if row.whatsapp and channel == "whatsapp" else row.severity


def _undisguised(text: str) -> str:
    if not text.isascii():
        seen = (char for char in text if unicodedata.category(char) not in ("Cf", "Mn"))  # soft hyphens, joiners, marks
        text = "".join(seen).translate(_LOOKALIKES)
    joined = _SPACED.sub(lambda run: _together(run.group()), text)
    return _MIXED.sub(lambda word: word.group().translate(_LEET), joined)


def _together(run: str) -> str:
    """Letters set apart, as words: what parts most of them stands within words, anything else between two."""
    apart = Counter(_APART.findall(run)).most_common(1)[0][0]
    return _APART.sub(lambda gap: "" if gap.group() == apart else " ", run)


@cache
def rows() -> tuple[tuple[ToneRow, re.Pattern[str]], ...]:
    """The rules with their patterns, ready to search folded text."""
    raw = tomllib.loads((files("console.gate") / "data" / "tone.toml").read_text("utf-8"))
    found = msgspec.convert(raw["tones"], list[ToneRow])
    return tuple((row, re.compile("|".join(row.patterns), re.DOTALL)) for row in found)
