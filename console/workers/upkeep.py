"""Housekeeping, once an hour: the log a week back, deliveries and notifications past their time."""

from __future__ import annotations

import asyncio

import structlog

from console.evidence.retention import due_for_retention, retain
from console.intake.prune import prune as prune_intake
from console.log.read import prune as prune_log
from console.services import Services
from console.webhooks.settle import forget
from console.wire.moment import DAY

log = structlog.get_logger()
EVERY_SECONDS = 3_600.0
REST_SECONDS = 0.1  # between two hundreds of retention: others want to write too
LOG_KEPT = 7 * DAY


async def keep_house(services: Services) -> None:
    """Runs for ever; the first round comes a little after the start."""
    await asyncio.sleep(60)
    while True:
        events = await services.store.write(prune_log, services.clock.now() - LOG_KEPT)
        deliveries = await services.store.write(prune_intake)
        notifications = await services.store.write(forget)
        await remove_old(services)
        log.info("house.kept", events=events, deliveries=deliveries, notifications=notifications)
        await asyncio.sleep(EVERY_SECONDS)


async def remove_old(services: Services) -> None:
    """Once a day: what the law and the house no longer keep, a hundred cases at a time so that others write in between.
    Bytes go after the rows that named them.
    """
    if not await services.store.read(due_for_retention):
        return
    run = None
    while run is None or not run.over:
        run, gone = await services.store.write(retain, services.vault, run)
        for attachment_id in gone:
            await asyncio.to_thread(services.files.remove, attachment_id)
        await asyncio.sleep(REST_SECONDS)
    log.info("retention.ran", **run.report.removed)
