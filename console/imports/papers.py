"""A creditor's own document, out of a folder or a zip: the charge it is of, and whether it may be kept."""

from __future__ import annotations

import re
from urllib.parse import unquote

from msgspec import Struct

from console.access.actor import SYSTEM
from console.errors import Invalid
from console.imports.archive import FileRecord
from console.imports.faults import Fault, Mistake, Unreadable
from console.imports.read import Record
from console.imports.rows import WrongRow
from console.imports.words import plain
from console.ledger.charge_codes import keyed
from console.negotiation.charge_files import TYPES, put_file
from console.portfolios.queries import PortfolioRow
from console.store.transaction import Tx
from console.timeline import upload
from console.timeline.queries import AttachmentRow
from console.wire.moment import Ms

_NAME = re.compile(r"(?P<key>.+)\.(?P<kind>[^.]+)\.(?:pdf|png|jpe?g)", re.IGNORECASE)
_KINDS = {"boleto": "boleto", **dict.fromkeys(("invoice", "fatura", "nota", "nota_fiscal", "nf", "factura"), "invoice")}


class PaperRow(Struct, frozen=True):
    """A file that can be read; its bytes lie under `file.id` once the caller has written `content`."""

    record: Record
    charge: str
    kind: str
    file: AttachmentRow
    content: bytes

    @property
    def key(self) -> str:
        return f"{self.charge}\n{self.kind}"


def read_paper(record: Record, now: Ms, limit: int) -> PaperRow:
    """Raises WrongRow."""
    assert isinstance(record, FileRecord)
    name = record.cells["file"]
    found = _NAME.fullmatch(name)
    kind = _KINDS.get(plain(found["kind"])) if found else None
    if found is None or kind is None:
        raise WrongRow([_fault(record, "paper_name")])
    try:
        content = record.content()
    except (OSError, Unreadable) as error:
        detail = error.detail if isinstance(error, Unreadable) else str(error.strerror)
        raise WrongRow([_fault(record, "paper_unread", detail=detail)]) from None
    if len(content) > limit:
        raise WrongRow([_fault(record, "paper_size", most=f"{limit // 1_048_576} MiB")])
    try:
        file = upload.judge(upload.Given(name, "", content), SYSTEM, now, "file")
    except Invalid:
        raise WrongRow([_fault(record, "paper_type")]) from None
    if file.type not in TYPES:
        raise WrongRow([_fault(record, "paper_type")])
    return PaperRow(record, unquote(found["key"]), kind, file, content)


def book_paper(tx: Tx, book: PortfolioRow, row: PaperRow, by: str | None) -> str:
    """`created`, or `known` when it lies here already: then its bytes are not needed. Raises WrongRow."""
    of = keyed(tx, book.id, row.charge)
    if of is None:
        raise WrongRow([_fault(row.record, "paper_charge", charge=row.charge)])
    if of.closed_at is not None:
        raise WrongRow([_fault(row.record, "paper_taken_back")])
    return "created" if put_file(tx, of, row.kind, row.file, by)[1] else "known"


def _fault(record: Record, code: str, **args: str) -> Fault:
    return Mistake(code, file=record.cells["file"][-120:], **args).at(record.line, "file")
