"""`health.restriction_over`: at the end that a provider named for a restriction, its alarm ends."""

from __future__ import annotations

from typing import Any

from console.intake.notices import OVER, restriction_over
from console.services import Services

KIND = OVER


async def end(services: Services, payload: dict[str, Any]) -> None:
    """The job."""
    await services.store.write(restriction_over, payload["inbox"])
