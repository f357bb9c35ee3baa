"""Putting charges into the books. A repeated key of the creditor updates the charge it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct, field, structs
from sqlalchemy import bindparam, select

from console.errors import Conflict, Invalid
from console.ledger import early
from console.ledger.models import charge
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query, add, add_many, change
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import aware, parse_day
from console.wire.shapes import Money

MOST_BP = 10_000  # a rate beyond 100 % is a slip of the pen
MOST_MINOR = 10**13
FIRST_DUE = date(1950, 1, 1)
DUE_YEARS = 50  # how far ahead a charge falls due: beyond it stands the "no date" of somebody's system
_KEYED = Query(
    select(charge.c.id, charge.c.debtor_id, charge.c.closed_at).where(
        charge.c.portfolio_id == bindparam("portfolio_id"), charge.c.external_id == bindparam("external_id")
    ),
    lambda *columns: columns,
)


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """Basis points: the fine once, simple interest for 30 days. What is left out is the portfolio's for a charge that
    is new, and stays as it is for one that is known.
    """

    fine_bp: int | None = None
    interest_bp_30d: int | None = None


class NewCharge(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    number: str
    due: str  # YYYY-MM-DD
    amount: Money
    external_id: str | None = None
    fees: Money | None = None  # what the creditor adds once, beside fine and interest; left out, what stands stays
    boleto: str | None = None  # its line; of all three: left out, what stands stays, and "" takes it back
    pix: str | None = None  # the creditor's code to copy
    document_url: str | None = None  # where its document is read
    terms: Terms | None = None  # its own rates, over those of the debt


class NewDebt(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /debts. `portfolio` may be left out for a debtor of one portfolio. `external_id`: the creditor's
    own key of the debt, by which a recall names all its charges; left out, what is known of a charge stays.
    """

    client_id: str
    debtor: str
    product: str
    charges: list[NewCharge]
    terms: Terms = field(default_factory=Terms)
    external_id: str | None = None
    portfolio: str | None = None


def add_charges(tx: Tx, new: NewDebt, portfolio_id: str, currency: str) -> list[str]:
    """Add or update the charges of a debt; their ids. One that was recalled before it came is taken back as it comes.
    Raises Invalid, naming the field, or Conflict for another debtor's key.
    """
    check_debt(new, currency, aware(tx.now).date())
    ids: list[str] = []
    made: list[dict[str, Any]] = []
    for index, each in enumerate(new.charges):
        values = _values(new, each)
        known = None
        if each.external_id is not None:
            known = _KEYED.first(tx, portfolio_id=portfolio_id, external_id=each.external_id)
        if known is None:
            ids.append(new_id())
            made.append(
                {"id": ids[-1], "debtor_id": new.debtor, "portfolio_id": portfolio_id, "external_id": each.external_id,
                 "created_at": tx.now, "fees_minor": 0, "debt_key": "", **usual_terms(tx, portfolio_id), **values}
            )  # fmt: skip
        elif known[1] != new.debtor:
            raise Conflict("This key names a charge of another debtor.", field=f"charges[{index}].external_id")
        elif known[2] is not None:
            raise Conflict("This charge was taken back: what is owed anew comes under a key of its own.",
                           field=f"charges[{index}].external_id")  # fmt: skip
        else:
            ids.append(known[0])
            change(tx, charge, {"id": known[0]}, **values)
    if made:
        early.take_back(tx, portfolio_id, made)
    for one in made:
        add(tx, charge, **one)
    return ids


def add_new_charges(tx: Tx, several: Sequence[tuple[NewDebt, int]], portfolio_id: str) -> list[str]:
    """Debts that `check_debt` has seen, none of whose keys stands here; with each, what the creditor had received of
    every charge before it came. The charges' ids.
    """
    usual = usual_terms(tx, portfolio_id)
    made = [
        {"id": new_id(), "debtor_id": new.debtor, "portfolio_id": portfolio_id, "external_id": each.external_id,
         "created_at": tx.now, "paid_minor": paid, "fees_minor": 0, "closed_at": None, "closed_why": "",
         "debt_key": "", **usual,
         **_values(new, each)}
        for new, paid in several for each in new.charges
    ]  # fmt: skip
    if made:
        early.take_back(tx, portfolio_id, made)
    add_many(tx, charge, made)
    return [str(each["id"]) for each in made]


