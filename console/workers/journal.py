"""Keeps the side journal beside the database: at once after a no or an erasure, and what was missed at the start."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import structlog

from console.evidence import journal
from console.services import Services

LOOK_SECONDS = 1.0
REMEMBERED = 10_000
log = structlog.get_logger("journal")


async def keep_journal(services: Services) -> None:
    """Runs for ever, in one process."""
    bell, path = services.doorbell("journal"), services.settings.data_dir / journal.NAME
    last, known = await asyncio.to_thread(_so_far, path)
    while True:
        bell.clear()
        lines = await services.store.read(journal.said_since, services.vault, last, set(known))
        if lines and await _wrote(path, lines):
            last = max((*lines, *([last] if last else [])), key=lambda each: each.id)
            known = [*known, *(each.id for each in lines)][-REMEMBERED:]
            log.info("journal.written", lines=len(lines))
        with suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), LOOK_SECONDS)


async def _wrote(path: Path, lines: list[journal.Line]) -> bool:
    """A full disk stops nobody's work: it is logged, and tried again until there is room."""
    try:
        await asyncio.to_thread(journal.append, path, lines)
    except OSError as error:
        log.error("journal.not_written", lines=len(lines), why=error.strerror)
        return False
    return True


def _so_far(path: Path) -> tuple[journal.Line | None, list[str]]:
    """The newest line and the ids of the last ones. A new journal is begun, so that a missing one is seen as such."""
    path.touch(0o600)
    journal.mend(path)
    lines = list(journal.read(path))
    return max(lines, key=lambda each: each.id, default=None), [each.id for each in lines][-REMEMBERED:]
