"""Statements, compiled once per database and run on the bare driver.

SQLAlchemy's own execution costs 60 microseconds a statement, the driver's 10 (`docs/decisions/0002-store.md`): the
expression language is kept, the rest is skipped. All column kinds are native to both drivers, so no value needs
converting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement, visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BindParameter

if TYPE_CHECKING:
    from console.store.transaction import Reader, Tx

T = TypeVar("T")


class _Compiled(Protocol):
    def __call__(self, params: Mapping[str, Any]) -> tuple[str, Any]: ...


def _sqlite() -> Dialect:
    return sqlite.dialect(paramstyle="qmark")


def _postgresql() -> Dialect:
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    return PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Blank(str):
    """Stands in a clause where a value would, and names it: the value is given at execution, as for a `bindparam`. What
    builds clauses of values so builds one that is compiled once for all of them.
    """

    __slots__ = ()


_DIALECTS: dict[str, Dialect] = {}
_CONSTANT = re.compile(r"[a-z_]{1,32}")


def dialect(name: str) -> Dialect:
    """SQLAlchemy's dialect object, made once. `name` is "sqlite" or "postgresql"."""
    if name not in _DIALECTS:
        _DIALECTS[name] = _sqlite() if name == "sqlite" else _postgresql()
    return _DIALECTS[name]


def _compile(clause: ClauseElement, name: str, *, constants: bool = False) -> _Compiled:
    """`constants`: write the clause's own words ('queued', 'resolved') into the statement."""
    for each in visitors.iterate(clause):
        if isinstance(each, BindParameter):
            each.required = False  # values come at execution; lists (IN) are rendered now, which would ask for them
            if constants and type(each.value) is str and _CONSTANT.fullmatch(each.value):
                each.literal_execute = True  # as a parameter, SQLite would plan anew each time (partial indexes)
    compiled = clause.compile(dialect=dialect(name), compile_kwargs={"render_postcompile": True})
    sql, defaults = str(compiled), dict(compiled.params)
    blanks = {key: str(defaults.pop(key)) for key, each in compiled.params.items() if isinstance(each, Blank)}
    order: Sequence[str] | None = getattr(compiled, "positiontup", None)
    if order is not None:
        order = [blanks.get(key, key) for key in order]
        fixed = {key: value for key, value in defaults.items() if value is not None}
        if len(order) == 1 and not fixed:
            (only,) = order
            return lambda params: (sql, (params[only],))
        if len(order) > 1:
            return _ordered(sql, order, fixed)
        return lambda params: (sql, [params[key] if key in params else fixed.get(key) for key in order])
    if blanks:
        return lambda params: (sql, {**defaults, **params, **{key: params[name] for key, name in blanks.items()}})
    return lambda params: (sql, {**defaults, **params} if defaults else None)


def _ordered(sql: str, order: Sequence[str], fixed: Mapping[str, Any]) -> _Compiled:
    """Values by place, as SQLite takes them; one that was not given is null. `fixed`: what the clause itself holds."""
    every = itemgetter(*order)

    def values(params: Mapping[str, Any]) -> tuple[str, Any]:
        try:
            return sql, every(params)
        except KeyError:
            return sql, [params.get(key) for key in order]

    return (lambda params: values({**fixed, **params})) if fixed else values


