"""The figures, each part by its name; see `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.table import Part


def _part(module: str) -> Part:
    found: Part = import_module(f"tests.bench.{module}").take
    return found


PARTS: dict[str, Callable[[], Part]] = {
    name: partial(_part, name) for name in ("ingest", "e2e", "fanout", "routing", "lists", "search", "memory")
}
"""A part is imported when it is asked for: some need what others do without."""
