"""A row of debts: the debtor enrolled or brought up to date, and one charge of theirs put into the books."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from sqlalchemy import select

from console.cases.charge_codes import keep_codes
from console.cases.enrolled import show
from console.cases.recount import recount
from console.debtors import documents
from console.debtors.enrol import GivenDocument, GivenPoint, NewDebtor, by_document, by_key, take_in
from console.debtors.fresh import Fresh, judge, standing, take_in_many, unchanged
from console.debtors.queries import DebtorRow, get
from console.errors import Refusal
from console.imports.beside import columns_of, points_of
from console.imports.codes import codes_of
from console.imports.faults import Fault, Mistake
from console.imports.places import jurisdiction_of, place_column
from console.imports.rates import RATES, rates_of
from console.imports.read import Record
from console.imports.rows import Cells, Wrong, WrongRow, refused
from console.imports.values import Locale, amount, day, locale_of
from console.imports.words import plain
from console.ledger.charge_codes import Disagrees, keyed, put_new_codes, standing_of
from console.ledger.charges import (
    NewCharge,
    NewDebt,
    Terms,
    add_charges,
    add_new_charges,
    check_debt,
    named_terms,
)  # fmt: skip
from console.ledger.codes import FIELDS, Told
from console.ledger.models import charge
from console.ledger.owed import ChargeRow, moves_of, parts_of, today_of
from console.portfolios.queries import PortfolioRow
from console.store.statement import change, rows
from console.store.transaction import Tx
from console.store.vault import Vault
from console.wire.moment import Ms, aware
from console.wire.shapes import Money

_KINDS = {
    "person": "person", "pessoa": "person", "persona": "person", "pf": "person", "pessoa_fisica": "person",
    "persona_natural": "person", "fisica": "person", "company": "company", "empresa": "company", "pj": "company",
    "pessoa_juridica": "company", "persona_juridica": "company", "juridica": "company",
}  # fmt: skip
_LANGUAGES = {"pt": "pt-BR", "portugues": "pt-BR", "espanol": "es", "ingles": "en", "english": "en"}
_DOCUMENTS = {
    "BR": ("cpf", "cnpj"), "MX": ("rfc", "rfc"), "CO": ("cc", "nit"), "AR": ("dni", "cuit"), "CL": ("rut", "rut"),
    "PE": ("dni", "ruc"), "EC": ("cedula", "ruc"), "UY": ("ci", "rut"), "ES": ("nif", "nif"),
}  # fmt: skip
"""What the document of a person and of a company is called, by country."""
_AMOUNTS = {"boleto": "boleto_amount", "pix": "pix_amount"}
_FIELDS = {
    "external_id": "debtor_id", "document.kind": "document", "document.value": "document",
    **{name: name for name in ("name", "kind", "language", "document", "product")},
    "charges[0].external_id": "charge_id", "charges[0].number": "number", "charges[0].due": "due",
    "charges[0].amount": "amount", "charges[0].amount.currency": "currency",
}  # fmt: skip


class DebtRow(Struct, frozen=True):
    """A row that can be read. Empty texts were left out; `paid` is in minor units, None when the file does not say."""

    record: Record
    debtor_id: str
    name: str
    kind: str
    document: str
    language: str
    jurisdiction: str
    points: list[GivenPoint]
    product: str
    key: str
    debt: str
    number: str
    due: str
    amount: int
    currency: str
    paid: int | None
    terms: Terms = field(default_factory=Terms)
    codes: dict[str, Told] = field(default_factory=dict)
    warned: list[Fault] = field(default_factory=list)

    @property
    def names_others(self) -> bool:
        """Whether it tells of somebody beside the debtor: such a row is looked at by itself."""
        return any(each.holder is not None for each in self.points)


def read_debt(record: Record, book: PortfolioRow, now: Ms) -> DebtRow:
    """Raises WrongRow with everything that is wrong in it."""
    cells, locale = Cells(record), locale_of(book.jurisdiction)
    currency = cells.text("currency", book.currency).upper()
    document, warned = _paper(cells, book)
    codes, doubtful = codes_of(cells, book, currency, now)
    points, unproven = points_of(cells)
    row = DebtRow(
        record,
        debtor_id=cells.needed("debtor_id"),
        name=cells.text("name"),
        kind=cells.value("kind", _kind, ""),
        document=document,
        language=_language(cells.text("language")),
        jurisdiction=jurisdiction_of(cells, book.jurisdiction),
        points=points,
        product=cells.text("product"),
        key=_key(cells),
        debt=cells.text("debt_id"),
        number=cells.text("number"),
        due=_due(cells, locale),
        amount=cells.value("amount", lambda text: amount(text, currency, locale), 0),
        currency=currency,
        paid=cells.value("paid", lambda text: amount(text, currency, locale), None),
        terms=rates_of(cells, book),
        codes=codes,
        warned=[*warned, *doubtful, *unproven],
    )
    cells.needed("amount")
    if row.paid is not None and row.amount and row.paid > row.amount:
        cells.wrong("paid", "paid_over")
    cells.done()
    return row


def book_debt(tx: Tx, vault: Vault, book: PortfolioRow, row: DebtRow) -> str:
    """`created` or `updated`. Raises WrongRow; the caller undoes what was begun.

    A charge that is paid, or that a plan stands for, keeps its amount and its date. What the creditor received before
    is taken once, when the charge comes; later receipts are payments.
    """
    known = by_key(tx, book.id, row.debtor_id) or by_document(tx, vault, row.document.rpartition(":")[2], row.name)
    person = None if known is None else get(tx, known)
    columns = _FIELDS | {"jurisdiction": place_column(Cells(row.record))} | columns_of(row.points)
    try:
        debtor_id, _ = take_in(tx, vault, _debtor(row, book, person))
        before = keyed(tx, book.id, row.key)
        if before is not None:
            _must_stay(tx, book, before, row)
        add_charges(tx, _debt(row, debtor_id, before), book.id, book.currency)
    except Refusal as error:
        raise refused(row.record, error, columns) from error
    if before is None and row.paid:
        change(tx, charge, {"portfolio_id": book.id, "external_id": row.key}, paid_minor=row.paid)
    if row.codes:
        _keep_codes(tx, book, row)
    recount(tx, debtor_id, book.id)
    if row.names_others:
        show(tx, debtor_id)
    return "created" if before is None else "updated"


def book_debts(tx: Tx, vault: Vault, book: PortfolioRow, batch: Sequence[DebtRow]) -> list[str | Wrong]:
    """What became of each, in order. Debtors of whom nothing is known are written together, and a row that says what
    stands already changes nothing; all else row by row.
    """
    together = _Together(tx, vault, book, batch)
    told: list[str | Wrong] = []
    for row in batch:
        if together.stands(row):
            told.append("updated")
            continue
        if together.takes(row):
            told.append("created")
            continue
        together.write_before(row)
        try:
            with tx.part():
                told.append(book_debt(tx, vault, book, row))
        except WrongRow as error:
            told.append((row.record, error.faults))
    together.write()
    return told


class _Together:
    """Rows whose debtor and charge are both new, and in which nothing is wrong: kept until they are written at once."""

    def __init__(self, tx: Tx, vault: Vault, book: PortfolioRow, batch: Sequence[DebtRow]) -> None:
        self._tx, self._vault, self._book = tx, vault, book
        self._judged = {row.record.line: each for row in batch if (each := _judged(tx, vault, book, row))}
        marks = frozenset().union(*(each.marks for each in self._judged.values()))
        self._standing = standing(tx, marks)
        lines, judged = list(self._judged), list(self._judged.values())
        self._known = dict(zip(lines, unchanged(tx, book.id, judged), strict=True))
        self._looked_at: set[str] = set()
        keyed = select(charge).where(
            charge.c.portfolio_id == book.id, charge.c.external_id.in_([row.key for row in batch])
        )
        self._charges = {str(each.external_id): each for each in rows(tx, keyed, ChargeRow)}
        coded = [self._charges[row.key].id for row in batch if row.codes and row.key in self._charges]
        self._codes = standing_of(tx, coded) if coded else {}
        self._brought: set[str] = set()
        self._people: dict[str, Fresh] = {}
        self._papers: set[str] = set()
        self._rows: list[DebtRow] = []

    def stands(self, row: DebtRow) -> bool:
        """Whether its debtor and its charge are here already as the row tells them."""
        debtor_id, before = self._known.get(row.record.line), self._charges.get(row.key)
        if (
            debtor_id is None
            or before is None
            or row.names_others
            or row.debtor_id in self._looked_at
            or before.debtor_id != debtor_id
            or before.closed_at is not None
        ):
            return False
        if row.debt not in ("", before.debt_key):
            return False
        rates = named_terms(row.terms)
        if any(getattr(before, name) != each for name, each in rates.items()):
            return False
        told = (row.number or before.number, row.product.strip() or before.product, row.due, row.amount, row.currency)
        codes = {kind: each.value for kind, each in row.codes.items()}
        if not codes.items() <= self._codes.get(before.id, {}).items():
            return False
        same = told == (before.number, before.product, before.due, before.amount_minor, before.currency)
        return same and (row.paid is None or row.paid <= before.paid_minor)

    def takes(self, row: DebtRow) -> bool:
        """Whether it waits with the others."""
        judged = self._judged.get(row.record.line)
        if (
            judged is None
            or row.names_others
            or judged.marks & self._standing
            or row.key in self._charges
            or row.key in self._brought
        ):
            return False
        if any(each.amount not in (None, row.amount - (row.paid or 0)) for each in row.codes.values()):
            return False  # nothing is added to a charge that is new, so that this is all that is owed
        known = self._people.get(row.debtor_id)
        if known is None:
            if judged.digest in self._papers:
                return False
            self._people[row.debtor_id] = judged
            if judged.digest:
                self._papers.add(judged.digest)
        elif known.new != judged.new:
            return False
        self._rows.append(row)
        return True

    def write_before(self, row: DebtRow) -> None:
        """The rows before this one stand, and what it may bring is no longer new."""
        self.write()
        if (judged := self._judged.get(row.record.line)) is not None:
            self._standing |= judged.marks
        self._standing.add(("key", self._book.id, row.debtor_id))
        self._looked_at.add(row.debtor_id)

    def write(self) -> None:
        people = list(self._people.values())
        ids = dict(zip(self._people, take_in_many(self._tx, self._vault, people), strict=True))
        several = [(_debt(row, ids[row.debtor_id], None), row.paid or 0) for row in self._rows]
        made = add_new_charges(self._tx, several, self._book.id)
        put_new_codes(self._tx, [(each, row.codes) for each, row in zip(made, self._rows, strict=True) if row.codes])
        self._standing |= frozenset().union(*(each.marks for each in people))
        self._brought |= {row.key for row in self._rows}
        self._people, self._papers, self._rows = {}, set(), []


def _judged(tx: Tx, vault: Vault, book: PortfolioRow, row: DebtRow) -> Fresh | None:
    """None for a row that is to be looked at by itself, for whatever reason: it is told there."""
    try:
        check_debt(_debt(row, "", None), book.currency, aware(tx.now).date())
        return judge(vault, _debtor(row, book, None))
    except Refusal:
        return None


def _debtor(row: DebtRow, book: PortfolioRow, person: DebtorRow | None) -> NewDebtor:
    """What the row leaves out stays as it is; for a new debtor it is the portfolio's."""
    kind = row.kind or (person.kind if person else "person")
    jurisdiction = row.jurisdiction or (person.jurisdiction if person else book.jurisdiction)
    return NewDebtor(
        client_id="", portfolio=book.id, external_id=row.debtor_id,
        name=row.name or (person.name if person else ""), kind=kind,  # type: ignore[arg-type]
        language=row.language or (person.language if person else book.language), jurisdiction=jurisdiction,
        document=_document(row.document, kind, jurisdiction), contact_points=row.points,
    )  # fmt: skip


