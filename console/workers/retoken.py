"""`search.retoken`: a case that changed teams is found by its new team, and no longer by the old one (decision 20)."""

from __future__ import annotations

from typing import Any

from console.cases.queries import find
from console.services import Services
from console.store.transaction import Tx
from console.timeline.index import retoken

KIND = "search.retoken"


async def follow(services: Services, payload: dict[str, Any]) -> None:
    """The job."""
    await services.store.write(_follow, payload["case"])


def _follow(tx: Tx, case_id: str) -> None:
    row = find(tx, case_id)
    if row is not None:
        retoken(tx, row.id, row.team_id, row.portfolio_id)
