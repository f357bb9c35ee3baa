"""Who is there? Asked by lists of five: the debtor names a choice, and only the server knows which is right.

Two right answers of different kinds at one address within an hour open the full detail for an hour; three wrong ones in
a day lock it (domain §3.7). The answers are never shown, not even to who asks, and what is stored of one is whether it
held.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from console.access.actor import Actor
from console.cases.changed import told
from console.cases.guards import still_open, workable
from console.cases.identity import NEEDED, Check, Checks, Kind, check_identity, failures, must_be_checkable
from console.cases.models import question
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.errors import Invalid
from console.gate.points import SESSION_MS
from console.ledger.models import charge, payment
from console.store.base import dump
from console.store.statement import Query, add, change, rows, value
from console.store.statement import row as plain
from console.store.transaction import Tx
from console.store.vault import Vault
from console.timeline.add import add_event
from console.wire.ids import new_id
from console.wire.moment import MINUTE, aware, rfc3339

CHOICES = 5
ANSWER_WITHIN = 10 * MINUTE
PRODUCTS = ("personal_loan", "credit_card", "store_card", "consumer_loan", "phone", "insurance", "school", "car_loan")
_ONE = Query(
    select(
        question.c.kind, question.c.right_hash, question.c.at, question.c.answered_at, question.c.contact_point_id
    ).where(question.c.id == bindparam("id"), question.c.case_id == bindparam("case_id")),
    plain,
)
_PASSED = Query(
    select(question.c.kind).where(
        question.c.case_id == bindparam("case_id"),
        func.coalesce(question.c.contact_point_id, "") == bindparam("point_id"),
        question.c.passed == 1,
        question.c.answered_at > bindparam("since"),
    ),
    value,
)


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /cases/{id}/identity/questions: what is asked, and at which address of the debtor's own."""

    kind: Kind
    epoch: int | None = None
    contact_point: str | None = None