def _document(text: str, kind: str, jurisdiction: str) -> GivenDocument | None:
    """`cpf:12345678909`, or the number alone, whose kind is then the country's."""
    if not text:
        return None
    named, parted, value = text.partition(":")
    if parted:
        return GivenDocument(named.strip().lower(), value.strip())
    of_person, of_company = _DOCUMENTS.get(jurisdiction[:2], ("id", "id"))
    digits = sum(each.isdigit() for each in text)
    is_company = kind == "company" or (jurisdiction[:2] == "BR" and digits == 14)
    return GivenDocument(of_company if is_company else of_person, text)


def _debt(row: DebtRow, debtor_id: str, before: ChargeRow | None) -> NewDebt:
    currency = row.currency
    number = row.number or (before.number if before else row.key)
    made = NewCharge(number=number, due=row.due, amount=Money(row.amount, currency), external_id=row.key,
                     terms=row.terms)  # fmt: skip
    return NewDebt(
        client_id="", debtor=debtor_id, charges=[made],
        product=row.product or (before.product if before else ""), external_id=row.debt or None,
    )  # fmt: skip


def _keep_codes(tx: Tx, book: PortfolioRow, row: DebtRow) -> None:
    """Raises WrongRow for one that asks for another sum."""
    of = keyed(tx, book.id, row.key)
    assert of is not None
    try:
        keep_codes(tx, of, row.codes, None)
    except Disagrees as error:
        cells = Cells(row.record)
        cells.wrong(FIELDS[error.kind], _AMOUNTS[error.kind], says=error.says, owed=error.owed)
        cells.done()


