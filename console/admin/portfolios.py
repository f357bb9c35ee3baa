"""Taking a portfolio out of use."""

from __future__ import annotations

from console.audit.record import record
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio, inboxes_of
from console.portfolios.set_up import set_inbox_state
from console.store.statement import change
from console.store.transaction import Tx


def disable_portfolio(tx: Tx, portfolio_id: str, by: str | None = None) -> None:
    """Its inboxes are switched off, so that nothing leaves and nothing is taken; what was said stays readable."""
    get_portfolio(tx, portfolio_id)
    change(tx, portfolio, {"id": portfolio_id}, disabled_at=tx.now)
    for each in inboxes_of(tx, portfolio_id):
        set_inbox_state(tx, each.id, "disabled", by)
    record(tx, by, "portfolio.disabled", f"portfolio:{portfolio_id}")
