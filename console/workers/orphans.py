"""`files.sweep`: once an hour, uploads that no message took within a day are forgotten, and bytes that no row names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import bindparam, select

from console.imports.models import import_run
from console.jobs.enqueue import enqueue_job
from console.ledger.models import charge_file
from console.services import Services
from console.store.base import load
from console.store.statement import Query, rows, value
from console.store.transaction import Reader, Tx
from console.timeline.files import Files
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow
from console.timeline.upload import ORPHAN_MS, drop_orphan, orphans
from console.wire.moment import HOUR, SECOND, Ms
from console.workers import imports
from console.workers.media import give_up

KIND = "files.sweep"
EVERY_MS = HOUR
PENDING_MS = 3 * 24 * HOUR  # longer than any job goes on trying
BATCH = 200
SLICES = 24
log = structlog.get_logger("files")
_LATE = Query(
    select(attachment.c.id).where(attachment.c.state == "pending", attachment.c.created_at < bindparam("before")), value
)


async def sweep(services: Services, payload: dict[str, Any]) -> None:
    """The job; it asks for the next one first."""
    await services.store.write(plan)
    while gone := await services.store.read(orphans, BATCH):
        for attachment_id in gone:
            if await services.store.write(drop_orphan, attachment_id):
                await asyncio.to_thread(services.files.remove, attachment_id)
        log.info("uploads.forgotten", count=len(gone))
    for attachment_id in await services.store.read(_late):
        await give_up(services, {"attachment": attachment_id})
    await imports.sweep(services)
    await _sweep_folder(services, payload.get("slice"))


def plan(tx: Tx, wait: Ms = EVERY_MS) -> None:
    """Have the next sweep after a while; never two. Each hour looks at a part of the folder, each part once a day."""
    at = tx.now + wait
    enqueue_job(tx, KIND, {"slice": at // HOUR % SLICES}, key=KIND, run_at=at)


async def _sweep_folder(services: Services, part: int | None) -> None:
    """Bytes without a row: of a crash between the two, or of a mail that had been taken before."""
    before = services.clock.real() - ORPHAN_MS
    old = await asyncio.to_thread(_older, services.files, before, part)
    for at in range(0, len(old), BATCH):
        some = old[at : at + BATCH]
        known = await services.store.read(_named, [path.stem for path in some])
        for path in some:
            if path.stem not in known:
                await asyncio.to_thread(path.unlink, missing_ok=True)


def _older(files: Files, before: Ms, part: int | None) -> list[Path]:
    """Files written before a moment, in one part of the folder, or in all of it."""
    folders = [each for each in files.folder.glob("[0-9a-f][0-9a-f]") if part in (None, int(each.name, 16) % SLICES)]
    found = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    return [path for path in found if path.stat().st_mtime * SECOND < before]


def _named(reader: Reader, ids: list[str]) -> set[str]:
    """Which of these ids a row names: as its own, or as the place where its file still lies."""
    known = set(rows(reader, select(attachment.c.id).where(attachment.c.id.in_(ids)), value))
    waiting = rows(reader, select(attachment).where(attachment.c.state == "pending"), AttachmentRow)
    sources = {str(load(row.source).get("provider_id", "")) for row in waiting}
    known |= set(rows(reader, select(import_run.c.id).where(import_run.c.id.in_(ids), import_run.c.kept == 1), value))
    standing = select(charge_file.c.id).where(charge_file.c.id.in_(ids), charge_file.c.gone_at.is_(None))
    known |= set(rows(reader, standing, value))
    return known | {each.removeprefix("local:") for each in sources if each.startswith("local:")}


def _late(reader: Reader) -> list[str]:
    return _LATE.all(reader, before=reader.now - PENDING_MS)
