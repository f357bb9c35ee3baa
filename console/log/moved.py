"""A database server whose history is another one than before: a standby was promoted, or an earlier moment restored.

What was committed last may be gone from it, and transaction ids may be given again, so no place in the log that was
handed out before means anything. The log gets a new incarnation: every cursor resets, and everybody loads anew.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from console.log.cursor import Mark
from console.log.models import incarnation
from console.log.read import here
from console.store.statement import Query, change, value
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id

_LINE = Query(select(incarnation.c.line), value)
_PREVIOUS = Query(select(incarnation.c.previous), value)


class Stand(NamedTuple):
    """Where the log is, and whether its server is in another history than the one that is written down."""

    here: Mark
    moved: bool


def stand(reader: Reader) -> Stand:
    """Asked once a second; where a server does not tell its history, nothing ever moves."""
    line = reader.server_line()
    return Stand(here(reader), bool(line) and _LINE.first(reader) != line)


def begin_anew(tx: Tx) -> str:
    """The incarnation of the history that the server is in now: of several processes that notice, one makes it. A
    history that was never written down is the one that the log was begun in.
    """
    tx.lock("log.begin")
    before, line = here(tx).incarnation, tx.server_line()
    known = _LINE.first(tx)
    if not line or known == line:
        return before
    made = new_id() if known else before
    change(tx, incarnation, {"id": before}, id=made, line=line, previous=before if known else "")
    return made


def carried_over(reader: Reader, mark: Mark, now: Mark) -> Mark | None:
    """A place that is kept in the database itself, and so lost what the log lost, in the incarnation of now. None after
    a restore: what comes after the copy is not known to it.
    """
    if mark.incarnation == now.incarnation:
        return mark
    return mark._replace(incarnation=now.incarnation) if mark.incarnation == _PREVIOUS.first(reader) else None
