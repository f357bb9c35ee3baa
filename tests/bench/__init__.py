"""The figures, each part by its name; see `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.table import Part


def _part(module: str, taken: str = "take") -> Part:
    found: Part = getattr(import_module(f"tests.bench.{module}"), taken)
    return found


PARTS: dict[str, Callable[[], Part]] = {
    "ingest": partial(_part, "ingest"),
    "ingest-pg": partial(_part, "ingest", "take_postgresql"),
    "peer": partial(_part, "helpdesk"),
    "e2e": partial(_part, "e2e"),
    "fanout": partial(_part, "fanout"),
    "statuses": partial(_part, "statuses"),
    "second": partial(_part, "second"),
    "crowd": partial(_part, "crowd"),
    "idle": partial(_part, "crowd", "take_idle"),
    "stalled": partial(_part, "crowd", "take_stalled"),
    "routing": partial(_part, "routing"),
    "lists": partial(_part, "lists"),
    "lists-pg": partial(_part, "lists", "take_postgresql"),
    "search": partial(_part, "search"),
    "search-pg": partial(_part, "search", "take_postgresql"),
    "outreach": partial(_part, "outreach"),
    "outbox": partial(_part, "outbox"),
    "soak": partial(_part, "soak"),
    "memory": partial(_part, "memory"),
}
"""A part is imported when it is asked for: some need what others do without."""
