"""What a text says that belongs to somebody else: a name, a sum or a number of another debtor whom the writer serves.

With thirty conversations open the wrong thread is one click away, and what is written there is a disclosure. The page
names names and sums while one types; what asks by API, and cases that the page does not hold, are told of here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from console.access.actor import Actor
from console.cases.models import case
from console.cases.queries import CaseRow
from console.debtors.documents import digests
from console.debtors.models import debtor
from console.gate.content import fold
from console.ledger.models import charge
from console.store.statement import Query
from console.store.transaction import Reader
from console.store.vault import Vault
from console.wire.currency import NO_DECIMALS

LEAST = 4  # characters of a number that can be told from chance
_WORD = re.compile(r"[^\W\d_]+")
_SUM = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d+)(?:[.,](\d{2}))?(?![\d]|[.,]\d)")
_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z./-]{2,38}[0-9A-Za-z]")
_OPEN = or_(case.c.owner_id == bindparam("user"), case.c.taken_over_from == bindparam("user"))
_DOCUMENTS = Query(
    select(case.c.id, debtor.c.id, debtor.c.name, debtor.c.document_hash)
    .join(debtor, debtor.c.id == case.c.debtor_id)
    .where(_OPEN, case.c.status != "resolved", debtor.c.document_hash.is_not(None)),
    lambda *columns: tuple(map(str, columns)),
)
_PEOPLE = Query(
    select(case.c.id, debtor.c.id, debtor.c.name, case.c.balance_minor, case.c.currency)
    .join(debtor, debtor.c.id == case.c.debtor_id)
    .where(_OPEN, case.c.status != "resolved"),
    lambda *columns: columns,
)
_INVOICES = Query(
    select(case.c.id, debtor.c.id, debtor.c.name, charge.c.number)
    .join(debtor, debtor.c.id == case.c.debtor_id)
    .join(charge, (charge.c.debtor_id == case.c.debtor_id) & (charge.c.portfolio_id == case.c.portfolio_id))
    .where(_OPEN, case.c.status != "resolved"),
    lambda *columns: tuple(map(str, columns)),
)


class Mixup(Struct, frozen=True):
    """Whose it is. kind: name, document, invoice, sum; `code` is the warning's, whatever the kind."""

    case: str
    name: str
    kind: str
    code: str = "OTHER_DEBTOR"


def mixups(reader: Reader, vault: Vault, actor: Actor, row: CaseRow, text: str) -> list[Mixup]:
    """What in `text` is of the actor's other open cases, each kind once a case; what is this debtor's too is no mix-up.

    A name is meant by its first and last word, a sum by the balance to the last decimal: nobody writes those by chance.
    """
    people = _PEOPLE.all(reader, user=actor.id)
    return [*_named(row, people, text), *_numbered(reader, vault, actor, row, text), *_summed(row, people, text)]


def _named(row: CaseRow, people: Iterable[tuple[Any, ...]], text: str) -> Iterator[Mixup]:
    said = set(_WORD.findall(fold(text)))
    lines = [(case_id, debtor_id, name, _ends(name)) for case_id, debtor_id, name, *_ in people]
    own = {word for _, debtor_id, name, _ in lines if debtor_id == row.debtor_id for word in _WORD.findall(fold(name))}
    for case_id, debtor_id, name, ends in lines:
        if debtor_id != row.debtor_id and len(ends) == 2 and ends <= said and not ends <= own:
            yield Mixup(case_id, name, "name")


def _ends(name: str) -> set[str]:
    """First and last word of a name; of a single one nothing can be told."""
    words = [word for word in _WORD.findall(fold(name)) if len(word) > 2]
    return {words[0], words[-1]} if words else set()


def _summed(row: CaseRow, people: Iterable[tuple[Any, ...]], text: str) -> Iterator[Mixup]:
    sums = [("".join(filter(str.isdigit, whole)), cents) for whole, cents in _SUM.findall(text)]
    exact = {int(whole + cents) for whole, cents in sums if cents}
    rounded = {int(whole) for whole, cents in sums if not cents and len(whole) >= LEAST}
    pesos = exact | {100 * each for each in rounded}  # nobody writes the cents of Colombia
    lines = list(people)
    own = {balance for _, debtor_id, _, balance, _ in lines if debtor_id == row.debtor_id}
    for case_id, debtor_id, name, balance, currency in lines:
        written = rounded if currency in NO_DECIMALS else pesos if currency == "COP" else exact
        if debtor_id != row.debtor_id and balance and balance in written and balance not in own:
            yield Mixup(case_id, name, "sum")


def _numbered(reader: Reader, vault: Vault, actor: Actor, row: CaseRow, text: str) -> list[Mixup]:
    tokens = {token for token in _TOKEN.findall(text) if any(each.isdigit() for each in token)}
    if not tokens:
        return []
    documents = {digest for token in tokens for digest in digests(vault, token)}
    numbers = {token.casefold() for token in tokens if len(token) >= LEAST}
    owned = _INVOICES.all(reader, user=actor.id)
    known = _DOCUMENTS.all(reader, user=actor.id)
    return [*_others(row, known, documents, "document"), *_others(row, owned, numbers, "invoice")]


def _others(row: CaseRow, lines: Iterable[tuple[str, ...]], said: set[str], kind: str) -> list[Mixup]:
    lines = list(lines)
    own = {value.casefold() for _, debtor_id, _, value in lines if debtor_id == row.debtor_id}
    found = {
        case_id: Mixup(case_id, name, kind)
        for case_id, debtor_id, name, value in lines
        if debtor_id != row.debtor_id and value.casefold() in said and value.casefold() not in own
    }
    return list(found.values())
