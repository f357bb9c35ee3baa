"""The rows of one person in the files that are kept for their reports: taken out when the person is erased.

A file keeps its other rows on their lines, so that what is wrong in them is still told of the right row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct
from sqlalchemy import select

from console.debtors import documents, phones
from console.debtors import queries as debtors
from console.debtors.models import account
from console.errors import Conflict, Invalid
from console.imports.models import import_fault, import_run
from console.imports.read import Record, Sheet, read
from console.imports.runs import RunRow
from console.imports.values import locale_of
from console.imports.words import KINDS
from console.portfolios.queries import get_portfolio
from console.store.statement import remove, rows
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.timeline.files import Files

STRUCK = "—"
"""What stands on the line of a row that was taken out."""
Struck = Mapping[str, Mapping[int, bool]]
"""The lines that are struck in each file that was looked at, and whether this call struck them."""
_BREAK = re.compile(r"[\r\n]+")


class Traces(Struct, frozen=True):
    """What tells a person in a file. `keys` by portfolio, the creditor's own; `others`: everybody else's there, so that
    a number two people share takes nobody else's row away; `paper`: the digest of the document."""

    keys: dict[str, frozenset[str]]
    others: dict[str, frozenset[str]]
    paper: str | None
    phones: frozenset[str]
    mails: frozenset[str]


class Kept(Struct, frozen=True):
    """A file that lies here. `jurisdiction` tells how it writes."""

    run: RunRow
    jurisdiction: str


def traces_of(reader: Reader, debtor_id: str) -> Traces:
    """Raises NotFound. To be asked before the person is made anonymous."""
    where = [debtors.get_address(reader, each.address_id) for each in debtors.points_of(reader, debtor_id)]
    own, others = account.c.debtor_id == debtor_id, account.c.debtor_id != debtor_id
    books = set(_keys(reader, own))
    return Traces(
        keys=_keys(reader, own), others=_keys(reader, others & account.c.portfolio_id.in_(sorted(books))),
        paper=debtors.get(reader, debtor_id).document_hash,
        phones=frozenset(each.phone for each in where if each.phone),
        mails=frozenset(each.email for each in where if each.email),
    )  # fmt: skip


def kept_files(reader: Reader) -> list[Kept]:
    """Every file that lies here, for a report or because it is being booked; a zip of documents has no rows."""
    clause = select(import_run).where(import_run.c.kept == 1, import_run.c.kind != "documents")
    clause = clause.order_by(import_run.c.id)
    return [Kept(each, get_portfolio(reader, each.portfolio_id).jurisdiction) for each in rows(reader, clause, RunRow)]


def must_have_ended(files: Files, vault: Vault, kept: Iterable[Kept], traces: Traces) -> None:
    """Raises Conflict while a file that names the person is being booked: it would bring them in again."""
    for each in kept:
        if each.run.state in ("waiting", "running") and _found(files, vault, each, traces)[1]:
            raise Conflict("A file that names this person is being imported: carry it out when that has ended.")


def strike(files: Files, vault: Vault, kept: Iterable[Kept], traces: Traces) -> Struck:
    """Write each file anew without the person's rows. Lines that went before are told too: what was said of them may
    still stand, if the call that took them out broke off.
    """
    gone: dict[str, dict[int, bool]] = {}
    for each in kept:
        sheet, lines = _found(files, vault, each, traces)
        before = [] if sheet is None else [record.line for record in sheet.records if record.raw == [STRUCK]]
        gone[each.run.id] = dict.fromkeys(before, False) | dict.fromkeys(lines, True)
        if sheet is not None and lines and files.path(each.run.id).exists():  # its week may have ended meanwhile
            files.write(each.run.id, without(sheet, lines))
    return gone


def forget_lines(tx: Tx, gone: Struck) -> int:
    """What was said of these lines goes; how many went now or were still spoken of. The counts of an import stay."""
    count = 0
    for run_id, lines in gone.items():
        for line, now in lines.items():
            count += bool(remove(tx, import_fault, import_id=run_id, line=line)) or now
    return count


def without(sheet: Sheet, lines: Collection[int]) -> bytes:
    """The file with these rows struck, each other on its line. A sheet's cells of several lines become one. Pure."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sheet.separator, lineterminator="\n")
    writer.writerow(_flat(sheet, sheet.header))
    at = 2 + (0 if sheet.encoding == "XLSX" else _more_lines(sheet.header))
    for each in sheet.records:
        out.write("\n" * (each.line - at))
        cells = [STRUCK] if each.line in lines else _flat(sheet, each.raw)
        writer.writerow(cells)
        at = max(each.line, at) + 1 + _more_lines(cells)
    return out.getvalue().encode("utf-8-sig")


def _found(files: Files, vault: Vault, kept: Kept, traces: Traces) -> tuple[Sheet | None, list[int]]:
    kind = next(each for each in KINDS if each == kept.run.kind)
    try:
        sheet = read(files.read(kept.run.id), kind, locale_of(kept.jurisdiction))
    except (FileNotFoundError, Invalid):  # it ended meanwhile, or no row of it can be read: then it is not kept
        return None, []
    return sheet, [each.line for each in sheet.records if _is_of(each, kept.run.portfolio_id, vault, traces)]


def _is_of(record: Record, portfolio_id: str, vault: Vault, traces: Traces) -> bool:
    cells = record.cells
    key = cells.get("debtor_id", "")
    if key in traces.keys.get(portfolio_id, ()):
        return True
    paper = cells.get("document", "").rpartition(":")[2]
    if traces.paper is not None and paper and traces.paper in documents.digests(vault, paper, cells.get("name", "")):
        return True
    if key in traces.others.get(portfolio_id, ()):
        return False
    numbers = {phones.canonical(cells[name]) for name in ("whatsapp", "sms") if cells.get(name)}
    return bool(numbers & traces.phones) or cells.get("email", "").lower() in traces.mails


def _keys(reader: Reader, which: object) -> dict[str, frozenset[str]]:
    clause = select(account.c.portfolio_id, account.c.external_id).where(which)  # type: ignore[arg-type]
    found: dict[str, set[str]] = {}
    for portfolio_id, key in rows(reader, clause, lambda *columns: columns):
        found.setdefault(portfolio_id, set()).update([key] if key else [])
    return {portfolio_id: frozenset(several) for portfolio_id, several in found.items()}


def _flat(sheet: Sheet, cells: Iterable[str]) -> list[str]:
    return [_BREAK.sub(" ", each) for each in cells] if sheet.encoding == "XLSX" else list(cells)


def _more_lines(cells: Iterable[str]) -> int:
    return sum(len(re.findall(r"\r\n|\r|\n", each)) for each in cells)
