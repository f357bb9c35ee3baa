"""What a read asks of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from console.store.transaction import Reader


class _Noting:
    """A driver's cursor that notes what it is asked."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.noted: list[tuple[str, Any]] = []

    def execute(self, sql: str, values: Any = None) -> Any:
        self.noted.append((sql, values))
        return self.cursor.execute(sql, values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)


def statements_of(reader: Reader, read: Callable[[], object]) -> list[tuple[str, Any]]:
    """Every statement of it with its values, kept ones (`console.store.statement.Query`) and others. Fails when there
    is none: then nothing was noted.
    """
    cursor = reader.cursor
    reader.cursor = noting = _Noting(cursor)
    try:
        read()
    finally:
        reader.cursor = cursor
    assert noting.noted, "no statement was noted"
    return noting.noted
