"""How long deliveries are kept: understood status-only ones 24 hours, the rest 30 days (decision 19)."""

from __future__ import annotations

from sqlalchemy import bindparam

from console.cases.early import prune_early
from console.cases.settle import settle_early
from console.intake.models import delivery
from console.store.statement import Statement
from console.store.transaction import Tx
from console.wire.moment import DAY

_STATUSES = Statement(
    delivery.delete().where(
        delivery.c.at < bindparam("before"),
        delivery.c.state.in_(("stored", "duplicate", "ignored")),
        delivery.c.produced.not_like('%"kind":"message"%'),
        delivery.c.produced.like('%"kind":"status"%'),
    )
)
_REST = Statement(delivery.delete().where(delivery.c.at < bindparam("before")))


def prune(tx: Tx) -> int:
    """Delete what is past its time; how many. Provider ids (`taken`) are kept for ever."""
    settle_early(tx)
    prune_early(tx)
    return _STATUSES.run(tx, before=tx.now - DAY) + _REST.run(tx, before=tx.now - 30 * DAY)
