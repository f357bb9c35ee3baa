"""What is known of money that came: what may be confirmed to the debtor."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.ledger.models import payment
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import DAY

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


def was_paid_lately(reader: Reader, debtor_id: str, portfolio_id: str) -> bool:
    """Whether a payment of this debtor to this portfolio was written down within three days."""
    since = reader.now - CONFIRM_MS
    return _PAID.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id, since=since) is not None
