"""What a text says that belongs to somebody else: a number of another debtor whom the writer is serving too.

With thirty conversations open the wrong thread is one click away, and what is written there is a disclosure. Names and
sums are compared by the page, which holds them; documents and invoice numbers stand only here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from console.access.actor import Actor
from console.cases.models import case
from console.cases.queries import CaseRow
from console.debtors.documents import digests
from console.debtors.models import debtor
from console.ledger.models import charge
from console.store.statement import Query
from console.store.transaction import Reader
from console.store.vault import Vault

LEAST = 4  # characters of a number that can be told from chance
_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z./-]{2,38}[0-9A-Za-z]")
_OPEN = or_(case.c.owner_id == bindparam("user"), case.c.taken_over_from == bindparam("user"))
_DOCUMENTS = Query(
    select(case.c.id, debtor.c.id, debtor.c.name, debtor.c.document_hash)
    .join(debtor, debtor.c.id == case.c.debtor_id)
    .where(_OPEN, case.c.status != "resolved", debtor.c.document_hash.is_not(None)),
    lambda *columns: tuple(map(str, columns)),
)
_INVOICES = Query(
    select(case.c.id, debtor.c.id, debtor.c.name, charge.c.number)
    .join(debtor, debtor.c.id == case.c.debtor_id)
    .join(charge, (charge.c.debtor_id == case.c.debtor_id) & (charge.c.portfolio_id == case.c.portfolio_id))
    .where(_OPEN, case.c.status != "resolved"),
    lambda *columns: tuple(map(str, columns)),
)


class Mixup(Struct, frozen=True):
    """Whose it is. kind: document, invoice."""

    case: str
    name: str
    kind: str


def mixups(reader: Reader, vault: Vault, actor: Actor, row: CaseRow, text: str) -> list[Mixup]:
    """Numbers in `text` of the actor's other open cases, one a case; what is this debtor's too is no mix-up."""
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
