"""A document before it is printed."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Paper(Struct, frozen=True):
    """`head` are lines about who issues it, `rows` the table (its first row the headings, the last column amounts)."""

    title: str
    language: str
    head: tuple[str, ...]
    body: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    after: tuple[str, ...]
    foot: str


class Drawn(Struct, frozen=True):
    """Its pages' words, its file's name, and what it was made of."""

    paper: Paper
    name: str
    made_of: dict[str, Any]
