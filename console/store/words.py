"""Words as both databases' indexes hold them: no case, no accents, parted by whatever is no letter or digit."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents: the same in both databases."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def folded_words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def folded(text: str) -> str:
    """A name as one text, each of its words behind a blank: SQLite's function of this name."""
    return "".join(f" {word}" for word in folded_words(text))


def terms_of(words: str) -> list[str]:
    """The words that are looked for, folded; at most twelve."""
    return folded_words(words)[:12]
