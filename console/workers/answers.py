"""Reads what a debtor's message says to the offer that stands, right after it came in."""

from __future__ import annotations

from typing import Any

import structlog

from console.cases.receive import ANSWERED
from console.negotiation.accept import read_answer
from console.services import Services

log = structlog.get_logger()
KIND = ANSWERED


async def read(services: Services, payload: dict[str, Any]) -> None:
    """May run again: an answered offer stands no more."""
    outcome = await services.store.write(read_answer, payload["item"])
    if outcome:
        log.info("plan.answered", item=payload["item"], outcome=outcome)
