"""SQLite: one writer thread that takes all who wait, and who are about to, into one commit, and a few that read.

A refused verb rolls back alone. Verbs run in savepoints, or, where many wait, without any until one is refused: then
all of that batch run again, in savepoints (a verb may be run twice on PostgreSQL, too). WAL and synchronous=FULL: the
caller resumes after the fsync that it shares with everybody in the batch.

The driver is apsw: half of what the standard library's costs a statement, and the same SQLite on every machine
(docs/decisions/0018-the-driver-of-sqlite.md). Nothing else may open the same file in this process: SQLite's locks are
the process's, and another library's close would let go of them.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import apsw
import structlog

from console.clock import Clock
from console.errors import Unavailable
from console.fault import fault
from console.store.lanes import MANY, Company, Lanes, Load, a_moment, lane
from console.store.store import Append, Committed
from console.store.transaction import Event, Fact, Reader, Tx, carried, plain
from console.store.unsynced import end, is_unsynced, keep_checkpoints
from console.store.words import folded

log = structlog.get_logger("store")
P = ParamSpec("P")
T = TypeVar("T")

BATCH = 256  # verbs a commit: no more are looked for then
MACHINE = (
    apsw.FullError, apsw.IOError, apsw.BusyError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.NoMemError,
    apsw.CorruptError,
)  # fmt: skip
"""What the machine did, not the statement."""
BUSY_MS = 5_000  # how long to wait for another process's write lock
READERS = 4
WAL_PAGES = 4_000
"""About 16 MiB of log before its pages go into the file: a page that changes with every message goes once for many."""
WARY = 64  # commits in savepoints after somebody was refused: whoever is refused again costs the others nothing
STATEMENTS = 512  # kept prepared, a connection
CACHE_KIB = 32 * 1024  # what the writer may hold of the file: its pages are read again and again


class _Job(NamedTuple):
    lane: int
    verb: Callable[[Tx], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class _Done(NamedTuple):
    lane: int
    future: asyncio.Future[Any]
    result: Any
    error: BaseException | None


class _Brought:
    """What one commit brings."""

    def __init__(self) -> None:
        self.done: list[_Done] = []
        self.events: Sequence[Event] = ()
        self.facts: list[Fact] = []
        self.woken: set[str] = set()
        self.late: list[tuple[str, Any]] = []
        self.rows: list[tuple[str, Any]] = []

    def take(self, job: _Job, tx: Tx, result: Any) -> None:
        """What a verb told and left for the end."""
        self.facts += tx.facts
        self.woken |= tx.woken
        self.late += tx.late
        self.rows += tx.rows
        self.done.append(_Done(job.lane, job.future, result, None))


class SqliteStore:
    dialect = "sqlite"

    def __init__(self, path: str, clock: Clock, append: Append) -> None:
        self.path = path
        self.clock = clock
        self.on_commit: Committed | None = None
        self.on_batch: Callable[[int], object] = lambda size: None
        self.durable = True  # False before the first write: for data that are made anew when they are lost
        self._append = append
        self._jobs: queue.SimpleQueue[list[_Job]] = queue.SimpleQueue()  # an empty list: the store closes
        self._gathered: list[_Job] = []  # what this turn of the event loop brought, for the writer as a whole
        self._lanes: Lanes[_Job] = Lanes()
        self.load = Load()
        self.company = Company()
        self._writer: threading.Thread | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._local = threading.local()
        self._opened: list[apsw.Connection] = []
        self._wary = 0  # commits that are still made in savepoints, whatever waits
        self._kept: dict[object, Any] = {}  # the writer's, see `Reader.once`
        self._version: object = None  # of the file as others left it, when `_kept` was read

    async def write(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if not self._gathered:
            loop.call_soon(self._hand_over)
        where = lane.get()
        self._gathered.append(_Job(where, lambda tx: verb(tx, *args, **kwargs), future, loop))
        self.load.waiting[where] += 1
        return await future

    async def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()

        def work(reader: Reader) -> T:
            return carried(query, reader, *args, **kwargs)

        return await loop.run_in_executor(self._readers, self.read_now, work)

    def read_now(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        connection = self._reading()
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        try:
            return query(Reader(cursor, self.dialect, self.clock), *args, **kwargs)
        finally:
            cursor.execute("ROLLBACK")
            cursor.close()

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        connection = connect(self.path)
        try:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            tx = Tx(cursor, self.dialect, self.clock)
            try:
                result: T = plain(verb(tx, *args, **kwargs))
                tx.settle()
                self._append(tx, tx.facts)
                _run_late(cursor, tx.rows, tx.late)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
            return result
        finally:
            connection.close()

    async def close(self) -> None:
        """Finish what waits, then let go of the files."""
        self._hand_over()
        if self._writer is not None:
            self._jobs.put([])
            await asyncio.to_thread(self._writer.join)
            self._writer = None
        self._readers.shutdown(wait=True)
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._local = threading.local()

    def _hand_over(self) -> None:
        """Once a turn of the loop: each hand-over takes the interpreter from one thread to the other."""
        if not self._gathered:
            return
        if self._writer is None:
            self._writer = threading.Thread(target=self._run, name="writer", daemon=True)
            self._writer.start()
        self._jobs.put(self._gathered)
        self._gathered = []

    def _run(self) -> None:
        """The writer thread. It opens the database when there is something to write, and again when that failed."""
        connection: apsw.Connection | None = None
        while jobs := self._take():
            began = time.monotonic()
            try:
                connection = connection or connect(self.path, durable=self.durable)
                self._commit(connection.cursor(), jobs)
            except Exception as error:  # nobody may be left waiting, whatever it was
                self._fail(jobs, error)
                if connection is not None:
                    connection.close()
                    connection = None
            took = time.monotonic() - began
            self.load.took(took, len(jobs))
            self.company.took(took, len(jobs))
        if connection is not None:
            connection.close()

    def _take(self) -> list[_Job]:
        """Wait for one, then take what else waits, lane by lane. Empty: the store closes, and nothing waits."""
        is_open, behind = self._add_waiting(), len(self._lanes)
        if is_open and not self._lanes:
            is_open = self._add(self._jobs.get()) and self._add_waiting()
        wanted = self.company.awaited(behind, len(self._lanes)) if is_open else 0
        if wanted:
            is_open = self._await(wanted)
        if not is_open and self._lanes:
            self._jobs.put([])  # what waits is written first
        return self._lanes.take(BATCH)

    def _await(self, wanted: int) -> bool:
        """Until so many are here, or patience is over; False when the store closes."""
        until, is_open = time.monotonic() + self.company.patience_s, True
        while is_open and len(self._lanes) < wanted and (left := until - time.monotonic()) > 0:
            is_open = self._add_next(left)
        self.company.came(all_of_them=len(self._lanes) >= wanted)
        return is_open

    def _add_waiting(self) -> bool:
        """Whatever waits just now; False when the store closes."""
        while not self._jobs.empty():
            if not self._add(self._jobs.get()):
                return False
        return True

    def _add_next(self, patience_s: float) -> bool:
        """What comes next, if it comes in time; False when the store closes."""
        try:
            return self._add(self._jobs.get(timeout=patience_s))
        except queue.Empty:
            return True

    def _add(self, jobs: list[_Job]) -> bool:
        """Whether there were any: an empty list says that the store closes."""
        self._lanes.add((job.lane, job) for job in jobs)
        return bool(jobs)

    def _commit(self, cursor: apsw.Cursor, jobs: list[_Job]) -> None:
        self.on_batch(len(jobs))
        try:
            self._begin(cursor)
            brought = self._together(cursor, jobs) or self._apart(cursor, jobs)
            _run_late(cursor, brought.rows, brought.late)
            if brought.events:
                fault("store.before_commit")
            cursor.execute("COMMIT")
            if brought.events:
                fault("store.committed")
        except apsw.Error as error:
            self._kept.clear()
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")
            if is_unsynced(error):
                end(error)
            self._fail(jobs, error)
            return
        jobs[0].loop.call_soon_threadsafe(self._tell, brought.done, list(brought.events), frozenset(brought.woken))

    def _begin(self, cursor: apsw.Cursor) -> None:
        cursor.execute("BEGIN IMMEDIATE")
        self._look_for_others(cursor)

    def _together(self, cursor: apsw.Cursor, jobs: list[_Job]) -> _Brought | None:
        """All of them with nothing between. None, and nothing of it happened, when one was refused or there are few."""
        if self._wary or len(jobs) < MANY:
            self._wary = max(self._wary - 1, 0)
            return None
        brought = _Brought()
        try:
            for job in jobs:
                tx, result = self._run_verb(cursor, job)
                brought.take(job, tx, result)
            brought.events = self._append(tx, brought.facts)
        except BaseException:  # who raised it will do so again, in its savepoint
            self._wary = WARY
            self._kept.clear()
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")
            self._begin(cursor)
            return None
        return brought

    def _apart(self, cursor: apsw.Cursor, jobs: list[_Job]) -> _Brought:
        """Each in a savepoint of its own."""
        brought = _Brought()
        events: list[Event] = []
        for job in jobs:
            cursor.execute("SAVEPOINT verb")
            try:
                tx, result = self._run_verb(cursor, job)
                events += self._append(tx, tx.facts)
                brought.take(job, tx, result)
            except BaseException as error:  # handed to the caller, who alone can judge it
                self._kept.clear()
                cursor.execute("ROLLBACK TO verb")
                brought.done.append(_Done(job.lane, job.future, None, _judged(error)))
            cursor.execute("RELEASE verb")
        brought.events = events
        return brought

    def _run_verb(self, cursor: apsw.Cursor, job: _Job) -> tuple[Tx, Any]:
        tx = Tx(cursor, self.dialect, self.clock, self._kept)
        result = plain(carried(job.verb, tx))
        tx.settle()
        return tx, result

    def _look_for_others(self, cursor: apsw.Cursor) -> None:
        """Forget what was kept when another connection has written since."""
        version = cursor.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._kept.clear()
            self._version = version

    def _fail(self, jobs: list[_Job], error: Exception) -> None:
        """The whole batch is absent, and everybody in it is told so."""
        refusal = _unavailable(error)
        done = [_Done(job.lane, job.future, None, refusal) for job in jobs]
        jobs[0].loop.call_soon_threadsafe(self._tell, done, [], frozenset())
        log.error("store.not_written", changes=len(jobs), why=f"{type(error).__name__}: {error}")

    def _tell(self, done: list[_Done], events: list[Event], woken: frozenset[str]) -> None:
        if self.on_commit is not None and (events or woken):
            self.on_commit(events, woken)
        for where, future, result, error in done:
            self.load.waiting[where] -= 1
            if future.cancelled():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _reading(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path, reading=True)
            self._opened.append(connection)
        return connection


def _run_late(cursor: apsw.Cursor, rows: Iterable[tuple[str, Any]], late: Iterable[tuple[str, Any]]) -> None:
    """Rows that nobody has read yet, kind by kind; then what has an order."""
    kinds: dict[str, list[Any]] = {}
    for sql, values in rows:
        kinds.setdefault(sql, []).append(values)
    for sql, several in kinds.items():
        cursor.executemany(sql, several)
    for sql, alike in groupby(late, itemgetter(0)):
        cursor.executemany(sql, [values for _, values in alike])


def _judged(error: BaseException) -> BaseException:
    """What a verb raised, as its caller should know it: a disk that is full or broken is no fault of the verb's."""
    return _unavailable(error) if isinstance(error, MACHINE) else error


def _unavailable(error: BaseException) -> Unavailable:
    refusal = Unavailable("The database did not take the change.", retry_after=a_moment())
    refusal.__cause__ = error
    return refusal


def _folded(*values: object) -> str:
    """`folded` for SQL, which hands over whatever the column holds."""
    return folded(str(values[0]))


def connect(path: str, *, reading: bool = False, durable: bool = True) -> apsw.Connection:
    """A connection with the settings every part of the product relies on. Transactions are begun by hand."""
    connection = apsw.Connection(path, statementcachesize=STATEMENTS)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)  # plan once, not anew for every value
    connection.set_busy_timeout(BUSY_MS)
    connection.execute("PRAGMA journal_mode=WAL")
    keep_checkpoints(connection, WAL_PAGES, end)
    connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    if reading:
        connection.execute("PRAGMA query_only=ON")
        connection.create_scalar_function("folded", _folded, 1, deterministic=True)
    else:
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    return connection
