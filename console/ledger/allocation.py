"""In which order a payment settles the parts of a portfolio's charges (domain rules 3.3.7): read and set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from console.audit.record import record
from console.errors import Invalid
from console.ledger.accrual import ORDER
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx


class Allocation(Struct, frozen=True, forbid_unknown_fields=True):
    """Each of fees, fine, interest and principal once; what comes first is paid first, in the oldest charge first."""

    order: list[str]


def allocation_of(reader: Reader, portfolio_id: str) -> Allocation:
    """What stands. Raises NotFound."""
    return Allocation(order_of(load(get_portfolio(reader, portfolio_id).settings)))


def order_of(settings: Mapping[str, Any]) -> list[str]:
    """The portfolio's own order, or the house's."""
    return list(settings.get("allocation") or ORDER)


def set_allocation(tx: Tx, portfolio_id: str, wish: Allocation, by: str | None = None) -> None:
    """Change it for payments booked from now on; audited. Raises NotFound, or Invalid, naming the field."""
    book = get_portfolio(tx, portfolio_id)
    if sorted(wish.order) != sorted(ORDER):
        raise Invalid(f"Name each of {', '.join(ORDER)} once, the one that is paid first at the beginning.",
                      field="order")  # fmt: skip
    change(tx, portfolio, {"id": book.id}, settings=dump(load(book.settings) | {"allocation": wish.order}))
    tx.memo.pop(("portfolio", book.id), None)
    record(tx, by, "portfolio.allocation_changed", f"portfolio:{book.id}", detail={"order": wish.order})
