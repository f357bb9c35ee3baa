"""Cells of CSV files that a spreadsheet may open: what it would run as a formula is written as text, and read back."""

from __future__ import annotations

import re

_RUNS = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-][\d .,()-]*")


def harmless(text: str) -> str:
    """With a `'` before what begins like a formula; amounts and telephone numbers stay as they are."""
    return "'" + text if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def bare(text: str) -> str:
    """Without that mark."""
    return text[1:] if text[:1] == "'" and _RUNS.match(text, 1) else text