def check_debt(new: NewDebt, currency: str, today: date) -> None:
    """Raises Invalid, naming the field, for what no look at the books could mend."""
    _check(new)
    for index, each in enumerate(new.charges):
        _check_charge(each, currency, f"charges[{index}]")
        _check_due(each.due, today, f"charges[{index}].due")


def usual_terms(reader: Reader, portfolio_id: str) -> dict[str, int]:
    """What a charge that is new owes beside its principal where its debt does not say: the portfolio's terms. Raises
    NotFound.
    """
    own: dict[str, int] = load(get_portfolio(reader, portfolio_id).settings).get("terms", {})
    return {name: own.get(name, 0) for name in Terms.__struct_fields__}


def named_terms(terms: Terms) -> dict[str, int]:
    """The rates that are not left out."""
    return {name: each for name, each in structs.asdict(terms).items() if each is not None}


def check_terms(terms: Terms, at: str = "") -> None:
    """Raises Invalid, naming the field after `at`."""
    for name, each in named_terms(terms).items():
        if not 0 <= each <= MOST_BP:
            raise Invalid(f"A rate is 0 to {MOST_BP} basis points.", field=f"{at}{name}")


def _values(new: NewDebt, each: NewCharge) -> dict[str, Any]:
    return {
        "number": each.number.strip(), "product": new.product.strip(), "due": each.due,
        "currency": each.amount.currency, "amount_minor": each.amount.amount,
        **({"debt_key": new.external_id.strip()} if new.external_id else {}),
        **({} if each.fees is None else {"fees_minor": each.fees.amount}), **named_terms(new.terms),
        **({} if each.terms is None else named_terms(each.terms)),
    }  # fmt: skip


def _check(new: NewDebt) -> None:
    if not 1 <= len(new.charges) <= 500:
        raise Invalid("A debt has 1 to 500 charges.", field="charges")
    if len(new.product) > 200:
        raise Invalid("A product has at most 200 characters.", field="product")
    if new.external_id is not None and not 1 <= len(new.external_id.strip()) <= 200:
        raise Invalid("A key of the creditor has 1 to 200 characters.", field="external_id")
    check_terms(new.terms, "terms.")
    keys = [each.external_id for each in new.charges if each.external_id is not None]
    if len(keys) != len(set(keys)):
        raise Invalid("Two charges have the same key.", field="charges")


def _check_charge(each: NewCharge, currency: str, at: str) -> None:
    if not each.number.strip() or len(each.number) > 100:
        raise Invalid("A charge has a number of 1 to 100 characters.", field=f"{at}.number")
    if each.external_id is not None and not 1 <= len(each.external_id.strip()) <= 200:
        raise Invalid("A key of the creditor has 1 to 200 characters.", field=f"{at}.external_id")
    if not 0 < each.amount.amount <= MOST_MINOR:
        raise Invalid("An amount is a positive number of minor units.", field=f"{at}.amount")
    if each.amount.currency != currency:
        raise Invalid(f"This portfolio is kept in {currency}.", field=f"{at}.amount.currency")
    if each.fees is not None and (each.fees.currency != currency or not 0 <= each.fees.amount <= MOST_MINOR):
        raise Invalid(f"Fees are an amount in {currency}, not negative.", field=f"{at}.fees")
    if each.terms is not None:
        check_terms(each.terms, f"{at}.terms.")


def _check_due(text: str, today: date, at: str) -> None:
    try:
        due = parse_day(text)
    except ValueError:
        raise Invalid("A date is written YYYY-MM-DD.", field=at) from None
    last = date(today.year + DUE_YEARS, 12, 31)
    if not FIRST_DUE <= due <= last:
        raise Invalid(
            f"A charge falls due between {FIRST_DUE} and {last}: give its real day, not a day that stands for none.",
            field=at,
        )