class Statement:
    """A statement whose parameters are named by `bindparam`; compiled on first use, per database."""

    def __init__(self, clause: ClauseElement) -> None:
        self.clause = clause
        self._compiled: dict[str, _Compiled] = {}
        table = clause.table if isinstance(clause, UpdateBase) else None
        info = table.info if isinstance(table, Table) else {}
        self._sets_up = bool(info.get("set_up"))
        self._forgets = table.name if isinstance(table, Table) and info.get("memo") else None

    def execute(self, reader: Reader, params: Mapping[str, Any]) -> Any:
        """The driver's cursor after execution."""
        return reader.cursor.execute(*self.rendered(reader)(params))

    def rendered(self, reader: Reader) -> _Compiled:
        """What makes the statement's text and its values, for this database's driver, of parameters. Whoever asks will
        execute it: what was kept of the table is forgotten.
        """
        if self._sets_up:
            reader.kept.clear()
        elif self._forgets is not None:
            reader.memo.pop(self._forgets, None)
        compiled = self._compiled.get(reader.dialect)
        if compiled is None:
            compiled = self._compiled[reader.dialect] = _compile(self.clause, reader.dialect, constants=True)
        return compiled

    def execute_many(self, reader: Reader, many: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of `many`, which all have the same keys."""
        compiled = self.rendered(reader)
        made = [compiled(each) for each in many]
        reader.run_many(made[0][0], [values for _, values in made])

    def run(self, tx: Tx, **params: Any) -> int:
        """Execute a change; how many rows it touched."""
        return _touched(tx, self.execute(tx, params))


class Query(Statement, Generic[T]):
    """A select whose rows become `into(*columns)`: give columns in the order of the struct's fields."""

    def __init__(self, clause: ClauseElement, into: Callable[..., T]) -> None:
        super().__init__(clause)
        self.into = into

    def all(self, reader: Reader, **params: Any) -> list[T]:
        into = self.into
        return [into(*row) for row in self.execute(reader, params).fetchall()]

    def first(self, reader: Reader, **params: Any) -> T | None:
        row = self.execute(reader, params).fetchone()
        return None if row is None else self.into(*row)


def places(count: int) -> list[BindParameter[Any]]:
    """For `column.in_(…)` in a statement that is compiled once for each `count`; `placed` gives the values. There is
    room for as many as the next power of two: each text of a statement is planned by itself, and kept beside the rest.
    """
    return [bindparam(f"in_{place}") for place in range(_room(count))]


def placed(values: Sequence[Any]) -> dict[str, Any]:
    """What room is left holds the last value again."""
    found = {f"in_{place}": each for place, each in enumerate(values)}
    found |= {f"in_{place}": values[-1] for place in range(len(values), _room(len(values)))}
    return found


def _room(count: int) -> int:
    return 1 << (count - 1).bit_length() if count else 0


def value(column: T) -> T:
    """`into` for a select of one column."""
    return column


def row(*columns: Any) -> tuple[Any, ...]:
    """`into` for a select that is read as a plain tuple."""
    return columns


def rows(reader: Reader, clause: ClauseElement, into: Callable[..., T]) -> list[T]:
    """Run a select built on the spot (filters, lists). Costs a compilation of some 200 microseconds: not for hot
    paths.
    """
    # SQLite plans once, without looking at values: only what is written into it can choose a partial index.
    sql, values = _compile(clause, reader.dialect, constants=reader.dialect == "sqlite")({})
    return [into(*each) for each in reader.run(sql, values).fetchall()]


def add(tx: Tx, table: Table, **values: Any) -> None:
    """Insert one row."""
    _insert(table, tuple(values)).execute(tx, values)


def add_late(tx: Tx, table: Table, **values: Any) -> None:
    """Insert one row of a journal just before the commit (`Tx.add_late`)."""
    tx.add_late(*_insert(table, tuple(values)).rendered(tx)(values))


def add_many(tx: Tx, table: Table, many: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns."""
    if many:
        _insert(table, tuple(many[0])).execute_many(tx, many)


def add_once(tx: Tx, table: Table, conflict: Sequence[str], **values: Any) -> bool:
    """Insert one row unless its unique `conflict` columns exist; whether it was inserted. Uniqueness is the
    constraint's.
    """
    return _touched(tx, _insert_once(table, tuple(conflict), tuple(values), tx.dialect).execute(tx, values)) > 0


def put(tx: Tx, table: Table, conflict: Sequence[str], **values: Any) -> None:
    """Insert one row, or overwrite the given columns of the row that has the same `conflict` columns."""
    _upsert(table, tuple(conflict), tuple(values), tx.dialect).execute(tx, values)


def change(tx: Tx, table: Table, where: Mapping[str, Any], **values: Any) -> int:
    """Update the rows whose columns equal `where`; how many."""
    statement, names = _update(table, tuple(where), tuple(values))
    params = dict(zip(names, (*where.values(), *values.values()), strict=True))
    return _touched(tx, statement.execute(tx, params))


def remove(tx: Tx, table: Table, **where: Any) -> int:
    """Delete the rows whose columns equal `where`; how many."""
    params = {f"w_{key}": each for key, each in where.items()}
    return _touched(tx, _delete(table, tuple(where)).execute(tx, params))


def _touched(reader: Reader, cursor: Any) -> int:
    """How many rows the statement just executed changed."""
    return int(cursor.connection.changes() if reader.dialect == "sqlite" else cursor.rowcount)


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Statement:
    return Statement(table.insert().values({key: bindparam(key) for key in columns}))


@cache
def _insert_once(table: Table, conflict: tuple[str, ...], columns: tuple[str, ...], name: str) -> Statement:
    insert = sqlite.insert if name == "sqlite" else postgresql.insert
    clause = insert(table).values({key: bindparam(key) for key in columns})
    return Statement(clause.on_conflict_do_nothing(index_elements=list(conflict)))


@cache
def _upsert(table: Table, conflict: tuple[str, ...], columns: tuple[str, ...], name: str) -> Statement:
    insert = sqlite.insert if name == "sqlite" else postgresql.insert
    clause = insert(table).values({key: bindparam(key) for key in columns})
    changes = {key: clause.excluded[key] for key in columns if key not in conflict}
    return Statement(clause.on_conflict_do_update(index_elements=list(conflict), set_=changes))


@cache
def _update(table: Table, where: tuple[str, ...], columns: tuple[str, ...]) -> tuple[Statement, tuple[str, ...]]:
    """The statement, and the names of its parameters: those of `where`, then those of the columns."""
    clause = table.update().values({key: bindparam(f"v_{key}") for key in columns})
    names = (*(f"w_{key}" for key in where), *(f"v_{key}" for key in columns))
    return Statement(clause.where(*(table.c[key] == bindparam(f"w_{key}") for key in where))), names


@cache
def _delete(table: Table, where: tuple[str, ...]) -> Statement:
    return Statement(table.delete().where(*(table.c[key] == bindparam(f"w_{key}") for key in where)))
