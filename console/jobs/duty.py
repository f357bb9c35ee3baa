"""What one process at a time does: a duty is held for a few seconds and renewed, and falls to another when it is not.

It spares work and keeps a pace; it is no fence. Whoever holds one may have stood still and lost it without knowing, so
what the duty is about is guarded by its own transaction all the same (invariants 7 and 9).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, or_

from console.jobs.models import duty
from console.store.statement import Statement, remove
from console.store.transaction import Tx
from console.wire.moment import SECOND, Ms

HELD_MS: Ms = 3 * SECOND
"""From a renewal on, by the database's clock: the clocks of the processes need not agree."""


def take(tx: Tx, names: Iterable[str], holder: str) -> list[str]:
    """Take these duties, or go on with them; those that are the holder's now."""
    now = tx.server_time()
    until = now + HELD_MS
    statement = _TAKE[tx.dialect]
    return [
        name
        for name in sorted(names)  # in one order, so that two takers never wait for each other
        if statement.run(tx, name=name, holder=holder, until=until, now=now)
    ]


def lay_down(tx: Tx, holder: str, names: Iterable[str] | None = None) -> int:
    """A process that stops in good order leaves these duties (None: all it has) to the others; how many."""
    if names is None:
        return remove(tx, duty, holder=holder)
    return sum(remove(tx, duty, holder=holder, name=name) for name in sorted(names))


def _take(name: str) -> Statement:
    from sqlalchemy.dialects import postgresql, sqlite

    insert = (sqlite if name == "sqlite" else postgresql).insert(duty)
    insert = insert.values({each: bindparam(each) for each in ("name", "holder", "until")})
    changes = {"holder": insert.excluded.holder, "until": insert.excluded.until}
    mine_or_free = or_(duty.c.holder == insert.excluded.holder, duty.c.until <= bindparam("now"))
    return Statement(insert.on_conflict_do_update(index_elements=["name"], set_=changes, where=mine_or_free))


_TAKE = {name: _take(name) for name in ("sqlite", "postgresql")}
