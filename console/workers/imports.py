"""`imports.run`: a file goes into the books while everybody works; it goes on where it was when a process dies."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from console.imports import carry
from console.imports.faults import Unreadable
from console.imports.read import read
from console.imports.run import steps
from console.imports.runs import RunRow, one
from console.imports.values import locale_of
from console.imports.words import KINDS
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
        sheet = await asyncio.to_thread(read, content, kind, locale_of(book.jurisdiction))
    except Unreadable as error:
        await services.store.write(carry.fail, run_id, error)
        await asyncio.to_thread(services.files.remove, run_id)
        return
    await services.store.write(carry.found, run_id, sheet)
    done = row.done
    dry_run, left_out = bool(row.dry_run), await services.store.read(carry.refused, run_id)
    todo = steps(kind, sheet.records, book, services.clock.now(), dry_run=dry_run, refused=left_out, begin=done,
                 size=AT_ONCE)  # fmt: skip
    while (step := await asyncio.to_thread(next, todo, None)) is not None:
        lines = await services.store.write(carry.carry_on, run_id, services.vault, book, step, done)
        if lines is None:
            return
        left_out |= lines
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


def _what(reader: Reader, run_id: str) -> tuple[RunRow, PortfolioRow]:
    row = one(reader, run_id)
    return row, get_portfolio(reader, row.portfolio_id)
