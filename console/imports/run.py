"""A file into the books: some hundred rows a transaction, each row whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from msgspec import Struct, field

from console.audit.record import record
from console.cases.queries import open_case
from console.debtors.enrol import by_key
from console.imports.debts import DebtRow, book_debt, read_debt
from console.imports.payments import PaidRow, book_paid, read_payment
from console.imports.read import Fault, Record, Sheet
from console.imports.rows import WrongRow
from console.imports.words import Kind
from console.portfolios.queries import PortfolioRow
from console.services import Services
from console.store.transaction import Reader, Tx
from console.store.vault import Vault

BATCH = 300
Row = DebtRow | PaidRow
Wrong = tuple[Record, list[Fault]]


class Report(Struct):
    """`outcomes`: rows by what became of them: created, updated, suspended, known. `wrong`: those left out."""

    rows: int
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)


class _Undo(Exception):
    """Ends the transaction of a dry run, with what it would have done."""

    def __init__(self, told: list[str | Wrong]) -> None:
        super().__init__("a dry run")
        self.told = told


def bring(
    services: Services, book: PortfolioRow, kind: Kind, sheet: Sheet, *, dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:  # fmt: skip
    """Book every row that can be; `progress` hears after each batch how many are done.

    A dry run goes the same way and takes every batch back. A run that is broken off has whole batches behind it, and
    what it brought is known when the file comes again.
    """
    report = Report(len(sheet.records))
    rows = _readable(kind, sheet, book, services.store.clock.now(), report)
    while batch := list(islice(rows, BATCH)):
        for each in _one_batch(services, book, batch, dry_run):
            if isinstance(each, str):
                report.outcomes[each] += 1
            else:
                report.wrong.append(each)
        progress(report.outcomes.total() + len(report.wrong))
    report.wrong.sort(key=lambda each: each[0].line)
    if not dry_run:
        services.store.write_now(_written_down, book, kind, report)
    return report


def _readable(kind: Kind, sheet: Sheet, book: PortfolioRow, now: int, report: Report) -> Iterator[Row]:
    """The rows that can be read, and whose key no earlier one has; the others go into the report."""
    seen: dict[str, int] = {}
    for each in sheet.records:
        try:
            row: Row = read_debt(each, book) if kind == "debts" else read_payment(each, book, now)
        except WrongRow as error:
            report.wrong.append((each, error.faults))
            continue
        first = seen.setdefault(row.key, each.line)
        if first == each.line:
            yield row
            continue
        column = "charge_id" if kind == "debts" else "payment_id"
        says = f"line {first} has the same key: keep one of the two, or give this one its own key"
        report.wrong.append((each, [Fault(each.line, column, says)]))


def _one_batch(services: Services, book: PortfolioRow, batch: Sequence[Row], dry_run: bool) -> list[str | Wrong]:
    verb = partial(_book, vault=services.vault, book=book, batch=batch, dry_run=dry_run)
    try:
        return services.store.write_now(verb)
    except _Undo as undone:
        return undone.told


def _book(tx: Tx, *, vault: Vault, book: PortfolioRow, batch: Sequence[Row], dry_run: bool) -> list[str | Wrong]:
    for key in _keys(tx, book, batch):
        tx.lock(key)
    told: list[str | Wrong] = []
    for row in batch:
        try:
            with tx.part():
                told.append(book_debt(tx, vault, book, row) if isinstance(row, DebtRow) else book_paid(tx, book, row))
        except WrongRow as error:
            told.append((row.record, error.faults))
    if dry_run:
        raise _Undo(told)
    return told


def _keys(reader: Reader, book: PortfolioRow, batch: Sequence[Row]) -> list[str]:
    """What the verbs of a batch will lock: taken before the first write, and always in the same order."""
    if reader.dialect == "sqlite":
        return []
    keys: set[str] = set()
    for debtor_id in {by_key(reader, book.id, each.debtor_id) for each in batch} - {None}:
        keys.add(f"money:{debtor_id}:{book.id}")
        case_id = open_case(reader, str(debtor_id), book.id)
        if case_id is not None:
            keys.add(f"case:{case_id}")
    return sorted(keys)


def _written_down(tx: Tx, book: PortfolioRow, kind: Kind, report: Report) -> None:
    detail = {"rows": report.rows, **report.outcomes, "left_out": len(report.wrong)}
    record(tx, None, f"{kind}.imported", f"portfolio:{book.id}", detail=detail)
