"""People whom a document that stands for none made one: known by several keys, and by a number such as 11111111."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import func, select

from console.debtors import documents
from console.debtors.models import account, debtor
from console.debtors.queries import DebtorRow
from console.portfolios.models import portfolio
from console.store.statement import rows
from console.store.transaction import Reader
from console.store.vault import Vault

AT_ONCE = 500


class Joined(Struct, frozen=True):
    """`keys`: (portfolio's name, creditor's key) of each account. `document`: as it was given, which is nobody's."""

    id: str
    name: str
    document: str
    keys: list[tuple[str, str]]


def joined(reader: Reader, vault: Vault) -> list[Joined]:
    """Those who may be several people, by id. A number that somebody may have, and that their name was compared with
    when it came, joins nobody and is left out.
    """
    several = select(account.c.debtor_id).group_by(account.c.debtor_id).having(func.count() > 1)
    clause = select(debtor).where(
        debtor.c.document.is_not(None), debtor.c.merged_into.is_(None), debtor.c.id.in_(several)
    )
    found: list[Joined] = []
    last = ""
    while some := rows(reader, clause.where(debtor.c.id > last).order_by(debtor.c.id).limit(AT_ONCE), DebtorRow):
        last = some[-1].id
        for each in some:
            text = vault.open(each.document or b"", documents.PURPOSE)
            if documents.is_filler(text) and each.document_hash != documents.digest(vault, text, each.name):
                found.append(Joined(each.id, each.name, text, _keys(reader, each.id)))
    return found


def _keys(reader: Reader, debtor_id: str) -> list[tuple[str, str]]:
    clause = (
        select(portfolio.c.name, account.c.external_id)
        .join(portfolio, portfolio.c.id == account.c.portfolio_id)
        .where(account.c.debtor_id == debtor_id)
        .order_by(portfolio.c.name, account.c.external_id)
    )
    return [(name, key or "") for name, key in rows(reader, clause, lambda *both: both)]
