"""A file into the books: some hundred rows a transaction, each row whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct, field
from sqlalchemy import select

from console.audit.record import record
from console.cases.queries import open_case
from console.debtors.coming import while_people_come
from console.debtors.models import account
from console.imports.contacts import ContactRow, book_contact, read_contact
from console.imports.debts import DebtRow, book_debts, read_debt
from console.imports.faults import Fault, Mistake
from console.imports.papers import PaperRow, book_paper, read_paper
from console.imports.past import Past, Row
from console.imports.payments import PaidRow, book_paid, read_payment
from console.imports.read import Record, Sheet
from console.imports.recalls import RecallRow, book_recall, read_recall
from console.imports.rows import Wrong, WrongRow
from console.imports.words import Kind, key_column
from console.ledger.early import taken_back, while_debts_come, while_recalls_come
from console.ledger.models import charge
from console.portfolios.queries import PortfolioRow
from console.services import Services
from console.store.statement import rows, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.timeline.files import Files

BATCH = 500
PAPERS = 10


class Source(Struct, frozen=True):
    """Who brings a file, None at the command line, and what it is called."""

    by: str | None = None
    file: str = ""


class Step(Struct, frozen=True):
    """What one transaction brings: the rows of some records that can be read, and those that cannot. `upto` records are
    settled when it has happened. `before`: earlier rows it builds on, which a dry run has taken back.
    """

    rows: list[Row]
    wrong: list[Wrong]
    upto: int
    before: list[Row] = field(default_factory=list)


class Told(Struct):
    """`outcomes`: rows by what became of them: created, updated, suspended, known. `wrong`: those left out; `warned`:
    those that came in, of which something is to be said; `kept`: the documents whose bytes are needed.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    warned: list[Wrong] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def lines(self) -> set[int]:
        return {record.line for record, _ in self.wrong}


class Report(Told):
    rows: int = 0


class _Undo(Exception):
    """Takes a dry run back, and says what it would have done."""

    def __init__(self, told: Told) -> None:
        super().__init__("a dry run")
        self.told = told


def steps(
    kind: Kind,
    records: Sequence[Record],
    book: PortfolioRow,
    now: int,
    *,
    dry_run: bool,
    refused: Collection[int] = (),
    begin: int = 0,
    size: int = BATCH,
    limit: int = 0,
) -> Iterator[Step]:
    """The records from `begin` on, `size` at a time. A key that an earlier row has, wherever it stands, is a fault.

    `refused`: the lines that were left out so far, which the caller of a dry run adds to after each step; `limit`: how
    many bytes a document may have.
    """
    seen: dict[str, int] = {}
    step, past = Step([], [], begin), Past()
    for at, each in enumerate(records, 1):
        try:
            row = _read(kind, each, book, now, limit)
            first = seen.setdefault(row.key, each.line)
            if first != each.line:
                raise WrongRow([_twice(kind, each, first)])
        except WrongRow as error:
            if at > begin:
                step.wrong.append((each, error.faults))
        else:
            if at > begin:
                step.rows.append(row)
            elif dry_run and each.line not in refused:
                past.add([row])
        if at > begin and (at - begin) % size == 0:
            yield Step(step.rows, step.wrong, at, past.of(step.rows))
            if dry_run:
                past.add(row for row in step.rows if row.record.line not in refused)
            step = Step([], [], at)
    if step.rows or step.wrong:
        yield Step(step.rows, step.wrong, len(records), past.of(step.rows))


