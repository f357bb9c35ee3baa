"""What earlier rows of a file have to do with later ones: a dry run takes every batch back, and so has to do again what
a batch builds on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from console.debtors import documents
from console.imports.contacts import ContactRow
from console.imports.debts import DebtRow
from console.imports.payments import PaidRow
from console.imports.recalls import RecallRow

Row = DebtRow | PaidRow | RecallRow | ContactRow


class Past:
    """Rows that came before, those of one person together: who has the same key or document, at whatever remove."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], list[Row]] = {}

    def add(self, several: Iterable[Row]) -> None:
        for row in several:
            group = self._joined([self._groups[mark] for mark in _marks(row) if mark in self._groups])
            group.append(row)
            for mark in _marks(row):
                self._groups[mark] = group

    def of(self, several: Sequence[Row]) -> list[Row]:
        """Those that these rows build on, in the order of the file."""
        groups = {id(group): group for row in several for mark in _marks(row) if (group := self._groups.get(mark))}
        return sorted((row for group in groups.values() for row in group), key=lambda row: row.record.line)

    def _joined(self, groups: list[list[Row]]) -> list[Row]:
        if not groups:
            return []
        first = max(groups, key=len)
        for other in groups:
            if other is not first:
                first += other
                for row in other:
                    for mark in _marks(row):
                        self._groups[mark] = first
        return first


def _marks(row: Row) -> Iterator[tuple[str, str]]:
    if row.debtor_id:
        yield "key", row.debtor_id
    if isinstance(row, DebtRow) and row.document:
        yield "document", documents.normal(row.document.rpartition(":")[2])
