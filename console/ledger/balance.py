"""The balance as integrators and screens read it: `ledger.owed` in money objects."""

from __future__ import annotations

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.portfolios import visible_portfolios
from console.access.visible import content_of_cases
from console.cases.models import case
from console.debtors.models import account, debtor
from console.errors import Invalid, NotFound
from console.ledger.accrual import Terms
from console.ledger.itemise import line, whole_of
from console.ledger.models import charge
from console.ledger.owed import ChargeOwed, Owed, owed
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.statement import Query, rows, value
from console.store.transaction import Reader
from console.wire.moment import parse_day
from console.wire.shapes import Money

_LANGUAGE = Query(select(debtor.c.language).where(debtor.c.id == bindparam("id")), value)


class BalanceQuery(Struct, frozen=True, forbid_unknown_fields=True):
    as_of: str | None = None  # YYYY-MM-DD in the debtor's zone; left out: today there
    portfolio: str | None = None


class Charge(Struct, frozen=True, kw_only=True):
    id: str
    number: str
    product: str
    due: str
    effective_due: str
    days_late: int
    bucket: str
    principal: Money
    fine: Money
    interest: Money
    fees: Money
    discount: Money
    paid: Money
    total: Money
    overlays: list[str]
    open: dict[str, Money]  # what is left of each component
    terms: Terms  # by which fine and interest were reckoned, in basis points


class Balance(Struct, frozen=True, kw_only=True):
    as_of: str
    portfolio: str
    charges: list[Charge]
    total: Money
    bucket: str
    days_late: int
    overlays: list[str]
    breakdown: str  # what the total is made of, in the debtor's language; "" when nothing is owed


def balance(reader: Reader, actor: Actor, debtor_id: str, query: BalanceQuery) -> Balance:
    """What is owed in one portfolio. Raises NotFound for who may not see the amounts, Invalid for a wrong parameter."""
    must_see_debtor(reader, actor, debtor_id)
    book = portfolio_of(reader, actor, debtor_id, query.portfolio)
    return balance_in(reader, debtor_id, book, _date(query.as_of))


def balance_in(reader: Reader, debtor_id: str, portfolio_id: str, as_of: date | None = None) -> Balance:
    """The same for a caller who has decided who may see it."""
    currency = get_portfolio(reader, portfolio_id).currency
    debt = owed(reader, debtor_id, portfolio_id, as_of)
    language = _LANGUAGE.first(reader, id=debtor_id) or "en"
    return _shape(debt, portfolio_id, debt.currency or currency, language)


def portfolio_of(reader: Reader, actor: Actor, debtor_id: str, asked: str | None) -> str:
    """The portfolio meant, among those whose amounts the actor may see. Raises NotFound when there is none."""
    seen = _portfolios(reader, actor, debtor_id)
    if asked is not None:
        if asked not in seen:
            raise NotFound
        return asked
    if not seen:
        raise NotFound
    if len(seen) > 1:
        raise Invalid("The debtor stands in several portfolios: name one.", field="portfolio", portfolios=seen)
    return seen[0]


def _portfolios(reader: Reader, actor: Actor, debtor_id: str) -> list[str]:
    """An agent's are those of cases they read; everybody else's are the ones they may know of."""
    known = select(account.c.portfolio_id).where(account.c.debtor_id == debtor_id)
    charged = select(charge.c.portfolio_id).where(charge.c.debtor_id == debtor_id)
    cases = select(case.c.portfolio_id).where(case.c.debtor_id == debtor_id, content_of_cases(actor))
    if actor.role == "agent":
        clause = select(portfolio.c.id).where(portfolio.c.id.in_(cases))
    else:
        may = visible_portfolios(actor)
        if actor.opened:  # a case of another team, for an hour: what is owed in it is its content
            may = or_(may, portfolio.c.id.in_(cases))
        clause = select(portfolio.c.id).where(portfolio.c.id.in_(known.union(charged, cases)), may)
    return rows(reader, clause.order_by(portfolio.c.name), value)


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else parse_day(text)
    except ValueError:
        raise Invalid("A date is written YYYY-MM-DD.", field="as_of") from None


def _shape(debt: Owed, portfolio_id: str, currency: str, language: str) -> Balance:
    return Balance(
        as_of=debt.as_of,
        portfolio=portfolio_id,
        charges=[_charge(each, currency) for each in debt.charges],
        total=Money(debt.total_minor or 0, currency),
        bucket=debt.bucket,
        days_late=debt.days_late,
        overlays=debt.overlays,
        breakdown=line(whole_of(debt), language) if debt.total_minor else "",
    )


def _charge(each: ChargeOwed, currency: str) -> Charge:
    return Charge(
        id=each.id, number=each.number, product=each.product, due=each.due, effective_due=each.effective_due,
        days_late=each.days_late, bucket=each.bucket, principal=Money(each.principal, currency),
        fine=Money(each.fine, currency), interest=Money(each.interest, currency), fees=Money(each.fees, currency),
        discount=Money(each.discount, currency), paid=Money(each.paid, currency), total=Money(each.total, currency),
        overlays=each.overlays, open={name: Money(left, currency) for name, left in each.open.items()},
        terms=each.terms,
    )  # fmt: skip
