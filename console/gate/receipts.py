"""What is known of money that came, or that the debtor says is on its way."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from console.ledger.models import claim, payment
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import DAY, Ms

CONFIRM_MS = 3 * DAY  # how long a recorded payment may be confirmed to the debtor
_PAID = Query(
    select(payment.c.id)
    .where(
        payment.c.debtor_id == bindparam("debtor_id"),
        payment.c.portfolio_id == bindparam("portfolio_id"),
        payment.c.state == "confirmed",
        payment.c.created_at > bindparam("since"),
    )
    .limit(1),
    value,
)
_CLAIMED = Query(  # of a claim that is closed `check_at` is empty: few rows are ahead of now
    select(func.max(claim.c.check_at)).where(
        claim.c.check_at > bindparam("now"),
        claim.c.state == "open",
        claim.c.debtor_id == bindparam("debtor_id"),
        claim.c.portfolio_id == bindparam("portfolio_id"),
    ),
    value,
)


def was_paid_lately(reader: Reader, debtor_id: str, portfolio_id: str) -> bool:
    """Whether a payment of this debtor to this portfolio was written down within three days."""
    since = reader.now - CONFIRM_MS
    return _PAID.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id, since=since) is not None


def claimed_until(reader: Reader, debtor_id: str, portfolio_id: str) -> Ms | None:
    """Up to when a receipt that the debtor showed, and nobody judged, pauses what collects; None where none does."""
    found: Ms | None = _CLAIMED.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id, now=reader.now)
    return found
