"""Ids: opaque to everybody, sorted by time to the database."""

from __future__ import annotations

from uuid_utils import uuid7


def new_id() -> str:
    """A fresh UUIDv7 as 32 lower-case hex digits."""
    return uuid7().hex
