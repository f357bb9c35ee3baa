"""An import as a job: begun, carried on batch by batch, ended. It may break off anywhere and goes on where it was."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select

from console.access.actor import Actor
from console.access.audience import user_topic
from console.access.idempotent import body_hash, remember, repeated
from console.access.portfolios import sees_portfolio
from console.audit.record import record
from console.debtors.coming import while_people_come
from console.errors import Invalid, NotFound
from console.imports.faults import WARNINGS, Fault, Unreadable
from console.imports.models import import_fault, import_run
from console.imports.read import Sheet, write
from console.imports.rows import Wrong
from console.imports.run import Source, Step, Told, book_step, write_down
from console.imports.runs import FAULTS_A_LINE, RunRow, has_report, one, shown, visible
from console.imports.words import KINDS, Kind
from console.jobs.enqueue import enqueue_job
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import dump, load
from console.store.statement import add, add_many, change, remove, rows, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.timeline.files import safe_name
from console.wire.moment import DAY

JOB = "imports.run"
ROUTE = "imports"
KEPT = 7 * DAY
"""How long a file with wrong rows lies here after its end, so that the report can be fetched."""


class Asked(Struct, frozen=True, kw_only=True):
    """A file that somebody wants brought in. `client_id` "" for none."""

    kind: str
    portfolio: str
    dry_run: bool
    name: str
    sha256: str
    client_id: str = ""


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def must_serve(reader: Reader, actor: Actor, kind: str, portfolio: str) -> PortfolioRow:
    """The portfolio. Raises Invalid, naming the field."""
    if kind not in KINDS:
        raise Invalid(f"kind is one of {', '.join(KINDS)}.", field="kind")
    if not sees_portfolio(reader, actor, portfolio):
        raise Invalid("There is no such portfolio.", field="portfolio")
    book = get_portfolio(reader, portfolio)
    if book.disabled_at is not None:
        raise Invalid("The portfolio is disabled: nothing is brought into it.", field="portfolio")
    return book


def begin(tx: Tx, actor: Actor, asked: Asked, run_id: str) -> tuple[RunRow, bool]:
    """Have a file, which lies under `run_id`, brought in. Raises Invalid, or Conflict for another body."""
    while_people_come(tx)
    book = must_serve(tx, actor, asked.kind, asked.portfolio)
    digest = body_hash(asked, without=("client_id", "name"))
    if asked.client_id:
        before = repeated(tx, actor, ROUTE, asked.client_id, digest)
        if before is not None:
            return one(tx, before), False
    row = RunRow(run_id, book.id, asked.kind, int(asked.dry_run), safe_name(asked.name) or "file", "waiting", "", "[]",
                 0, 0, "{}", 0, 1, actor.id, tx.now, None, "", "{}")  # fmt: skip
    add(tx, import_run, **{name: getattr(row, name) for name in row.__struct_fields__})
    enqueue_job(tx, JOB, {"import": run_id}, key=f"{JOB}:{run_id}")
    record(tx, actor.id, "import.begun", f"import:{run_id}",
           detail={"kind": row.kind, "portfolio": book.id, "dry_run": asked.dry_run})  # fmt: skip
    if asked.client_id:
        remember(tx, actor, ROUTE, asked.client_id, digest, run_id)
    return row, True


def found(tx: Tx, run_id: str, sheet: Sheet) -> None:
    """The file could be read."""
    change(tx, import_run, {"id": run_id}, state="running", rows=len(sheet.records), unused=dump(sheet.unused))
    _tell(tx, run_id)


def carry_on(tx: Tx, run_id: str, vault: Vault, book: PortfolioRow, step: Step, begin_at: int) -> Told | None:
    """One batch and the count of it, together. None when somebody else carries the import on."""
    tx.lock(f"import:{run_id}")
    row = one(tx, run_id)
    if row.state != "running" or row.done != begin_at:
        return None
    told = book_step(tx, vault, book, step, bool(row.dry_run), Source(row.by_id, row.name))
    outcomes = Counter(load(row.outcomes)) + told.outcomes + Counter(warned=len(told.warned))
    add_many(tx, import_fault, [
        {"import_id": run_id, "n": each.line * FAULTS_A_LINE + at, "line": each.line, "column": each.column,
         "says": each.says, "code": each.code, "args": dump(each.args)}
        for _, several in [*told.wrong, *told.warned] for at, each in enumerate(several[:FAULTS_A_LINE])
    ])  # fmt: skip
    change(tx, import_run, {"id": run_id, "done": begin_at}, done=step.upto, outcomes=dump(outcomes),
           rejected=row.rejected + len(told.wrong))  # fmt: skip
    if 100 * step.upto // row.rows > 100 * begin_at // row.rows:  # a long file tells of each hundredth, and no more
        _tell(tx, run_id)
    return told


def refused(reader: Reader, run_id: str) -> set[int]:
    """The lines that were left out so far."""
    left_out = import_fault.c.code.not_in(WARNINGS)
    return set(rows(reader, select(import_fault.c.line).where(import_fault.c.import_id == run_id, left_out), value))


def end(tx: Tx, run_id: str) -> bool:
    """It is through; whether the file is still needed. Of documents the names of the wrong ones are told with why."""
    row = one(tx, run_id)
    if row.state != "running":
        return bool(row.kept)
    kept = int(row.rejected > 0 or load(row.outcomes).get("warned", 0) > 0)  # what is said of it goes with the file
    change(tx, import_run, {"id": run_id}, state="done", ended_at=tx.now, kept=kept)
    if not row.dry_run:
        book = get_portfolio(tx, row.portfolio_id)
        write_down(tx, book, _kind(row), row.rows, Counter(load(row.outcomes)), row.rejected, by=row.by_id)
    _tell(tx, run_id)
    return bool(kept) and row.kind != "documents"


def fail(tx: Tx, run_id: str, why: Unreadable) -> None:
    """Nothing in the file can be read, or it broke off for good; what was booked stays booked, and is counted."""
    row = one(tx, run_id)
    if row.state in ("waiting", "running"):
        change(tx, import_run, {"id": run_id}, state="failed", why=why.detail, why_code=why.why,
               why_args=dump(why.args_), ended_at=tx.now, kept=0)  # fmt: skip
        _tell(tx, run_id)


def report_of(reader: Reader, actor: Actor, run_id: str) -> tuple[RunRow, PortfolioRow, dict[int, list[Fault]]]:
    """What the report is made of: the import and what is wrong in it, by line. Raises NotFound when there is none."""
    row = visible(reader, actor, run_id)
    if not has_report(row):
        raise NotFound
    table = import_fault.c
    clause = select(table.line, table.column, table.says).where(table.import_id == run_id)
    clause = clause.where(table.code.not_in(WARNINGS)).order_by(table.n)
    by_line: dict[int, list[Fault]] = {}
    for each in rows(reader, clause, Fault):
        by_line.setdefault(each.line, []).append(each)
    return row, get_portfolio(reader, row.portfolio_id), by_line


def report(sheet: Sheet, by_line: dict[int, list[Fault]]) -> bytes:
    """The rejected rows as they came, as CSV, each with why. Pure."""
    wrong: Sequence[Wrong] = [(each, by_line[each.line]) for each in sheet.records if each.line in by_line]
    return write(sheet, wrong)


def taken(tx: Tx, actor: Actor, run_id: str) -> None:
    """Somebody fetches a report: it holds people's data."""
    record(tx, actor.id, "import.report_taken", f"import:{run_id}")


def outdated(reader: Reader) -> list[str]:
    """Files whose week is over."""
    clause = select(import_run.c.id).where(import_run.c.kept == 1, import_run.c.ended_at < reader.now - KEPT)
    return rows(reader, clause, str)


def forget(tx: Tx, run_id: str) -> None:
    """Its file goes, and what was wrong in it; the counts stay."""
    change(tx, import_run, {"id": run_id}, kept=0)
    remove(tx, import_fault, import_id=run_id)


def _tell(tx: Tx, run_id: str) -> None:
    """How far it is, to who brought it."""
    row = one(tx, run_id)
    if row.by_id is not None:
        tx.emit("import.updated", topics=[user_topic(row.by_id)], data=shown(tx, row))


def _kind(row: RunRow) -> Kind:
    return next(each for each in KINDS if each == row.kind)
