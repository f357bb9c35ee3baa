"""Ids: opaque to everybody, sorted by time to the database."""

from __future__ import annotations

import re

from uuid_utils import uuid7

_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """A fresh UUIDv7 as 32 lower-case hex digits."""
    return uuid7().hex


def is_id(text: str) -> bool:
    """Whether a text has the shape of an id."""
    return _ID.fullmatch(text) is not None
