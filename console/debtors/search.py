"""Finding debtors by name, number, mail address, document or the creditor's own key, among those the caller may see."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct
from sqlalchemy import ColumnElement, exists, func, or_, select

from console.access.actor import Actor
from console.access.debtors import visible_debtors
from console.debtors import phones
from console.debtors.documents import digests
from console.debtors.models import account, address, contact_point, debtor
from console.debtors.queries import DebtorRow
from console.debtors.seen import DebtorShape, reads, shape
from console.errors import Invalid
from console.store.statement import rows
from console.store.transaction import Reader
from console.store.vault import Vault
from console.wire.ids import is_id
from console.wire.paging import unknown

MOST = 100
LONGEST = 200
_LEAST_DIGITS = 8  # of a phone: shorter ones would let numbers be guessed digit by digit
_MAY_BEAR_A_MARK = re.compile("[aeioucny]")


class DebtorQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The query of GET /debtors."""

    q: str = ""
    portfolio: str | None = None
    limit: int = 20
    cursor: str | None = None


class DebtorPage(Struct, frozen=True):
    items: list[DebtorShape]
    next: str | None


def search(reader: Reader, vault: Vault, actor: Actor, query: DebtorQuery) -> DebtorPage:
    """A page, the youngest first. Raises Invalid, naming the parameter."""
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if len(query.q) > LONGEST:
        raise Invalid(f"Search for at most {LONGEST} characters.", field="q")
    if query.cursor is not None and not is_id(query.cursor):
        raise unknown()
    found = _matching(reader, vault, actor, query)
    shown = found[: query.limit]
    items = [shape(reader, vault, actor, row, masked=not reads(reader, actor, row.id)) for row in shown]
    return DebtorPage(items, shown[-1].id if len(found) > query.limit else None)


def _matching(reader: Reader, vault: Vault, actor: Actor, query: DebtorQuery) -> list[DebtorRow]:
    """One row more than asked for, when there is one. The database narrows down, accents are judged here."""
    words, exact = _fold(query.q).split(), _exact(vault, query.q)
    found: list[DebtorRow] = []
    last = query.cursor
    while len(found) <= query.limit:
        clause = select(debtor).where(visible_debtors(actor), debtor.c.merged_into.is_(None))
        if query.portfolio is not None:
            mine = exists().where(account.c.debtor_id == debtor.c.id, account.c.portfolio_id == query.portfolio)
            clause = clause.where(mine)
        if words:
            clause = clause.where(or_(_named(words), exact))
        if last is not None:
            clause = clause.where(debtor.c.id < last)
        step = rows(reader, clause.order_by(debtor.c.id.desc()).limit(4 * MOST), DebtorRow)
        identified = _ids(reader, exact, step) if words else set()
        found += [row for row in step if row.id in identified or all(word in _fold(row.name) for word in words)]
        if len(step) < 4 * MOST:
            break
        last = step[-1].id
    return found[: query.limit + 1]


def _named(words: list[str]) -> ColumnElement[bool]:
    """Whether the name may hold all words: any letter stands for one that may bear an accent."""
    name = func.lower(debtor.c.name)
    clause: ColumnElement[bool] = name.like("%")
    for word in words:
        pattern = _MAY_BEAR_A_MARK.sub("_", word.replace("\\", "").replace("%", "").replace("_", ""))
        clause = clause & name.like(f"%{pattern}%")
    return clause


def _exact(vault: Vault, text: str) -> ColumnElement[bool]:
    """Whether an identifier is exactly this: a number, an address, a document, the creditor's key."""
    plain = text.strip()
    keys = [plain.lower()] if "@" in plain else []
    if len(re.sub(r"\D", "", plain)) >= _LEAST_DIGITS:
        keys.append(phones.canonical(plain))
    at = (
        exists()
        .where(contact_point.c.debtor_id == debtor.c.id, contact_point.c.address_id == address.c.id)
        .where(address.c.key.in_(keys or ["-"]), contact_point.c.state != "removed")
    )
    own = exists().where(account.c.debtor_id == debtor.c.id, account.c.external_id == plain)
    return or_(at, own, debtor.c.document_hash.in_(digests(vault, plain)))


def _ids(reader: Reader, exact: ColumnElement[bool], step: list[DebtorRow]) -> set[str]:
    if not step:
        return set()
    return set(rows(reader, select(debtor.c.id).where(debtor.c.id.in_([row.id for row in step]), exact), str))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
