"""Lists on a terminal: columns as wide as they must be."""

from __future__ import annotations

from collections.abc import Sequence


def show(head: Sequence[str], rows: Sequence[Sequence[object]], nothing: str) -> None:
    """Print rows under their heads, or one sentence when there are none."""
    if not rows:
        print(nothing)
        return
    lines = [tuple(head), *(tuple(str(each) for each in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
