"""A posted form that keeps blank and repeated fields: both are part of what Twilio signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from channels.errors import BadRequest
from channels.loose import scrub
from channels.types import Inbox

FIELDS = 200
_PLAIN = re.compile(r"[^&=%]*=[^&=]*(?:&[^&=%]*=[^&=]*)*")  # each name with its one value, no name in need of decoding
_SHORT = 32  # characters of a value that is worth remembering: a number is, a text is not


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


class Form:
    """The fields in the order posted. It has the three methods that twilio's RequestValidator asks of a multi-dict."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self.checked: tuple[Inbox, bool] | None = None  # the inbox whose core fields these are, and whether of a status
        self._first = _Values(reversed(pairs))  # of a repeated field the first value
        self._has_repeats = len(self._first) < len(pairs)
        if not "".join(self._first.values()).isprintable():
            self._first = _Values({name: scrub(value) for name, value in self._first.items()})
        self.get = self._first.__getitem__
        """The first value of a field, storable; "" when it is absent."""

    @staticmethod
    def of(raw: bytes) -> Form:
        """Raises BadRequest when it is no form, or has more than 200 fields."""
        return _of(raw)

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self.pairs)

    def getlist(self, name: str) -> list[str]:
        """Every value of a field, unchanged."""
        return [value for each, value in self.pairs if each == name]

    getall = getlist  # the name that is tried first

    def once(self, name: str) -> bool:
        """Whether a field is there, and is not repeated."""
        return name in self._first and not (self._has_repeats and len(self.getlist(name)) > 1)

    def some(self, *names: str) -> dict[str, object]:
        """These fields, without the blank ones."""
        return {name: value for name in names if (value := self.get(name))}


@lru_cache(maxsize=4)
def _of(raw: bytes) -> Form:
    """A form is read twice in a row: by who checks the signature, and by who parses it."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise BadRequest("the body is no form") from None
    if text.count("&") >= FIELDS:
        raise BadRequest("the form has too many fields")
    # What parse_qsl gives, blank values kept, in a quarter of its time: most names and values need no decoding.
    text = text.replace("+", " ")
    if _PLAIN.fullmatch(text):
        parts = text.replace("&", "=").split("=")
        return Form(
            list(zip(parts[::2], [_decoded(each) if "%" in each else each for each in parts[1::2]], strict=True))
        )
    several = [part.partition("=") for part in text.split("&") if part]
    return Form([(unquote(name), unquote(value)) for name, _, value in several])


def _decoded(text: str) -> str:
    return _known(text) if len(text) <= _SHORT else unquote(text)


@lru_cache(maxsize=4_096)
def _known(text: str) -> str:
    """Telephone numbers come again and again."""
    return unquote(text)
