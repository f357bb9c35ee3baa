"""Gives queued cases to free agents, at once after every change that may matter, and when waiting alone may help."""

from __future__ import annotations

import asyncio

import structlog

from console.fault import fault
from console.queue.assign import drain
from console.services import Services

log = structlog.get_logger()
POLL_SECONDS = 5.0
REST = 3  # times as long as a round took: a long queue must not keep the one writer busy with itself


async def assign_waiting(services: Services) -> None:
    """Runs for ever."""
    bell = services.doorbell("assigner")
    while True:
        bell.clear()
        began = services.clock.monotonic()
        given, retry = await services.store.write(drain)
        spent = services.clock.monotonic() - began
        services.meters.drain_seconds.observe(spent)
        services.meters.assigned.inc(given)
        if given:
            log.info("queue.drained", assigned=given)
        wait = POLL_SECONDS if retry is None else min(max((retry - services.clock.now()) / 1000, 0.05), POLL_SECONDS)
        await asyncio.sleep(min(spent * REST, POLL_SECONDS))
        try:
            await asyncio.wait_for(bell.wait(), wait)
            fault("assigner.woken")
        except TimeoutError:
            continue
