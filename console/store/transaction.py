"""What a verb or a read is given: a cursor, the moment, and (for verbs) the means to tell what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from inspect import iscoroutine
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct

from console.clock import Clock
from console.wire.moment import Ms

T = TypeVar("T")
P = ParamSpec("P")


class Fact(Struct, frozen=True):
    """An event as a verb tells it. `topics` are its audience; `data` is what all of them may see."""

    name: str
    case: str | None
    topics: tuple[str, ...]
    data: Any  # a wire struct or a dict


class Event(Struct, frozen=True):
    """A fact in the log: `seq` is its place, `frame` its JSON as sockets carry it, less the cursor."""

    seq: int
    id: str
    at: Ms
    name: str
    case: str | None
    topics: tuple[str, ...]
    data: bytes  # JSON


class Reader:
    """A consistent view of the database at one moment.

    `now` is the domain's time, `real` the same without the demo's shift: for sessions, leases and heartbeats.
    """

    def __init__(self, cursor: Any, dialect: str, clock: Clock, kept: dict[object, Any] | None = None) -> None:
        self.cursor = cursor
        self.dialect = dialect
        self.kept = {} if kept is None else kept  # rows of tables marked SET_UP
        self.now: Ms = clock.now()
        self.real: Ms = clock.real()
        self.memo: dict[object, Any] = {}  # what this verb or read has already loaded

    def once(self, key: object, load: Callable[[], T]) -> T:
        """What `load` reads of tables marked SET_UP, and of no others, and what nobody changes in place.

        It is asked for once a transaction; SQLite's writer keeps it for the next ones too, until such a table changes.
        """
        found: T = self.kept[key] if key in self.kept else self.kept.setdefault(key, load())
        return found

    def server_time(self) -> Ms:
        """The database server's own clock, which several processes share; this machine's on an embedded one."""
        if self.dialect == "sqlite":
            return self.real
        found = self.run("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", None).fetchone()
        return int(found[0])

    def server_line(self) -> str:
        """The history that a database server is in: another one once a standby was promoted, or it was restored to an
        earlier moment. Empty on an embedded database, and where a server does not tell (some hosted ones).
        """
        if self.dialect == "sqlite":
            return ""
        self.run("SAVEPOINT line", None)
        try:
            (line,) = self.run(_LINE, None).fetchone()
        except Exception:  # whatever it lacks: it is asked each second, and nothing else depends on it
            self.run("ROLLBACK TO SAVEPOINT line", None)
            line = ""
        self.run("RELEASE SAVEPOINT line", None)
        return str(line)

    def run(self, sql: str, values: Any) -> Any:
        """Execute SQL of one's own: the search index's, a lock, a savepoint. All else is a `store.statement`."""
        if values is None:
            return self.cursor.execute(sql)
        return self.cursor.execute(sql, values)

    def run_many(self, sql: str, values: list[Any]) -> None:
        """The same statement once for each of `values`."""
        self.cursor.executemany(sql, values)


class Overtaken(Exception):
    """Another transaction got its id after this one, and has told of the same case: the log, which is in the order of
    ids, would tell what we did before what we did it upon. The verb is run again.
    """


class Tx(Reader):
    """One transaction. Whatever is emitted is logged with it or not at all."""

    def __init__(self, cursor: Any, dialect: str, clock: Clock, kept: dict[object, Any] | None = None) -> None:
        super().__init__(cursor, dialect, clock, kept)
        self.facts: list[Fact] = []
        self.woken: set[str] = set()
        self.late: list[tuple[str, Any]] = []
        self.rows: list[tuple[str, Any]] = []
        self.wrote_early = False  # before it held all that it writes about
        self._deferred: dict[object, Callable[[Tx], None]] = {}

    def emit(self, name: str, *, topics: Iterable[str], data: Any, case: str | None = None) -> None:
        """Tell `topics` that something happened. Names are in the past tense, see `wire/events.py`."""
        self.facts.append(Fact(name, case, tuple(dict.fromkeys(topics)), data))

    def wake(self, *workers: str) -> None:
        """After the commit, wake the loops of these names ("assigner", "dispatcher", "jobs", …)."""
        self.woken.update(workers)

    def defer(self, key: object, work: Callable[[Tx], None]) -> None:
        """Do `work` as the last thing of this verb, once per key: for what sums up several changes."""
        self._deferred.setdefault(key, work)

    def run_late(self, sql: str, values: Any) -> None:
        """Execute just before the commit, in the order of asking, when no verb of it can fail any more.

        For the search index: at every savepoint SQLite writes out what its words have gathered, once a verb instead of
        once a commit. A verb does not find what it wrote in this way.
        """
        self.late.append((sql, values))

    def add_late(self, sql: str, values: Any) -> None:
        """Insert a row of a journal just before the commit, together with the rows of all who share the commit. Nobody
        reads it before.
        """
        self.rows.append((sql, values))

    def settle(self) -> None:
        """Run what was deferred; the store calls it before it writes the log."""
        while self._deferred:
            key = next(iter(self._deferred))
            self._deferred.pop(key)(self)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the verb, as if it were a verb of its own: it happens whole, or not at all when it raises, and what
        other parts did stays.
        """
        self.settle()
        self.memo.clear()
        told, woken, late, rows = len(self.facts), set(self.woken), len(self.late), len(self.rows)
        self.run("SAVEPOINT part", None)
        try:
            yield
            self.settle()
        except BaseException:
            self.run("ROLLBACK TO SAVEPOINT part", None)
            del self.facts[told:], self.late[late:], self.rows[rows:]
            self.woken = woken
            self._deferred.clear()
            self.memo.clear()
            self.kept.clear()
            raise
        finally:
            self.run("RELEASE SAVEPOINT part", None)

    @property
    def alone(self) -> bool:
        """Whether nobody else can change anything meanwhile, so that a row that was read need not be locked."""
        return self.dialect == "sqlite"

    def lock(self, key: str, *, shared: bool = False) -> None:
        """Hold `key` to the end of the transaction. SQLite's single writer holds everything already. `shared`: beside
        others who share it, and never beside one who does not.

        On PostgreSQL an advisory lock, taken before the first write: it assigns no transaction id, so positions and
        transaction ids come in the same order (invariant 2). Who wrote before is checked when it tells (`log.append`).
        """
        if self.dialect == "postgresql":
            (_, xid) = self.run(_SHARED if shared else _LOCK, {"key": key}).fetchone()
            self.wrote_early = self.wrote_early or xid is not None


_LINE = """
    SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE
        (SELECT system_identifier FROM pg_control_system()) || '.' || left(pg_walfile_name(pg_current_wal_lsn()), 8) END
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0)), pg_current_xact_id_if_assigned()::text"
_SHARED = _LOCK.replace("xact_lock(", "xact_lock_shared(")


def plain(result: Any) -> Any:
    """The result of a verb. Raises TypeError for one that could wait for something else while its transaction is
    open.
    """
    if iscoroutine(result):
        result.close()
        raise TypeError("a verb may not await: a transaction never spans a call to the world")
    return result


def carried(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives back, to be carried from one thread to another. A future takes no StopIteration (whoever waits
    for it would wait for ever), so a `next` that finds nothing is raised as what it is: a mistake.
    """
    try:
        return work(*args, **kwargs)
    except StopIteration as error:
        raise RuntimeError("a next() found nothing") from error