class Choose(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /cases/{id}/identity/answers: which of the choices the debtor named, counted from 0."""

    question: str
    choice: int
    epoch: int | None = None


class Question(Struct, frozen=True):
    """`choices` in no order that tells anything; to be answered until `until`, from `contact_point`."""

    id: str
    kind: str
    choices: list[str]
    until: str
    contact_point: str | None


class Answered(Struct, frozen=True):
    """`passed`: whether this one held; `verified_until` once two did; `failures` within the day, of three."""

    passed: bool
    right: list[str]
    needed: int
    failures: int
    verified_until: str | None


def ask(tx: Tx, actor: Actor, vault: Vault, case_id: str, wish: Ask) -> Question:
    """Five choices, one of them right. Raises Conflict while the debtor is locked; Invalid where nothing is known, or
    where the address is none that can be checked.
    """
    row = workable(tx, actor, case_id, wish.epoch)
    still_open(row)
    _, point = must_be_checkable(tx, row, wish.contact_point)
    point_id = point.id if point is not None else None
    maker = _MAKERS.get(wish.kind)
    right = maker(tx, vault, row) if maker else None
    if right is None:
        raise Invalid("Nothing is known of this person that could be asked so.", field="kind", kind=wish.kind)
    choices = _among(right, wish.kind)
    made = new_id()
    add(
        tx, question, id=made, case_id=row.id, kind=wish.kind, choices=dump(choices),
        right_hash=_hash(vault, made, choices.index(right)), asked_by=actor.id, at=tx.now, passed=0,
        contact_point_id=point_id,
    )  # fmt: skip
    return Question(made, wish.kind, choices, rfc3339(tx.now + ANSWER_WITHIN), point_id)


def choose(tx: Tx, actor: Actor, vault: Vault, case_id: str, given: Choose) -> Answered:
    """Judge a choice, and what follows of it. Raises Invalid for a question that is none, answered, or too old."""
    row = workable(tx, actor, case_id, given.epoch)
    still_open(row)
    asked = _ONE.first(tx, id=given.question, case_id=row.id)
    if asked is None or asked[3] is not None or asked[2] + ANSWER_WITHIN < tx.now:
        raise Invalid("This question cannot be answered any more: ask another.", field="question")
    if not 0 <= given.choice < CHOICES:
        raise Invalid(f"A choice is a number from 0 to {CHOICES - 1}.", field="choice")
    kind: Kind = asked[0]
    point_id: str | None = asked[4]
    must_be_checkable(tx, row, point_id)  # the address may have turned out to be another's since it was asked
    held = secrets.compare_digest(asked[1], _hash(vault, given.question, given.choice))
    change(tx, question, {"id": given.question}, answered_at=tx.now, passed=int(held))
    right = sorted(set(_PASSED.all(tx, case_id=row.id, point_id=point_id or "", since=tx.now - SESSION_MS)))
    if not held:
        check_identity(tx, actor, case_id, Checks([Check(kind, False)], given.epoch, point_id))
    elif len(right) >= NEEDED:
        passed = [Check(each, True) for each in right]
        check_identity(tx, actor, case_id, Checks(passed, given.epoch, point_id))
    else:
        add_event(tx, row, "identity.passed", {"kind": kind}, author=actor.id)
        told(tx, row)
    until = rfc3339(row.disclosure_until) if row.disclosure == 2 and row.disclosure_until else None
    return Answered(held, right, NEEDED, len(failures(tx, row.debtor_id)), until)


def _hash(vault: Vault, question_id: str, index: int) -> str:
    return vault.digest(f"{question_id}:{index}", "identity.question")


def _document_digits(tx: Tx, vault: Vault, row: CaseRow) -> str | None:
    person = debtors.get(tx, row.debtor_id)
    plain_text = vault.open(person.document, "debtor.document") if person.document else ""
    digits = "".join(letter for letter in plain_text if letter.isdigit())
    return digits[:3] if len(digits) >= 8 else None


def _birth_date(tx: Tx, vault: Vault, row: CaseRow) -> str | None:
    person = debtors.get(tx, row.debtor_id)
    return vault.open(person.birth, "debtor.birth")[5:10] if person.birth else None


def _last_payment(tx: Tx, vault: Vault, row: CaseRow) -> str | None:
    clause = (
        select(payment.c.paid_at)
        .where(payment.c.debtor_id == row.debtor_id, payment.c.state == "confirmed")
        .order_by(payment.c.paid_at.desc())
        .limit(1)
    )
    found = rows(tx, clause, value)
    return f"{aware(found[0]):%Y-%m}" if found else None


def _product(tx: Tx, vault: Vault, row: CaseRow) -> str | None:
    clause = select(charge.c.product).where(
        charge.c.debtor_id == row.debtor_id, charge.c.portfolio_id == row.portfolio_id, charge.c.product != ""
    )
    return next(iter(rows(tx, clause.limit(1), value)), None)


_MAKERS: dict[str, Callable[[Tx, Vault, CaseRow], str | None]] = {
    "document_digits": _document_digits,
    "birth_date": _birth_date,
    "last_payment": _last_payment,
    "product": _product,
}


def _among(right: str, kind: str) -> list[str]:
    """The right one among four that look like it, shuffled."""
    chance = random.SystemRandom()
    found = {right}
    while len(found) < CHOICES:
        found.add(_decoy(chance, right, kind))
    choices = list(found)
    chance.shuffle(choices)
    return choices


def _decoy(chance: random.SystemRandom, right: str, kind: str) -> str:
    if kind == "document_digits":
        return f"{chance.randrange(1000):03}"
    if kind == "birth_date":
        return f"{date.fromordinal(date(2024, 1, 1).toordinal() + chance.randrange(366)):%m-%d}"
    if kind == "last_payment":
        year, month = (int(part) for part in right.split("-"))
        back = year * 12 + month - 1 - chance.randrange(-3, 9)
        return f"{back // 12}-{back % 12 + 1:02}"
    return chance.choice([each for each in PRODUCTS if each != right])