def _must_stay(tx: Tx, book: PortfolioRow, before: ChargeRow, row: DebtRow) -> None:
    """Raises WrongRow for a row that would re-open what is paid, or knows of money that nobody told here."""
    cells = Cells(row.record)
    if before.closed_at is not None:
        cells.wrong("charge_id", "taken_back")
        cells.done()
    moves = moves_of(tx, before.debtor_id, book.id).get(before.id, [])
    left = parts_of(before, moves, today_of(tx, before.debtor_id), book.jurisdiction).total
    changed = [
        name for name, was, now in
        (("amount", before.amount_minor, row.amount), ("due", before.due, row.due),
         *((column, getattr(before, name), getattr(row.terms, name)) for column, name in RATES.items()))
        if now is not None and was != now
    ]  # fmt: skip
    for name in changed:
        if left <= 0:
            cells.wrong(name, "paid_stays")
        elif before.plan_id is not None:
            cells.wrong(name, "plan_stands")
    received = before.paid_minor + sum(each.amount for each in moves if not each.discount)
    if row.paid is not None and row.paid > received:
        cells.wrong("paid", "paid_unknown")
    cells.done()


def _key(cells: Cells) -> str:
    """The creditor's own key of the charge: `charge_id`, or that of the debt with the number in it."""
    key, debt, number = cells.text("charge_id"), cells.text("debt_id"), cells.text("number")
    if not key and not (debt and number):
        cells.wrong("charge_id", "empty_charge_id")
    return key or f"{debt}/{number}"


