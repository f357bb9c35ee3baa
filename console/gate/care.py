"""The approved words for somebody in distress, hardship or grief, by language and country (domain §3.7)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class CareTexts(Struct, frozen=True, forbid_unknown_fields=True):
    verified_on: str
    confidence: str
    source: str
    distress: dict[str, str]
    hardship: dict[str, str]
    deceased: dict[str, str]
    lines: dict[str, str]


@cache
def care_texts() -> CareTexts:
    raw = tomllib.loads((files("console.gate") / "data" / "care.toml").read_text("utf-8"))
    return msgspec.convert(raw, CareTexts)


def care_text(hold: str, language: str, country: str, line: str = "") -> str:
    """The text for a hold in the debtor's language, "" for a hold that has none. `line` replaces the country's own."""
    known = care_texts()
    shared = {"vulnerable": "hardship"}.get(hold, hold)
    texts: dict[str, str] = getattr(known, shared) if shared in ("distress", "hardship", "deceased") else {}
    found = next((text for tag, text in texts.items() if tag[:2] == language[:2]), texts.get("en", ""))
    return found.format(line=line or known.lines.get(country, ""))
