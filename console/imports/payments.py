"""A row of payments: booked on the debtor whose key it names, or kept in suspense for a person to place."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from console.access.actor import SYSTEM
from console.debtors.enrol import by_key
from console.errors import Refusal
from console.imports.faults import Mistake
from console.imports.read import Record
from console.imports.rows import Cells, refused
from console.imports.values import amount, locale_of, moment
from console.imports.words import plain
from console.negotiation.payments import METHODS, Incoming, book_payment, check, date_of_book, suspend
from console.negotiation.rows import payment_by_key
from console.portfolios.queries import PortfolioRow
from console.store.transaction import Tx
from console.wire.moment import Ms, rfc3339
from console.wire.shapes import Money

_METHODS = {
    **{each: each for each in METHODS}, "transferencia": "transfer", "ted": "transfer", "doc": "transfer",
    "cartao": "card", "tarjeta": "card", "dinheiro": "cash", "efectivo": "cash", "enlace": "link", "outro": "other",
    "otro": "other",
}  # fmt: skip
_FIELDS = {"external_id": "payment_id", "amount.currency": "currency",
           **{name: name for name in ("amount", "paid_at", "method")}}  # fmt: skip


class PaidRow(Struct, frozen=True):
    """A row that can be read; `debtor_id` may be empty, and then nobody knows yet whose money it is."""

    record: Record
    debtor_id: str
    key: str
    amount: Money
    paid_at: Ms
    method: str


def read_payment(record: Record, book: PortfolioRow, now: Ms) -> PaidRow:
    """Raises WrongRow with everything that is wrong in it."""
    cells, locale = Cells(record), locale_of(book.jurisdiction)
    zone = ZoneInfo(book.timezone)
    currency = cells.text("currency", book.currency).upper()
    row = PaidRow(
        record,
        debtor_id=cells.text("debtor_id"),
        key=cells.needed("payment_id"),
        amount=Money(cells.value("amount", lambda text: amount(text, currency, locale), 0), currency),
        paid_at=cells.value("paid_at", lambda text: moment(text, locale, zone, now), 0),
        method=cells.value("method", _method, "other"),
    )
    cells.needed("amount", "empty_paid")
    cells.needed("paid_at", date=locale.date)
    cells.done()
    return row


def book_paid(tx: Tx, book: PortfolioRow, row: PaidRow) -> str:
    """`created`, `suspended` or `known`. Raises WrongRow; the caller undoes what was begun."""
    try:
        check(tx, book, row.amount, rfc3339(row.paid_at), row.method, row.key)
    except Refusal as error:
        raise refused(row.record, error, _FIELDS) from error
    before = payment_by_key(tx, book.id, row.key)
    if before is not None:
        _must_be(before.amount_minor, before.paid_at, book, row)
        return "known"
    debtor_id = by_key(tx, book.id, row.debtor_id) if row.debtor_id else None
    if debtor_id is None:
        suspend(
            tx, book, row.amount, row.paid_at, row.method, "unknown_debtor", by=SYSTEM.id, external_id=row.key,
            reference=row.debtor_id,
        )  # fmt: skip
        return "suspended"
    new = Incoming(debtor=debtor_id, book=book, amount=row.amount.amount, paid_at=row.paid_at, method=row.method,
                   by=SYSTEM.id, external_id=row.key)  # fmt: skip
    book_payment(tx, new)
    return "created"


def _must_be(minor: int, at: Ms, book: PortfolioRow, row: PaidRow) -> None:
    """Raises WrongRow when the key stands for another payment. Days are compared: a file may lack the hour."""
    cells = Cells(row.record)
    if (minor, date_of_book(book, at)) != (row.amount.amount, date_of_book(book, row.paid_at)):
        cells.wrong("payment_id", "other_payment")
    cells.done()


def _method(text: str) -> str:
    if plain(text) not in _METHODS:
        raise Mistake("no_method", known=", ".join(METHODS))
    return _METHODS[plain(text)]
