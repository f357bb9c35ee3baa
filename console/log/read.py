"""Reading the log by cursor: what came after, without a gap.

On PostgreSQL a sequence number is given before its transaction commits, so a plain "after N" would skip whoever took
N-1 and commits later; the log is therefore ordered by (transaction id, sequence) and read only below the snapshot's
xmin, where nothing can appear any more. SQLite's single writer commits in order. The log is never read from a replica.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from console.log.cursor import Mark, read_cursor
from console.log.models import event, incarnation
from console.store.base import load
from console.store.statement import Query, Statement, add, row
from console.store.transaction import Event, Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import Ms

REPLAY = 5_000
"""Events a client may be behind; whoever is further behind loads anew."""
PRUNE = 5_000
"""Events one call of `prune` forgets at most, so that no transaction becomes long."""


class Told(NamedTuple):
    """An event and its place."""

    mark: Mark
    event: Event


class Replay(NamedTuple):
    """What a client missed, and the place up to which that is complete."""

    told: list[Told]
    until: Mark


_COLUMNS = (
    event.c.xid,
    event.c.seq,
    event.c.id,
    event.c.at,
    event.c.name,
    event.c.case_id,
    event.c.topics,
    event.c.data,
)
_PLACE = (event.c.xid, event.c.seq)
_AFTER = or_(event.c.xid > bindparam("xid"), and_(event.c.xid == bindparam("xid"), event.c.seq > bindparam("seq")))
_UP_TO = or_(event.c.xid < bindparam("xid"), and_(event.c.xid == bindparam("xid"), event.c.seq <= bindparam("seq")))

_STATE = Query(select(incarnation.c.id, incarnation.c.pruned_xid, incarnation.c.pruned_seq), row)
_SINCE_SQLITE = Query(
    select(*_COLUMNS).where(event.c.seq > bindparam("seq")).order_by(event.c.seq).limit(bindparam("limit")), row
)
_SINCE_POSTGRES = Query(
    select(*_COLUMNS).where(_AFTER, event.c.xid < bindparam("horizon")).order_by(*_PLACE).limit(bindparam("limit")), row
)
_OLDEST = Query(select(*_PLACE, event.c.at).order_by(*_PLACE).limit(PRUNE), row)
_FORGET = Statement(event.delete().where(_UP_TO))
_PRUNED = Statement(incarnation.update().values(pruned_xid=bindparam("xid"), pruned_seq=bindparam("seq")))


def current(reader: Reader) -> str:
    """The cursor of this reader's view: whatever it cannot see yet comes after (`Acordo-Cursor`, `ready`)."""
    return here(reader).text()


def here(reader: Reader) -> Mark:
    """The same as a mark. On PostgreSQL it stands at the horizon, so some of what is already seen may be told again."""
    name, _, _ = _state(reader)
    if reader.dialect == "sqlite":
        return Mark(name, 0, _last_sequence(reader))
    return Mark(name, _horizon(reader), 0)


def since(reader: Reader, cursor: str, topics: Collection[str], limit: int = REPLAY) -> Replay | None:
    """What happened after a cursor on any of these topics, oldest first.

    None means reset: the cursor is unreadable, of another incarnation, forged, pruned, or over `limit` events back.
    """
    mark, now = read_cursor(cursor), here(reader)
    name, *pruned = _state(reader)
    if mark is None or mark.incarnation != name or bool(mark.xid) is not bool(now.xid):
        return None  # the last: a cursor of the other database's form, which would otherwise be honoured as very old
    if not tuple(pruned) <= mark[1:] <= now[1:]:
        return None
    told = after(reader, mark, limit + 1)
    if len(told) > limit:
        return None
    wanted = frozenset(topics)
    return Replay([each for each in told if not wanted.isdisjoint(each.event.topics)], now)


def after(reader: Reader, mark: Mark, limit: int) -> list[Told]:
    """The next `limit` events after a mark of this incarnation, whatever their topics."""
    if reader.dialect == "sqlite":
        found = _SINCE_SQLITE.all(reader, seq=mark.seq, limit=limit)
    else:
        found = _SINCE_POSTGRES.all(reader, xid=mark.xid, seq=mark.seq, horizon=_horizon(reader), limit=limit)
    return [Told(Mark(mark.incarnation, each[0], each[1]), _event(each)) for each in found]


def prune(tx: Tx, before: Ms) -> int:
    """Forget the oldest events up to a moment, at most PRUNE of them; how many. Older cursors then reset."""
    gone = list(takewhile(lambda place: place[2] < before, _OLDEST.all(tx)))
    if gone:
        xid, seq, _ = gone[-1]
        _FORGET.run(tx, xid=xid, seq=seq)
        _PRUNED.run(tx, xid=xid, seq=seq)
    return len(gone)


def begin(tx: Tx) -> str:
    """The log's incarnation, made when there is none: part of creating a database, by however many at once."""
    tx.lock("log.begin")
    if found := _STATE.first(tx):
        return str(found[0])
    name = new_id()
    add(tx, incarnation, id=name)
    return name


def incarnation_of(reader: Reader) -> str:
    """The log's incarnation as it is. Raises LookupError on a database that was not migrated."""
    return _state(reader)[0]


def reincarnate(tx: Tx) -> str:
    """A new incarnation, so that every cursor given out before resets: part of a restore."""
    tx.run("DELETE FROM incarnation", None)
    return begin(tx)


def _state(reader: Reader) -> tuple[str, int, int]:
    found = _STATE.first(reader)
    if found is None:
        raise LookupError("the database has no incarnation: it was not migrated")
    return found[0], found[1], found[2]


def _last_sequence(reader: Reader) -> int:
    """The last number given, which outlives pruning."""
    found = reader.run("SELECT seq FROM sqlite_sequence WHERE name = 'event'", None).fetchone()
    return int(found[0]) if found else 0


def _horizon(reader: Reader) -> int:
    """No transaction below this id is still open."""
    return int(reader.run("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint", None).fetchone()[0])


def _event(found: tuple[Any, ...]) -> Event:
    _, seq, event_id, at, name, case_id, topics, data = found
    return Event(seq, event_id, at, name, case_id, tuple(load(topics)), data.encode())
