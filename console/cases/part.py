"""Two people were taken for one by a number that is nobody's: the one gets a record, and debts, of their own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from console.audit.record import record
from console.cases.queries import of_debtor
from console.cases.stop_clock import stop_the_clock
from console.debtors.models import account, contact_point, debtor
from console.debtors.names import index_name
from console.debtors.queries import DebtorRow, get
from console.errors import Conflict, Invalid, NotFound
from console.ledger.models import charge, dispute, entry, payment, plan, promise
from console.ledger.owed import ChargeRow
from console.ledger.states import LIVE_PLAN
from console.store.base import dump
from console.store.statement import Query, add, change, value
from console.store.transaction import Tx
from console.wire.ids import new_id

_ACCOUNTS = Query(
    select(account.c.id, account.c.external_id).where(
        account.c.debtor_id == bindparam("debtor_id"), account.c.portfolio_id == bindparam("portfolio_id")
    ),
    lambda *both: both,
)
_CHARGES = Query(
    select(charge).where(
        charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id")
    ),
    ChargeRow,
)
_OPEN = (
    ("an agreement stands", plan, plan.c.state.in_(LIVE_PLAN)),
    ("a promise is open", promise, promise.c.state == "open"),
    ("a dispute is open", dispute, dispute.c.closed_at.is_(None)),
)


def part(tx: Tx, debtor_id: str, portfolio_id: str, key: str, name: str, charges: Sequence[str] = ()) -> str:
    """The id of a new record with the account of this key and its debts: all of the portfolio when nobody else's key is
    there, else those of `charges` (the creditor's keys). The document goes from both, and who uses an address is asked
    anew: whose it is cannot be told.

    Raises NotFound, Invalid naming the field, Conflict while something of that portfolio is open.
    """
    tx.lock(f"debtor:{debtor_id}")
    kept = get(tx, debtor_id)
    found = _ACCOUNTS.all(tx, debtor_id=debtor_id, portfolio_id=portfolio_id)
    accounts = {external: account_id for account_id, external in found}
    if key not in accounts:
        raise NotFound
    if not name.strip() or len(name) > 200:
        raise Invalid("A name has 1 to 200 characters.", field="name")
    _must_rest(tx, debtor_id, portfolio_id)
    mine = _chosen(tx, debtor_id, portfolio_id, charges, alone=len(accounts) == 1)
    made = _beside(tx, kept, name.strip())
    change(tx, account, {"id": accounts[key]}, debtor_id=made)
    for each in mine:
        change(tx, charge, {"id": each.id}, debtor_id=made)
        change(tx, entry, {"charge_id": each.id}, debtor_id=made)
    if len(accounts) == 1:
        change(tx, payment, {"debtor_id": debtor_id, "portfolio_id": portfolio_id}, debtor_id=made)
    stop_the_clock(tx, debtor_id, "wrong_person")
    change(tx, debtor, {"id": debtor_id}, document=None, document_kind=None, document_hash=None, updated_at=tx.now)
    change(tx, contact_point, {"debtor_id": debtor_id}, disclosure=0, verified=0)
    detail = {"into": made, "portfolio": portfolio_id, "charges": len(mine)}
    record(tx, None, "debtor.parted", f"debtor:{debtor_id}", detail=detail)
    return made


def _must_rest(tx: Tx, debtor_id: str, portfolio_id: str) -> None:
    if any(each.is_open and each.portfolio_id == portfolio_id for each in of_debtor(tx, debtor_id)):
        raise Conflict("A case is open there: resolve it first, since whose words it holds cannot be told.")
    for what, table, is_open in _OPEN:
        clause = select(table.c.id).where(
            table.c.debtor_id == bindparam("debtor_id"), table.c.portfolio_id == bindparam("portfolio_id"), is_open
        )
        if Query(clause.limit(1), value).first(tx, debtor_id=debtor_id, portfolio_id=portfolio_id) is not None:
            raise Conflict(f"In that portfolio {what}: end it first.")


def _chosen(tx: Tx, debtor_id: str, portfolio_id: str, keys: Sequence[str], *, alone: bool) -> list[ChargeRow]:
    found = _CHARGES.all(tx, debtor_id=debtor_id, portfolio_id=portfolio_id)
    if not keys:
        if not alone:
            raise Invalid("Several keys stand in this portfolio: name the charges that are theirs.", field="charge")
        return found
    missing = set(keys) - {each.external_id for each in found}
    if missing:
        raise Invalid(f"There is no such charge of this person: {', '.join(sorted(missing))}.", field="charge")
    return [each for each in found if each.external_id in keys]


def _beside(tx: Tx, kept: DebtorRow, name: str) -> str:
    made = new_id()
    add(
        tx, debtor, id=made, name=name, kind=kept.kind, language=kept.language, timezone=kept.timezone,
        jurisdiction=kept.jurisdiction, labels=dump([]), created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    index_name(tx, made, name, new=True)
    return made
