"""Places in the log, as text that clients keep: INCARNATION.SEQ on SQLite, INCARNATION.XID.SEQ on PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

_LARGEST = 2**63 - 1
_LONGEST = 120


class Mark(NamedTuple):
    """A place in one incarnation of the log. `xid` is 0 on SQLite. Marks of one incarnation compare in log order."""

    incarnation: str
    xid: int
    seq: int

    def text(self) -> str:
        middle = f"{self.xid}." if self.xid else ""
        return f"{self.incarnation}.{middle}{self.seq}"


def read_cursor(text: str) -> Mark | None:
    """The mark a cursor stands for; None for a text that is none."""
    name, *numbers = text.split(".")
    if len(text) > _LONGEST or not name.isalnum() or len(numbers) not in (1, 2):
        return None
    if not all(number.isascii() and number.isdigit() and int(number) <= _LARGEST for number in numbers):
        return None
    xid, seq = ("0", *numbers)[-2:]
    return Mark(name, int(xid), int(seq))
