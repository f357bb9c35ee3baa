"""What earlier rows of a file have to do with later ones: a dry run takes every batch back, and so has to do again what
a batch builds on.

Kept is only what a later row can tell: whether a debtor is there and how the file told of them last, and which charges
were taken back. Payments, contacts and documents build on no row of their file; that a key comes twice is found without
booking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from console.debtors import documents
from console.imports.contacts import ContactRow
from console.imports.debts import DebtRow
from console.imports.papers import PaperRow
from console.imports.payments import PaidRow
from console.imports.recalls import RecallRow

Row = DebtRow | PaidRow | RecallRow | ContactRow | PaperRow
Mark = tuple[str, ...]

MOST_UNDER = 100
"""Recalls of single charges that are done again before one of their whole debt, or of all."""
_TOLD = ("name", "kind", "language", "jurisdiction", "document")
"""What a row of debts may leave out because an earlier one said it."""


class Past:
    """Rows that came before and were booked: of a mark no more than a handful, however many had it."""

    def __init__(self) -> None:
        self._kept: dict[Mark, list[Row]] = {}

    def add(self, several: Iterable[Row]) -> None:
        for row in several:
            for mark in _marks(row):
                self._kept[mark] = _needed([*self._kept.get(mark, ()), row])

    def of(self, several: Sequence[Row]) -> list[Row]:
        """Those that these rows build on, in the order of the file; of debts also those which these build on."""
        asked = [mark for row in several for mark in _asked(row)]
        seen, found = set(asked), dict[int, Row]()
        for mark in asked:  # grows
            for row in self._kept.get(mark, ()):
                found[row.record.line] = row
                more = [each for each in _marks(row) if isinstance(row, DebtRow) and each not in seen]
                seen.update(more)
                asked += more
        return [found[line] for line in sorted(found)]


def _needed(several: list[Row]) -> list[Row]:
    """Of debts the first, by which the debtor is there, and whichever told each thing last."""
    if len(several) == 1:
        return several
    debts = [row for row in several if isinstance(row, DebtRow)]
    if not debts:
        return several[:MOST_UNDER]
    last = {name: row for row in debts for name in _TOLD if getattr(row, name)}
    lines = {row.record.line for row in (debts[0], *last.values())}
    return [row for row in debts if row.record.line in lines]


def _marks(row: Row) -> Iterator[Mark]:
    """Under which a row is kept."""
    match row:
        case DebtRow():
            yield "key", row.debtor_id
            plain = documents.normal(row.document.rpartition(":")[2])
            if documents.fits(plain):
                yield "document", plain
        case RecallRow():
            yield "at", row.debtor_id, _path(row)
            for above in _above(row):
                yield "under", row.debtor_id, above


def _asked(row: Row) -> Iterator[Mark]:
    """Under which it finds what it builds on: a recall in those of the same charges, be they wider or narrower."""
    if not isinstance(row, RecallRow):
        yield from _marks(row)
        return
    for path in (_path(row), *_above(row)):
        yield "at", row.debtor_id, path
    if not row.charge:
        yield "under", row.debtor_id, _path(row)


def _path(row: RecallRow) -> str:
    """ "" for all that the debtor owes."""
    return row.charge or row.debt


def _above(row: RecallRow) -> list[str]:
    """The debts that hold its charges, and "" for all."""
    path = _path(row)
    return [path[:at] for at, each in enumerate(path) if each == "/" and at] + ([""] if path else [])
