"""Puts the sample debtors into the books: people, how they may be reached, what they owe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_URL, uuid5

from console.access.actor import Actor
from console.debtors.enrol import GivenConsent, GivenPoint, NewDebtor, enrol
from console.debtors.models import debtor
from console.demo.books import BOOKS
from console.demo.samples import Sample
from console.ledger.charges import NewCharge, NewDebt, add_charges
from console.store.statement import change
from console.store.transaction import Tx
from console.store.vault import Vault
from console.wire.shapes import Money

CONSENT = GivenConsent(state="granted", source="contract", text_version="demo-1")
_CURRENCY = {book.key: book.portfolio.currency for book in BOOKS}
_MAIL = {book.key for book in BOOKS if any(box.channel == "email" for box in book.boxes)}


def enrol_all(tx: Tx, vault: Vault, actor: Actor, people: Iterable[Sample], books: Mapping[str, str]) -> dict[str, str]:
    """Debtor ids by the samples' keys."""
    return {each.key: _one(tx, vault, actor, each, books[each.book]) for each in people}


def _one(tx: Tx, vault: Vault, actor: Actor, person: Sample, book: str) -> str:
    made, _ = enrol(
        tx,
        vault,
        actor,
        NewDebtor(
            client_id=str(uuid5(NAMESPACE_URL, f"acordo:demo:{person.key}")),
            portfolio=book,
            external_id=person.key,
            name=person.name,
            language=person.language,
            jurisdiction=person.jurisdiction,
            timezone=person.timezone,
            contact_points=_points(person),
            labels=list(person.labels),
        ),
    )
    change(tx, debtor, {"id": made}, preferred_channel=person.prefers)
    for product in dict.fromkeys(each.product for each in person.debts):
        add_charges(tx, _debt(person, made, product), book, _CURRENCY[person.book])
    return made


def _points(person: Sample) -> list[GivenPoint]:
    mail = [GivenPoint("email", person.email, CONSENT)] if person.email and person.book in _MAIL else []
    return [GivenPoint("whatsapp", person.phone, CONSENT), GivenPoint("sms", person.phone, CONSENT), *mail]


def _debt(person: Sample, debtor_id: str, product: str) -> NewDebt:
    currency = _CURRENCY[person.book]
    return NewDebt(
        client_id=str(uuid5(NAMESPACE_URL, f"acordo:demo:{person.key}:{product}")),
        debtor=debtor_id,
        product=product,
        charges=[
            NewCharge(
                number=each.number,
                external_id=each.number,
                due=each.due.isoformat(),
                amount=Money(each.amount, currency),
            )
            for each in person.debts
            if each.product == product
        ],
    )
