"""A row of recalls: charges that their creditor takes back, one, those of a debt, or all of a debtor's. What names
nothing that is here is kept until its debt comes.
"""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import SYSTEM
from console.debtors.enrol import by_key
from console.imports.faults import Mistake
from console.imports.read import Record
from console.imports.rows import Cells
from console.imports.words import plain
from console.ledger.early import is_of_debt, keep, keys_of
from console.ledger.models import charge
from console.ledger.owed import ChargeRow
from console.negotiation.recall import REASONS, recall
from console.portfolios.queries import PortfolioRow
from console.store.statement import Query
from console.store.transaction import Reader, Tx

_OF_DEBTOR = Query(
    select(charge)
    .where(charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id"))
    .order_by(charge.c.due, charge.c.id),
    ChargeRow,
)
_REASONS = {
    **{each: each for each in REASONS}, "retirada": "recalled", "devolucao": "recalled", "retirado": "recalled",
    "devolucion": "recalled", "vendida": "sold", "cessao": "sold", "cesion": "sold", "prescrita": "prescribed",
    "baixa": "written_off", "castigo": "written_off", "indevida": "not_liable", "indebida": "not_liable",
}  # fmt: skip


class RecallRow(Struct, frozen=True):
    """A row that can be read. Of `charge` and `debt` one, or neither: then it is everything the debtor owes here."""

    record: Record
    debtor_id: str
    charge: str
    debt: str
    reason: str

    @property
    def key(self) -> str:
        return "\n".join((self.debtor_id, self.debt, self.charge))


def read_recall(record: Record, book: PortfolioRow) -> RecallRow:
    """Raises WrongRow with everything that is wrong in it."""
    cells = Cells(record)
    debt, number = cells.text("debt_id"), cells.text("number")
    row = RecallRow(
        record,
        debtor_id=cells.needed("debtor_id"),
        charge=cells.text("charge_id") or (f"{debt}/{number}" if debt and number else ""),
        debt=debt,
        reason=cells.value("reason", _reason, "recalled"),
    )
    if number and not row.charge:
        cells.wrong("number", "number_alone")
    cells.done()
    return row


def book_recall(tx: Tx, book: PortfolioRow, row: RecallRow, *, file: str, by: str | None) -> str:
    """`updated`, `known` when they had been taken back before, or `suspended`: it waits for its debt."""
    meant, why = _meant(tx, book, row)
    if why:
        keys = (row.debtor_id, "" if row.charge else row.debt, row.charge)
        return "suspended" if keep(tx, book.id, keys, row.reason, why, file=file, by=by) else "known"
    standing = [each for each in meant if each.closed_at is None]
    if not standing:
        return "known"
    recall(tx, book, standing, row.reason, by=SYSTEM.id)
    return "updated"


def _meant(reader: Reader, book: PortfolioRow, row: RecallRow) -> tuple[list[ChargeRow], str]:
    """The charges, or why there is none: `unknown_debtor`, `unknown_charge`."""
    debtor_id = by_key(reader, book.id, row.debtor_id)
    if debtor_id is None:
        return [], "unknown_debtor"
    found = _OF_DEBTOR.all(reader, debtor_id=debtor_id, portfolio_id=book.id)
    if row.charge:
        found = [each for each in found if row.charge in keys_of(each.external_id, each.debt_key, each.number)]
    elif row.debt:
        found = [each for each in found if is_of_debt(each.external_id, each.debt_key, row.debt)]
    return found, "" if found else "unknown_charge"


def _reason(text: str) -> str:
    if plain(text) not in _REASONS:
        raise Mistake("no_reason", known=", ".join(REASONS))
    return _REASONS[plain(text)]
