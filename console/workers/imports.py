"""`imports.run`: a file goes into the books while everybody works; it goes on where it was when a process dies."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from console.imports import carry
from console.imports.archive import read_zip
from console.imports.faults import Unreadable
from console.imports.read import Sheet, read
from console.imports.run import Told, clear_away, lay_down, size_of, steps
from console.imports.runs import RunRow, one
from console.imports.values import locale_of
from console.imports.words import KINDS, Kind
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.services import Services
from console.store.transaction import Reader

AT_ONCE = 100  # rows a transaction: whoever writes to a debtor meanwhile waits a few hundredths of a second
log = structlog.get_logger("imports")


async def run(services: Services, payload: dict[str, Any]) -> None:
    """The job."""
    run_id = payload["import"]
    row, book = await services.store.read(_what, run_id)
    if row.state not in ("waiting", "running"):
        return
    kind = next(each for each in KINDS if each == row.kind)
    content = await asyncio.to_thread(services.files.read, run_id)
    try:
        sheet = await asyncio.to_thread(_sheet, services, content, kind, book)
    except Unreadable as error:
        await services.store.write(carry.fail, run_id, error)
        await asyncio.to_thread(services.files.remove, run_id)
        return
    await services.store.write(carry.found, run_id, sheet)
    done = row.done
    dry_run, left_out = bool(row.dry_run), await services.store.read(carry.refused, run_id)
    todo = steps(kind, sheet.records, book, services.clock.now(), dry_run=dry_run, refused=left_out, begin=done,
                 size=size_of(kind, AT_ONCE), limit=services.settings.upload_bytes)  # fmt: skip
    while (step := await asyncio.to_thread(next, todo, None)) is not None:
        await asyncio.to_thread(lay_down, services.files, step, dry_run)
        told = await services.store.write(carry.carry_on, run_id, services.vault, book, step, done)
        await asyncio.to_thread(clear_away, services.files, step, told or Told(), dry_run)
        if told is None:
            return
        left_out |= told.lines
        done = step.upto
    if not await services.store.write(carry.end, run_id):
        await asyncio.to_thread(services.files.remove, run_id)
    log.info("import.done", run=run_id, kind=kind, rows=len(sheet.records))


async def give_up(services: Services, payload: dict[str, Any]) -> None:
    """It broke off again and again."""
    await services.store.write(carry.fail, payload["import"], Unreadable("broken_off"))
    await asyncio.to_thread(services.files.remove, payload["import"])


async def sweep(services: Services) -> None:
    """Files whose reports were there for a week."""
    for run_id in await services.store.read(carry.outdated):
        await services.store.write(carry.forget, run_id)
        await asyncio.to_thread(services.files.remove, run_id)


def _sheet(services: Services, content: bytes, kind: Kind, book: PortfolioRow) -> Sheet:
    if kind == "documents":
        return read_zip(content, services.settings.upload_bytes)
    return read(content, kind, locale_of(book.jurisdiction))


def _what(reader: Reader, run_id: str) -> tuple[RunRow, PortfolioRow]:
    row = one(reader, run_id)
    return row, get_portfolio(reader, row.portfolio_id)
