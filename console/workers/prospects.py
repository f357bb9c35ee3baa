"""Scores of whom to contact: each portfolio once a day of its own calendar, and anew about whom something changed."""

from __future__ import annotations

import asyncio

import structlog

from console.outreach import kept
from console.services import Services

log = structlog.get_logger()
TICK_SECONDS = 2.0
RESTS = 3  # times as long as a part took


async def keep_scores(services: Services) -> None:
    """Runs for ever."""
    store = services.store
    while True:
        for book in await store.read(kept.unmeasured):
            fill = await store.read(kept.score_all, book)
            await store.write(kept.begin_fill, book)
            for at in range(0, len(fill.rows), kept.ROWS_AT_ONCE):
                await store.write(kept.write_part, fill.rows[at : at + kept.ROWS_AT_ONCE])
            await store.write(kept.end_fill, fill)
            log.info("prospects.scored", portfolio=book, people=len(fill.rows))
        while await store.read(kept.waits):
            began = services.clock.monotonic()
            await store.write(kept.refresh)
            # A file of many thousands is written at the same time: it has the writer before us.
            await asyncio.sleep(RESTS * (services.clock.monotonic() - began))
        await asyncio.sleep(TICK_SECONDS)
