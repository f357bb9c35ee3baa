"""The pages of the documentation, as text and as code blocks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """A page by its path below the root."""
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language, in their order."""
    return [body for told, body in _BLOCK.findall(text) if told == language]


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of the same depth or above. Raises ValueError without it."""
    depth = heading.split(" ", 1)[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(depth)}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"no heading {heading!r}")
    return found[1]


def named(text: str) -> set[str]:
    """Everything that stands in backquotes."""
    return set(re.findall(r"`([^`\n]+)`", text))
