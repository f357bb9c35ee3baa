"""A row of a file becomes what a verb takes; whatever is wrong in it is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from console.errors import Refusal
from console.imports.faults import Fault, Mistake
from console.imports.read import Record

T = TypeVar("T")
Wrong = tuple[Record, list[Fault]]
"""A row that is left out, and why."""


class WrongRow(Exception):
    """A row that is left out."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class Cells:
    """The cells of one row, read one after the other; `done` raises what was wrong in all of them."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.faults = list(record.faults)

    def text(self, column: str, default: str = "") -> str:
        return self.record.cells.get(column) or default

    def wrong(self, column: str, code: str, **args: str) -> None:
        self.faults.append(Mistake(code, **args).at(self.record.line, column))

    def needed(self, column: str, code: str = "", **args: str) -> str:
        """A cell that must not be empty; `code`: what is said of it when it is, if not `empty_` and its column."""
        found = self.text(column)
        if not found:
            self.wrong(column, code or f"empty_{column}", **args)
        return found

    def value(self, column: str, of: Callable[[str], T], default: T) -> T:
        """What `of` makes of a cell; the default for an empty one and for one it cannot read, which is a fault."""
        found = self.text(column)
        if not found:
            return default
        try:
            return of(found)
        except Mistake as mistake:
            self.faults.append(mistake.at(self.record.line, column))
            return default

    def done(self) -> None:
        """Raises WrongRow."""
        if self.faults:
            raise WrongRow(self.faults)


def refused(record: Record, error: Refusal, columns: Mapping[str, str]) -> WrongRow:
    """A verb's refusal as the fault of the column that holds the field it names."""
    field = str(error.facts.get("field", ""))
    return WrongRow([Fault(record.line, columns.get(field, ""), error.detail)])