def _paper(cells: Cells, book: PortfolioRow) -> tuple[str, list[Fault]]:
    """The document's cell; what is written where there is none ties nobody to anybody, and is told. A number that looks
    so and is given to people counts where the row says who has it, and whose number it is: by its kind or its country.
    """
    text, place = cells.text("document"), jurisdiction_of(cells, book.jurisdiction)
    if not text or not documents.is_filler(text.rpartition(":")[2]):
        return text, []
    given = _document(text, _KINDS.get(plain(cells.text("kind")), "person"), place)
    named = ":" in text or place
    if (
        given
        and named
        and cells.text("name")
        and documents.may_be_issued(given.kind, given.value, place or book.jurisdiction)
    ):
        return text, []
    return "", [Mistake("filler_document", value=text[:40]).at(cells.record.line, "document")]


def _due(cells: Cells, locale: Locale) -> str:
    cells.needed("due", date=locale.date)
    return cells.value("due", lambda text: day(text, locale).isoformat(), "")


def _kind(text: str) -> str:
    if plain(text) not in _KINDS:
        raise Mistake("no_kind")
    return _KINDS[plain(text)]


def _language(text: str) -> str:
    """Without its country, except for Portuguese; a word that is none is refused by the verb."""
    word = plain(text).split("_")[0]
    return _LANGUAGES.get(word, word)
