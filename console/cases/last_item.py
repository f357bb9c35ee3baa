"""What a list row shows of a case: its last message, cut short."""

from __future__ import annotations

from console.store.base import dump
from console.timeline.queries import ItemRow
from console.wire import shapes
from console.wire.moment import rfc3339

PREVIEW_CHARS = 160


def preview(item: ItemRow, sort: str) -> str:
    """The case's `last_item` column."""
    return dump(
        shapes.LastItem(
            item.id,
            item.kind,
            item.direction,
            item.channel,
            item.text[:PREVIEW_CHARS],
            rfc3339(item.at),
            item.status,
            sort,
        )
    )