def bring(
    services: Services, book: PortfolioRow, kind: Kind, sheet: Sheet, *, dry_run: bool = False, file: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> Report:  # fmt: skip
    """Book every row that can be; `progress` hears after each batch how many are done.

    A dry run goes the same way and takes every batch back, after what earlier ones brought of its people. A run that
    is broken off has whole batches behind it, and what it brought is known when the file comes again.
    """
    report, refused = Report(rows=len(sheet.records)), set[int]()
    todo = steps(kind, sheet.records, book, services.store.clock.now(), dry_run=dry_run, refused=refused,
                 size=size_of(kind, BATCH), limit=services.settings.upload_bytes)  # fmt: skip
    for step in todo:
        lay_down(services.files, step, dry_run)
        told = services.store.write_now(book_step, services.vault, book, step, dry_run, Source(file=file))
        clear_away(services.files, step, told, dry_run)
        report.outcomes += told.outcomes
        report.wrong += told.wrong
        report.warned += told.warned
        refused |= told.lines
        progress(step.upto)
    if not dry_run:
        services.store.write_now(write_down, book, kind, report.rows, report.outcomes, len(report.wrong), by=None)
    return report


def size_of(kind: Kind, usual: int) -> int:
    """How many rows a transaction takes: of documents, which lie in memory meanwhile, a handful."""
    return PAPERS if kind == "documents" else usual


def lay_down(files: Files, step: Step, dry_run: bool) -> None:
    """The bytes of a batch's documents, before any row says that they are there."""
    for row in step.rows:
        if isinstance(row, PaperRow) and not dry_run:
            files.write(row.file.id, row.content)


def clear_away(files: Files, step: Step, told: Told, dry_run: bool) -> None:
    """Those that no row names."""
    for row in step.rows:
        if isinstance(row, PaperRow) and not dry_run and row.file.id not in told.kept:
            files.remove(row.file.id)


def book_step(
    tx: Tx, vault: Vault, book: PortfolioRow, step: Step, dry_run: bool, source: Source
) -> Told:  # fmt: skip
    """One batch, in this transaction; the wrong rows by line."""
    while_people_come(tx)
    if any(isinstance(row, RecallRow) for row in step.rows):
        while_recalls_come(tx, book.id)
    else:
        while_debts_come(tx, book.id)
    for key in _keys(tx, book, [*step.before, *step.rows]):
        tx.lock(key)
    try:
        with tx.part():
            told = _told(tx, vault, book, step, source)
            if dry_run:
                raise _Undo(told)
    except _Undo as undone:
        told = undone.told
    told.wrong.sort(key=lambda each: each[0].line)
    return told


def write_down(
    tx: Tx, book: PortfolioRow, kind: Kind, count: int, outcomes: Counter[str], left_out: int, *, by: str | None
) -> None:
    """The audit's line of a file that was brought in."""
    detail = {"rows": count, **outcomes, "left_out": left_out}
    record(tx, by, f"{kind}.imported", f"portfolio:{book.id}", detail=detail)


def _told(tx: Tx, vault: Vault, book: PortfolioRow, step: Step, source: Source) -> Told:
    told = Told(wrong=list(step.wrong))
    for _ in _booked(tx, vault, book, step.before, source):
        pass  # each is told in the batch that it is of
    for row, each in zip(step.rows, _booked(tx, vault, book, step.rows, source), strict=True):
        if isinstance(row, PaperRow) and each == "created":
            told.kept.append(row.file.id)
        if isinstance(each, str):
            told.outcomes[each] += 1
        else:
            told.wrong.append(each)
    told.warned = _warned(tx, book, [row for row in step.rows if isinstance(row, DebtRow)], told.lines)
    return told


def _warned(tx: Tx, book: PortfolioRow, debts: Sequence[DebtRow], out: Collection[int]) -> list[Wrong]:
    """What is to be said of debts that came in: a row of a charge that was taken back comes in only when it is new."""
    inside = [row for row in debts if row.record.line not in out]
    recalled = taken_back(tx, book.id, [row.key for row in inside]) if inside else set()
    early = {row.record.line: [Mistake("recalled_early").at(row.record.line, "charge_id")]
             for row in inside if row.key in recalled}  # fmt: skip
    said = [(row.record, [*row.warned, *early.get(row.record.line, ())]) for row in inside]
    return [each for each in said if each[1]]


def _twice(kind: Kind, each: Record, first: int) -> Fault:
    if kind == "documents":
        return Mistake("paper_twice", file=each.cells["file"][-120:]).at(each.line, "file")
    return Mistake("same_key", line=str(first)).at(each.line, key_column(kind))


def _read(kind: Kind, each: Record, book: PortfolioRow, now: int, limit: int) -> Row:
    match kind:
        case "debts":
            return read_debt(each, book, now)
        case "payments":
            return read_payment(each, book, now)
        case "recalls":
            return read_recall(each, book)
        case "contacts":
            return read_contact(each, book, now)
        case "documents":
            return read_paper(each, now, limit)


def _booked(
    tx: Tx, vault: Vault, book: PortfolioRow, batch: Sequence[Row], source: Source
) -> Iterator[str | Wrong]:  # fmt: skip
    debts = [row for row in batch if isinstance(row, DebtRow)]
    if debts:
        yield from book_debts(tx, vault, book, debts)
    for row in batch:
        if not isinstance(row, DebtRow):
            try:
                with tx.part():
                    outcome = _one(tx, book, row, source)
            except WrongRow as error:
                yield row.record, error.faults
            else:
                yield outcome


def _one(tx: Tx, book: PortfolioRow, row: PaidRow | RecallRow | ContactRow | PaperRow, source: Source) -> str:
    match row:
        case PaidRow():
            return book_paid(tx, book, row)
        case RecallRow():
            return book_recall(tx, book, row, file=source.file, by=source.by)
        case ContactRow():
            return book_contact(tx, book, row)
        case PaperRow():
            return book_paper(tx, book, row, source.by)


def _keys(reader: Reader, book: PortfolioRow, batch: Sequence[Row]) -> list[str]:
    """What the verbs of a batch will lock: taken before the first write, and always in the same order."""
    if reader.dialect == "sqlite" or not batch:
        return []
    asked = sorted({each.debtor_id for each in batch if not isinstance(each, PaperRow)})
    clause = select(account.c.debtor_id).where(account.c.portfolio_id == book.id, account.c.external_id.in_(asked))
    papers = {each.charge: each.kind for each in batch if isinstance(each, PaperRow)}
    charged = select(charge.c.debtor_id).where(charge.c.portfolio_id == book.id, charge.c.external_id.in_(papers))
    keys: set[str] = set()
    for debtor_id in rows(reader, charged if papers else clause, value):
        keys |= {f"money:{debtor_id}:{book.id}", f"contact:{debtor_id}"}
        case_id = open_case(reader, debtor_id, book.id)
        if case_id is not None:
            keys.add(f"case:{case_id}")
    return sorted(keys)
