"""PostgreSQL: a small pool of threads over psycopg, one transaction a verb, tried again when the database asks for
it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from psycopg import errors

from console.clock import Clock
from console.errors import Unavailable
from console.fault import fault
from console.store.lanes import Load, lane
from console.store.store import Append, Committed
from console.store.transaction import Event, Overtaken, Reader, Tx, carried, plain

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_SECONDS = 5
LIMITS = "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=5000 -c jit=off"
"""A process that stands still within a transaction holds up neither its locks nor the log for longer; and compiling a
statement (jit) takes longer than any of ours may.
"""
WRITERS = 8
READERS = 4
RETRIES = 3  # of one verb, when the database reports a serialization failure or a deadlock
BEATEN = 3  # the same when somebody else's commit took what had to be the only one: run again, it finds that
OVERTAKEN = 5  # the same when the log reports an overtaking, of which a busy case brings several in a row


class PostgresStore:
    dialect = "postgresql"

    def __init__(self, url: str, clock: Clock, append: Append) -> None:
        self.url = url
        self.clock = clock
        self.on_commit: Committed | None = None
        self.load = Load()
        self.on_batch: Callable[[int], object] = lambda size: None
        self._append = append
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="write")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._local = threading.local()
        self._opened: list[psycopg.Connection[Any]] = []

    async def write(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        work = partial(carried, self._write, lambda tx: verb(tx, *args, **kwargs))
        where, began = lane.get(), time.monotonic()
        self.load.waiting[where] += 1
        try:
            result, events, woken = await loop.run_in_executor(self._writers, work)
        finally:
            self.load.waiting[where] -= 1
            self.load.took(time.monotonic() - began, 1)
        if self.on_commit is not None and (events or woken):
            self.on_commit(events, woken)
        return result  # type: ignore[no-any-return]

    async def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()

        def work(reader: Reader) -> T:
            return carried(query, reader, *args, **kwargs)

        return await loop.run_in_executor(self._readers, self.read_now, work)

    def read_now(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return self._look(lambda reader: query(reader, *args, **kwargs))
        except psycopg.OperationalError as error:
            if not self._forget():
                raise Unavailable("The database does not answer in time.", retry_after=2) from error
        try:
            return self._look(lambda reader: query(reader, *args, **kwargs))
        except psycopg.OperationalError as error:
            self._forget()
            raise Unavailable("The database does not answer.", retry_after=2) from error

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        result, _, _ = self._write(lambda tx: verb(tx, *args, **kwargs))
        return result  # type: ignore[no-any-return]

    async def close(self) -> None:
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._local = threading.local()

    def _write(self, verb: Callable[[Tx], Any]) -> tuple[Any, Sequence[Event], frozenset[str]]:
        given_up = beaten = overtaken = 0
        replaced = False
        while True:
            try:
                return self._once(verb)
            except (errors.SerializationFailure, errors.DeadlockDetected) as error:
                if (given_up := given_up + 1) > RETRIES:
                    raise Unavailable("The database is too busy.", retry_after=1) from error
            except errors.UniqueViolation:
                if (beaten := beaten + 1) > BEATEN:
                    raise
            except Overtaken as error:
                if (overtaken := overtaken + 1) > OVERTAKEN:
                    raise Unavailable("The database is too busy.", retry_after=1) from error
            except psycopg.OperationalError as error:
                # A connection that was cut while it lay idle is replaced; once the commit was asked for, nobody knows.
                if not self._forget() or self._local.committing or replaced:
                    raise Unavailable("The database does not answer.", retry_after=2) from error
                replaced = True

    def _look(self, query: Callable[[Reader], T]) -> T:
        connection = self._connection()
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return query(Reader(cursor, self.dialect, self.clock))

    def _once(self, verb: Callable[[Tx], Any]) -> tuple[Any, Sequence[Event], frozenset[str]]:
        self._local.committing = False
        connection = self._connection()
        with connection.transaction(), connection.cursor() as cursor:
            tx = Tx(cursor, self.dialect, self.clock)
            result = plain(verb(tx))
            tx.settle()
            for sql, values in (*tx.rows, *tx.late):
                tx.run(sql, values)
            events = self._append(tx, tx.facts)
            self._local.committing = True
            if events:
                fault("store.before_commit")
        self.on_batch(1)
        if events:
            fault("store.committed")
        return result, events, frozenset(tx.woken)

    def _connection(self) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(self.url, autocommit=True, connect_timeout=CONNECT_SECONDS, options=LIMITS)
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    def _forget(self) -> bool:
        """Let go of this thread's connection; whether there was one and it was broken."""
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is None:
            return False
        broken = connection.broken
        connection.close()
        self._local.connection = None
        if connection in self._opened:
            self._opened.remove(connection)
        return broken
