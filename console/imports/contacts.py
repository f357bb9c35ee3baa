"""A row of contacts made elsewhere: calls, letters and visits, which count in the gate's caps."""

from __future__ import annotations

from typing import get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from console.cases.elsewhere import Made, Outcome, Way, put_down
from console.debtors.enrol import by_key
from console.errors import Refusal
from console.imports.faults import Mistake
from console.imports.read import Record
from console.imports.rows import Cells, WrongRow, refused
from console.imports.values import locale_of, moment
from console.imports.words import plain
from console.portfolios.queries import PortfolioRow
from console.store.transaction import Tx
from console.wire.moment import Ms

_WAYS = {
    **{each: each for each in get_args(Way)}, "ligacao": "call", "telefonema": "call", "telefone": "call",
    "llamada": "call", "telefono": "call", "carta": "letter", "visita": "visit", "outro": "other", "otro": "other",
}  # fmt: skip
_OUTCOMES = {
    **{each: each for each in get_args(Outcome)}, "atendida": "answered", "atendeu": "answered",
    "contestada": "answered", "nao_atendida": "no_answer", "nao_atendeu": "no_answer", "no_contestada": "no_answer",
    "no_contesto": "no_answer", "caixa_postal": "voicemail", "buzon": "voicemail", "recusada": "refused",
    "rechazada": "refused", "entregue": "delivered", "entregada": "delivered", "recebida": "inbound",
    "recibida": "inbound", "outro": "other", "otro": "other",
}  # fmt: skip
_FIELDS = {"external_id": "contact_id", **{name: name for name in ("channel", "at", "by", "outcome")}}


class ContactRow(Struct, frozen=True):
    """A row that can be read."""

    record: Record
    debtor_id: str
    key: str
    channel: str
    at: Ms
    by: str
    outcome: str


def read_contact(record: Record, book: PortfolioRow, now: Ms) -> ContactRow:
    """Raises WrongRow with everything that is wrong in it."""
    cells, locale = Cells(record), locale_of(book.jurisdiction)
    zone = ZoneInfo(book.timezone)
    row = ContactRow(
        record,
        debtor_id=cells.needed("debtor_id"),
        key=cells.needed("contact_id"),
        channel=cells.value("channel", lambda text: _word(text, _WAYS, "channel", get_args(Way)), ""),
        at=cells.value("at", lambda text: moment(text, locale, zone, now), 0),
        by=cells.needed("by"),
        outcome=cells.value("outcome", lambda text: _word(text, _OUTCOMES, "outcome", get_args(Outcome)), ""),
    )
    cells.needed("channel", known=", ".join(get_args(Way)))
    cells.needed("at", date=locale.date)
    cells.needed("outcome", known=", ".join(get_args(Outcome)))
    cells.done()
    return row


def book_contact(tx: Tx, book: PortfolioRow, row: ContactRow) -> str:
    """`created` or `updated`. Raises WrongRow; the caller undoes what was begun."""
    debtor_id = by_key(tx, book.id, row.debtor_id)
    if debtor_id is None:
        cells = Cells(row.record)
        cells.wrong("debtor_id", "unknown_debtor")
        raise WrongRow(cells.faults)
    made = Made(debtor=debtor_id, portfolio=book.id, channel=row.channel, at=row.at, by=row.by, outcome=row.outcome,
                external_id=row.key)  # fmt: skip
    try:
        _, is_new = put_down(tx, made, author=None)
    except Refusal as error:
        raise refused(row.record, error, _FIELDS) from error
    return "created" if is_new else "updated"


def _word(text: str, words: dict[str, str], what: str, known: tuple[str, ...]) -> str:
    if plain(text) not in words:
        raise Mistake(f"no_{what}", known=", ".join(known))
    return words[plain(text)]
