"""`templates.sync`: four times a day, what the providers have approved, paused or dropped is made known here."""

from __future__ import annotations

from typing import Any

import structlog

from channels.errors import ServiceFailed
from console.admin.templates import sync
from console.jobs.enqueue import enqueue_job
from console.portfolios.queries import all_inboxes
from console.services import Services
from console.store.transaction import Tx
from console.wire.moment import HOUR, Ms

KIND = "templates.sync"
EVERY_MS = 6 * HOUR
HOLDERS = frozenset({"meta", "twilio"})
"""The providers that hold templates."""
log = structlog.get_logger("templates")


async def refresh(services: Services, payload: dict[str, Any]) -> None:
    """The job; it asks for the next one first. A provider that does not answer keeps no other waiting."""
    await services.store.write(plan)
    for row in await services.store.read(all_inboxes):
        if row.provider not in HOLDERS or row.state != "active":
            continue
        try:
            told = await sync(services, row.id)
        except ServiceFailed as error:
            log.warning("templates.not_synced", inbox=row.id, why=str(error))
        else:
            log.info("templates.synced", inbox=row.id, held=told.held, new=told.new, gone=told.gone)


def plan(tx: Tx, wait: Ms = EVERY_MS) -> None:
    """Have the next one after a while; never two."""
    enqueue_job(tx, KIND, {}, key=KIND, run_at=tx.now + wait)
