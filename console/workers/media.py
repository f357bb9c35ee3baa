"""`media.fetch`: an inbound file is brought home, judged by its own bytes, and appears where its message is shown."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import structlog
from msgspec import Struct

from channels.connector import Blocked
from channels.errors import ServiceFailed
from channels.service import fetch_media
from channels.types import MediaRef
from console.cases.queries import live
from console.fault import fault
from console.services import Services
from console.store.base import load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.add import revise
from console.timeline.files import Files, cap
from console.timeline.models import attachment
from console.timeline.queries import AttachmentRow
from console.timeline.sniff import UNKNOWN, Sniffed, sniff

log = structlog.get_logger("media")


class Arrival(Struct, frozen=True):
    """How a file is, once it is known. `state`: ready, refused, gone; `reason`: a word for both of the latter."""

    state: str
    reason: str = ""
    size: int = 0
    sha256: str = ""
    sniffed: Sniffed = Sniffed(UNKNOWN)


async def fetch(services: Services, payload: dict[str, Any]) -> None:
    """The job. Raises ServiceFailed when the provider may have it later."""
    row = await services.store.read(timeline.file, payload["attachment"])
    if row is None or row.state != "pending":
        return
    arrival = await _bring(services, row)
    fault("media.renamed")
    await services.store.write(settle, row.id, arrival)
    log.info("media.arrived", attachment=row.id, state=arrival.state, reason=arrival.reason)


async def give_up(services: Services, payload: dict[str, Any]) -> None:
    """It never came."""
    await services.store.write(settle, payload["attachment"], Arrival("gone", "unreachable"))


def settle(tx: Tx, attachment_id: str, arrival: Arrival) -> None:
    """Write down what became of a pending file, and tell who sees its message."""
    row = timeline.file(tx, attachment_id)
    if row is None or row.state != "pending":
        return
    item = timeline.get(tx, row.item_id or "")
    case = live(tx, item.case_id)
    sniffed = arrival.sniffed
    change(
        tx, attachment, {"id": row.id}, state=arrival.state, reason=arrival.reason, size=arrival.size or row.size,
        sha256=arrival.sha256, type=sniffed.type, width=sniffed.width, height=sniffed.height,
    )  # fmt: skip
    revise(tx, case, item)


async def _bring(services: Services, row: AttachmentRow) -> Arrival:
    source = load(row.source)
    entry = (await services.directory.all()).get(source["inbox"])
    if source["provider_id"].startswith("local:"):
        limit = cap("email")
        local = source["provider_id"].removeprefix("local:")
        return await asyncio.to_thread(_take_local, services.files, row, local, limit)
    if entry is None:
        return Arrival("gone", "inbox_gone")
    part = await asyncio.to_thread(services.files.aside, row.id)
    ref = MediaRef(provider_id=source["provider_id"], url=source["url"], sha256=source["sha256"], type=row.declared)
    limit = cap(entry.row.channel)
    try:
        await fetch_media(services.connector, entry.inbox, ref, part, cap=limit)
    except Blocked:
        return Arrival("refused", "refused_address")
    except ServiceFailed as error:
        if not error.permanent:
            raise
        log.warning("media.not_fetched", attachment=row.id, why=str(error))
        return Arrival("refused", "too_big") if "larger than" in str(error) else Arrival("gone", "gone")
    fault("media.fetched")
    return await asyncio.to_thread(_judge, services.files, row, part, limit)


def _take_local(files: Files, row: AttachmentRow, local: str, limit: int) -> Arrival:
    """It came along and lies under another id; after a crash it may lie under its own already."""
    for name in (local, row.id):
        if files.path(name).exists():
            return _judge(files, row, files.path(name), limit)
    return Arrival("gone", "gone")


def _judge(files: Files, row: AttachmentRow, path: Path, limit: int) -> Arrival:
    content = path.read_bytes()
    size, digest = len(content), hashlib.sha256(content).hexdigest()
    sniffed = sniff(content, row.name, row.declared)
    reason = "too_big" if size > limit else sniffed.refused
    if reason:
        path.unlink(missing_ok=True)
        return Arrival("refused", reason, size, digest)
    files.adopt(path, row.id)
    return Arrival("ready", "", size, digest, sniffed)
