"""A creditor tells a debt: it stands in the books, and the open case shows it."""

from __future__ import annotations

from msgspec import structs

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.portfolios import sees_portfolio
from console.cases.charge_codes import keep_given
from console.cases.recount import recount
from console.debtors.coming import while_people_come
from console.debtors.queries import accounts_of, get, is_in_portfolio
from console.errors import Conflict, Invalid, NotFound
from console.gate.terms import must_be_lawful
from console.ledger.balance import Balance, balance_in
from console.ledger.charges import NewDebt, add_charges
from console.ledger.early import while_debts_come
from console.ledger.owed import every_charge
from console.portfolios.queries import get_portfolio
from console.store.transaction import Reader, Tx

ROUTE = "debts"


class Booked(Balance, frozen=True, kw_only=True):
    """`recalled`: numbers of charges in the call that their creditor had taken back, some before they came."""

    recalled: list[str]


def add_debt(tx: Tx, actor: Actor, new: NewDebt) -> tuple[Booked, bool]:
    """The balance after it, and whether this was the first time. Raises Invalid, naming the field, or Conflict."""
    while_people_come(tx)
    book = book_of(tx, actor, new.debtor, new.portfolio)
    while_debts_come(tx, book)
    digest = body_hash(new)
    if repeated(tx, actor, ROUTE, new.client_id, digest) is not None:
        return _booked(tx, new, book), False
    if get(tx, new.debtor).merged_into is not None:
        raise Conflict("The debtor was merged into another one.", field="debtor")
    of = get_portfolio(tx, book)
    must_be_lawful(new.terms, of.jurisdiction, "terms.")
    for index, each in enumerate(new.charges):
        if each.terms is not None:
            must_be_lawful(each.terms, of.jurisdiction, f"charges[{index}].terms.")
    made = add_charges(tx, new, book, of.currency)
    for index, (charge_id, each) in enumerate(zip(made, new.charges, strict=True)):
        keep_given(tx, charge_id, each, f"charges[{index}]", actor.id)
    recount(tx, new.debtor, book)
    remember(tx, actor, ROUTE, new.client_id, digest, new.debtor)
    return _booked(tx, new, book), True


def _booked(reader: Reader, new: NewDebt, portfolio_id: str) -> Booked:
    told = {each.number.strip() for each in new.charges}
    closed = [each.number for each in every_charge(reader, new.debtor, portfolio_id).values() if each.closed_at]
    balance = structs.asdict(balance_in(reader, new.debtor, portfolio_id))
    return Booked(**balance, recalled=sorted(told.intersection(closed)))


def book_of(reader: Reader, actor: Actor, debtor_id: str, portfolio_id: str | None) -> str:
    """Where a debt or its payment belongs: a portfolio that is the actor's to fill, and in which the debtor has an
    account. Raises NotFound, Invalid when there are several and none is named.
    """
    if portfolio_id is not None:
        books = [portfolio_id] if is_in_portfolio(reader, debtor_id, portfolio_id) else []
    else:
        books = accounts_of(reader, debtor_id)
    mine = [each for each in books if sees_portfolio(reader, actor, each)]
    if not mine:
        raise NotFound
    if len(mine) > 1:
        raise Invalid("The debtor stands in several portfolios: name one.", field="portfolio", portfolios=mine)
    return mine[0]
