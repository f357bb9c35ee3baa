"""Quick replies with their variables filled for one case, as far as its reader may know them."""

from __future__ import annotations

from collections.abc import Mapping

from console.access.actor import Actor
from console.access.visible import must_read
from console.cases.itemise import breakdown
from console.cases.queries import CaseRow, get
from console.cases.templates import render
from console.debtors.queries import get as debtor_of
from console.ledger.owed import owed
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import load
from console.store.transaction import Reader


def values_for(reader: Reader, actor: Actor, case_id: str) -> dict[str, str]:
    """What the variables mean in this case. Raises NotFound unless the actor reads it."""
    must_read(reader, actor, case_id)
    row = get(reader, case_id)
    book = get_portfolio(reader, row.portfolio_id)
    creditor = load(book.creditor)
    person = debtor_of(reader, row.debtor_id)
    values = {
        "first_name": person.name.split()[0] if person.name.split() else "",
        "name": person.name,
        "creditor": creditor.get("name") or book.name,
        "creditor_legal": creditor.get("legal_name", ""),
        "creditor_tax_id": creditor.get("tax_id", ""),
        "creditor_address": creditor.get("address", ""),
        "help": creditor.get("help", ""),
        "agent": actor.name.split()[0] if actor.name else "",
        **_debt(reader, row, book, person.language),
    }
    return {name: each for name, each in values.items() if each}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known; a variable that nobody knows stays, so that it is seen."""
    return render(text, values)


def _debt(reader: Reader, row: CaseRow, book: PortfolioRow, language: str) -> dict[str, str]:
    from babel.dates import format_date
    from babel.numbers import format_currency, get_currency_precision

    debt = owed(reader, row.debtor_id, row.portfolio_id)
    if debt.total_minor is None:
        return {}
    currency = debt.currency or book.currency
    locale = "es" if language == "es" else "en" if language == "en" else "pt_BR"
    open_ones = [each for each in debt.charges if each.total > 0]
    values = {
        "amount": format_currency(debt.total_minor / 10 ** get_currency_precision(currency), currency, locale=locale),
        "days_late": str(debt.days_late),
        "breakdown": breakdown(reader, row.debtor_id, row.portfolio_id),
    }
    if open_ones:
        from datetime import date

        due = date.fromisoformat(open_ones[0].due)
        values |= {"invoice": open_ones[0].number, "due_date": format_date(due, "short", locale=locale)}
    return values
