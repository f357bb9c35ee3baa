"""`acordo import`: a creditor's files, CSV or XLSX, with a report row by row."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from console.commands.finding import find_portfolio
from console.commands.installation import Trouble, installation
from console.imports.archive import read_folder, read_zip
from console.imports.read import Sheet, read, write
from console.imports.run import Report, bring
from console.imports.values import locale_of
from console.imports.words import Kind

SHOWN = 100  # faults on the screen; a file takes all of them
_SEPARATORS = {"\t": "tabs"}


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="KIND", required=True)
    _one(verbs.add_parser("debts", help="debtors and what they owe, a charge a row"), "debts")
    _one(verbs.add_parser("payments", help="what came in, a payment a row"), "payments")
    _one(verbs.add_parser("recalls", help="charges that the creditor takes back"), "recalls")
    _one(verbs.add_parser("contacts", help="calls, letters and visits made elsewhere, which count"), "contacts")
    _one(verbs.add_parser("documents", help="the creditor's own invoices and boletos, a PDF a charge"), "documents",
         "a folder or zip of KEY.boleto.pdf and KEY.invoice.pdf, by your key of the charge", "FOLDER|ZIP")  # fmt: skip


def _one(
    verb: argparse.ArgumentParser, kind: Kind, file: str = "CSV or .xlsx; encoding and separator are found",
    metavar: str = "FILE",
) -> None:  # fmt: skip
    verb.add_argument("file", metavar=metavar, help=file)
    verb.add_argument("--portfolio", required=True, metavar="NAME", help="whose debts they are")
    verb.add_argument("--dry-run", action="store_true", help="change nothing, and say what would be done")
    verb.add_argument("--errors", metavar="FILE", help="the rows that were left out, to be corrected and come again")
    verb.set_defaults(run=lambda asked: import_one(asked, kind))


def import_one(asked: argparse.Namespace, kind: Kind) -> int:
    """1 when a row was left out."""
    if asked.errors and Path(asked.errors).absolute() == Path(asked.file).absolute():
        raise Trouble("--errors names the file itself: the rows left out need a file of their own")
    path = Path(asked.file)
    data = b"" if kind == "documents" and path.is_dir() else path.read_bytes()
    with installation() as services:
        book = services.store.read_now(find_portfolio, asked.portfolio)
        if kind == "documents":
            limit = services.settings.upload_bytes
            sheet = read_folder(path, limit) if path.is_dir() else read_zip(data, limit)
        else:
            sheet = read(data, kind, locale_of(book.jurisdiction))
        if book.disabled_at is not None:
            raise Trouble(f"the portfolio {book.name} is disabled: nothing is brought into it")
        report = bring(services, book, kind, sheet, dry_run=asked.dry_run, file=path.name,
                       progress=_progress(len(sheet.records)))  # fmt: skip
    _tell(sheet, report, asked.dry_run)
    if asked.errors and report.wrong:
        Path(asked.errors).write_bytes(write(sheet, report.wrong))
        print(f"The rows left out are in {asked.errors}: correct them there and import that file.")
    return 1 if report.wrong else 0


def _progress(rows: int) -> Callable[[int], None]:
    """One line that goes on, on a terminal; a line now and then elsewhere."""
    ends = "\r" if sys.stderr.isatty() else "\n"
    every = 0 if sys.stderr.isatty() else max(rows // 10, 1)
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        if done >= rows or done - told >= every:
            told = done
            print(f"{done:,} of {rows:,} rows", file=sys.stderr, end="\n" if done >= rows else ends, flush=True)

    return tell


def _tell(sheet: Sheet, report: Report, dry_run: bool) -> None:
    separator = _SEPARATORS.get(sheet.separator, sheet.separator)
    plain = sheet.encoding in ("XLSX", "ZIP", "folder")
    written = sheet.encoding if plain else f"{sheet.encoding}, separated by {separator}"
    print(f"Read {report.rows:,} {'rows' if sheet.encoding not in ('ZIP', 'folder') else 'documents'}: {written}")
    if sheet.unused:
        print(f"Columns not used: {', '.join(sheet.unused)}")
    faults = [each for _, found in report.wrong for each in found]
    for each in faults[:SHOWN]:
        print(f"line {each.line}{f', {each.column}' if each.column else ''}: {each.says}")
    if len(faults) > SHOWN:
        print(f"… and {len(faults) - SHOWN:,} more: --errors FILE takes all of them")
    for _, warnings in report.warned[:SHOWN]:
        print(*(f"line {each.line}, {each.column}: {each.says}" for each in warnings), sep="\n")
    parts = [f"{report.outcomes[name]:,} {name}" for name in ("created", "updated", "suspended", "known")
             if name == "created" or report.outcomes[name]]  # fmt: skip
    told = ", ".join([*parts, f"{len(report.wrong):,} left out"])
    print(f"Would be: {told}. Nothing was changed." if dry_run else f"Done: {told}.")
