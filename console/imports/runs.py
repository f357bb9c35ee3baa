"""Imports as rows, and as their callers see them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.portfolios import sees_portfolio, visible_portfolios
from console.errors import Invalid, NotFound
from console.imports.models import import_fault, import_run
from console.imports.words import KINDS
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query, rows
from console.store.transaction import Reader
from console.timeline.view import people
from console.wire.moment import Ms, rfc3339
from console.wire.paging import MOST, a_page, place_of, youngest_first
from console.wire.shapes import Named, Person

FAULTS_A_LINE = 64  # more columns than any kind has


class RunRow(Struct):
    """All columns of `import_run`, in their order."""

    id: str
    portfolio_id: str
    kind: str
    dry_run: int
    name: str
    state: str
    why: str
    unused: str
    rows: int
    done: int
    outcomes: str
    rejected: int
    kept: int
    by_id: str | None
    created_at: Ms
    ended_at: Ms | None
    why_code: str
    why_args: str


class Import(Struct, frozen=True, kw_only=True):
    """One file. `state`: waiting, running, done, failed (then `why` says what is wrong with the file as a whole, and
    `why_code` with `why_args` the same to a program); `warned`: rows that came in, of which something is to be said;
    `rows` is known once it was read. Each row that is `done` is created, updated, suspended, known or rejected.
    `unused`: headers that mean nothing here. `errors_url`: the rejected rows as CSV, to be corrected and imported;
    for a week.
    """

    id: str
    kind: str
    portfolio: Named
    dry_run: bool
    name: str
    state: str
    why: str
    why_code: str
    why_args: dict[str, str]
    rows: int
    done: int
    created: int
    updated: int
    suspended: int
    known: int
    rejected: int
    warned: int
    unused: list[str]
    errors_url: str | None
    by: Person | None
    created_at: str
    ended_at: str | None


class ImportPage(Struct, frozen=True):
    items: list[Import]
    next: str | None


class RunsQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The query of GET /imports."""

    portfolio: str | None = None
    kind: str | None = None
    limit: int = 50
    cursor: str | None = None


class WrongCell(Struct, frozen=True):
    """`line` as the file's program counts it, `column` the contract's name or "", `says` what is wrong and how to mend
    it, in English; `code` and `args` say the same to a program. What a verb refused has the code `refused`.
    """

    line: int
    column: str
    says: str
    code: str
    args: dict[str, str]


class WrongCells(Struct, frozen=True):
    items: list[WrongCell]
    next: str | None


class FaultsQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    limit: int = 100
    cursor: str | None = None


_ONE = Query(select(import_run).where(import_run.c.id == bindparam("id")), RunRow)


def one(reader: Reader, run_id: str) -> RunRow:
    """Whoever asks. Raises NotFound."""
    found = _ONE.first(reader, id=run_id)
    if found is None:
        raise NotFound
    return found


def visible(reader: Reader, actor: Actor, run_id: str) -> RunRow:
    """Raises NotFound for an import into a portfolio that is not the actor's business."""
    found = one(reader, run_id)
    if not sees_portfolio(reader, actor, found.portfolio_id):
        raise NotFound
    return found


def shown(reader: Reader, row: RunRow) -> Import:
    return _shape(reader, row, people(reader, [row.by_id]))


def page(reader: Reader, actor: Actor, query: RunsQuery) -> ImportPage:
    """The youngest first. Raises Invalid, naming the parameter."""
    if query.kind is not None and query.kind not in KINDS:
        raise Invalid(f"kind is one of {', '.join(KINDS)}.", field="kind")
    mine = select(portfolio.c.id).where(visible_portfolios(actor))
    clause = select(import_run).where(import_run.c.portfolio_id.in_(mine))
    if query.portfolio is not None:
        clause = clause.where(import_run.c.portfolio_id == query.portfolio)
    if query.kind is not None:
        clause = clause.where(import_run.c.kind == query.kind)
    found = rows(reader, youngest_first(clause, import_run, query.limit, query.cursor), RunRow)
    some, more = a_page(found, query.limit)
    cast = people(reader, [each.by_id for each in some])
    return ImportPage([_shape(reader, each, cast) for each in some], more)


def faults(reader: Reader, actor: Actor, run_id: str, query: FaultsQuery) -> WrongCells:
    """What is wrong, by line. Raises NotFound, Invalid."""
    visible(reader, actor, run_id)
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    after = place_of(query.cursor)
    table = import_fault.c
    clause = select(table.n, table.line, table.column, table.says, table.code, table.args)
    clause = clause.where(table.import_id == run_id)
    if after is not None:
        clause = clause.where(table.n > after)
    found = rows(reader, clause.order_by(table.n).limit(query.limit + 1), lambda *columns: columns)
    some = found[: query.limit]
    cells = [WrongCell(line, column, says, code, load(args)) for _, line, column, says, code, args in some]
    return WrongCells(cells, str(some[-1][0]) if len(found) > query.limit else None)


def has_report(row: RunRow) -> bool:
    """Of documents there is none: what is wrong names the file."""
    return bool(row.rejected and row.kept) and row.kind != "documents"


def _shape(reader: Reader, row: RunRow, cast: Mapping[str, Person]) -> Import:
    outcomes = load(row.outcomes)
    book = get_portfolio(reader, row.portfolio_id)
    return Import(
        id=row.id, kind=row.kind, portfolio=Named(book.id, book.name), dry_run=bool(row.dry_run), name=row.name,
        state=row.state, why=row.why, why_code=row.why_code, why_args=load(row.why_args),
        rows=row.rows, done=row.done, created=outcomes.get("created", 0),
        updated=outcomes.get("updated", 0), suspended=outcomes.get("suspended", 0), known=outcomes.get("known", 0),
        rejected=row.rejected, warned=outcomes.get("warned", 0), unused=load(row.unused),
        errors_url=f"/api/v1/imports/{row.id}/errors" if has_report(row) else None,
        by=None if row.by_id is None else cast.get(row.by_id), created_at=rfc3339(row.created_at),
        ended_at=None if row.ended_at is None else rfc3339(row.ended_at),
    )  # fmt: skip


assert RunRow.__struct_fields__ == tuple(import_run.c.keys())
