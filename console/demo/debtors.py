"""Puts the sample debtors, their addresses, consents and debts into the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from channels.types import Sender
from console.debtors.models import debtor
from console.debtors.resolve import add_point, find_or_add_address, join_portfolio
from console.demo.books import BOOKS
from console.demo.samples import Sample
from console.ledger.models import charge
from console.store.base import dump
from console.store.statement import add
from console.store.transaction import Tx
from console.wire.ids import new_id

CONSENT_TEXT = "demo-1"
_CURRENCY = {book.key: book.portfolio.currency for book in BOOKS}
_CHANNELS = {book.key: {box.channel for box in book.boxes} for book in BOOKS}
_TERMS = {"ipe": (200, 100), "maguey": (0, 300), "frailejon": (0, 190)}
"""Fine once and interest a 30 days, in basis points, by book."""


def enrol(tx: Tx, people: Iterable[Sample], books: Mapping[str, str]) -> dict[str, str]:
    """Debtor ids by the samples' keys."""
    return {each.key: _one(tx, each, books[each.book]) for each in people}


def _one(tx: Tx, person: Sample, book: str) -> str:
    made = new_id()
    add(
        tx,
        debtor,
        id=made,
        name=person.name,
        kind="person",
        language=person.language,
        timezone=person.timezone,
        jurisdiction=person.jurisdiction,
        labels=dump(list(person.labels)),
        preferred_channel=person.prefers,
        created_at=tx.now,
        updated_at=tx.now,
    )
    join_portfolio(tx, made, book, person.key)
    for channel in sorted(_CHANNELS[person.book] | {"sms"}):
        sender = Sender(email=person.email) if channel == "email" else Sender(phone=person.phone, name=person.name)
        if sender.email or sender.phone:
            _reach(tx, made, channel, sender)
    fine, interest = _TERMS[person.book]
    for each in person.debts:
        add(
            tx,
            charge,
            id=new_id(),
            debtor_id=made,
            portfolio_id=book,
            external_id=each.number,
            number=each.number,
            product=each.product,
            due=each.due.isoformat(),
            currency=_CURRENCY[person.book],
            amount_minor=each.amount,
            fine_bp=fine,
            interest_bp_30d=interest,
            created_at=tx.now,
        )
    return made


def _reach(tx: Tx, debtor_id: str, channel: str, sender: Sender) -> None:
    add_point(
        tx,
        debtor_id,
        find_or_add_address(tx, channel, sender),
        source="contract",
        disclosure=1,
        consent="granted",
        consent_source="contract",
        consent_at=tx.now,
        consent_text=CONSENT_TEXT,
    )
