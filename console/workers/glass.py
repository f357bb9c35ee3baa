"""`break_glass.ended` and `break_glass.overdue`: its hour is over, and so are the days for its review."""

from __future__ import annotations

from typing import Any

from console.services import Services
from console.supervision import break_glass


async def end(services: Services, payload: dict[str, Any]) -> None:
    """The job."""
    await services.store.write(break_glass.run_out, payload["id"])


async def overdue(services: Services, payload: dict[str, Any]) -> None:
    """The job."""
    await services.store.write(break_glass.look_for_review, payload["id"])
