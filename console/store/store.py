"""The store's face: `await store.write(verb, …)`, `await store.read(query, …)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from console.clock import Clock
from console.store.lanes import Load
from console.store.transaction import Event, Fact, Reader, Tx

P = ParamSpec("P")
T = TypeVar("T")

Append = Callable[[Tx, Sequence[Fact]], Sequence[Event]]
"""Writes facts into the log, in order, as part of the transaction (`console.log.append`)."""

Committed = Callable[[Sequence[Event], frozenset[str]], None]
"""Hears, on the event loop, what one commit brought: its events in log order, and the workers to wake."""


class Store(Protocol):
    """One database. `write` resumes after the commit; a verb that raises rolls back alone."""

    dialect: str
    clock: Clock
    on_commit: Committed | None
    load: Load
    on_batch: Callable[[int], object]  # hears, in the writer's thread, how many verbs one commit carried

    async def write(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same without an event loop: for commands. Nobody in this process hears of it but the log's readers."""

    def read_now(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def close(self) -> None: ...


def open_store(url: str, clock: Clock, append: Append) -> Store:
    """The store of a database URL: `sqlite:///PATH` or `postgresql://…`. Raises ValueError for any other."""
    if url.startswith("sqlite:///"):
        from console.store.sqlite import SqliteStore

        return SqliteStore(url.removeprefix("sqlite:///"), clock, append)
    if url.startswith(("postgresql://", "postgres://")):
        from console.store.postgres import PostgresStore

        return PostgresStore(url, clock, append)
    raise ValueError(f"not a database this product knows: {url.split(':', 1)[0]}")
