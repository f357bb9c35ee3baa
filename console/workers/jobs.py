"""Runs what was left for later: a lease with a heartbeat, retries with back-off, and given up with a reason."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from channels.errors import ServiceFailed
from console.jobs.claim import LEASE_MS, claim_jobs, done, failed, give_back, renew
from console.jobs.queries import JobRow
from console.services import Services
from console.store.base import load
from console.wire.ids import new_id

Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
"""Does one kind of job; may be run again. Raises Hopeless for what no retry mends, anything else to be tried again."""

TOGETHER = 8
STOP_SECONDS = 5.0  # for the jobs that run to let go when it is stopped
POLL_SECONDS = 1.0
log = structlog.get_logger("jobs")


class Hopeless(Exception):
    """Trying again cannot help; the text says why, without a word or an address of a debtor."""


class Jobs:
    """One per process."""

    def __init__(
        self,
        services: Services,
        handlers: Mapping[str, Handler],
        given_up: Mapping[str, Handler] | None = None,
        *,
        beat: float = LEASE_MS / 3_000,
    ) -> None:
        """`given_up`: what is done, by kind, when one is given up."""
        self._services = services
        self._handlers = handlers
        self._given_up = given_up or {}
        self._beat = beat  # seconds between two renewals of a lease
        self._name = f"{os.getpid()}-{new_id()[-6:]}"
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; then whatever runs is stopped and given back."""
        bell = self._services.doorbell("jobs")
        try:
            while True:
                bell.clear()
                await self.round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await bell.wait()
        finally:
            await self._stop()

    async def round(self) -> int:
        """Start what is due and for which there is room; how many."""
        room = TOGETHER - len(self._tasks)
        if room <= 0:
            return 0
        taken = await self._services.store.write(claim_jobs, self._name, room)
        for row in taken:
            task = asyncio.create_task(self._one(row))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        return len(taken)

    async def idle(self) -> None:
        """Wait until nothing runs."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _one(self, row: JobRow) -> None:
        handler = self._handlers.get(row.kind)
        if handler is None:
            await self._failed(row, f"nobody knows the kind {row.kind}", hopeless=True)
            return
        work = asyncio.ensure_future(handler(self._services, load(row.payload)))
        heart = asyncio.create_task(self._hold(row, work))
        try:
            await work
        except Hopeless as error:
            await self._failed(row, str(error), hopeless=True, error=error)
        except ServiceFailed as error:
            await self._failed(row, str(error), hopeless=error.permanent, error=error)
        except asyncio.CancelledError:
            work.cancel()
            if (own := asyncio.current_task()) is not None and own.cancelling():
                raise
            log.warning("job.lost", job=row.id, kind=row.kind)
        except Exception as error:
            log.error("job.broke", job=row.id, kind=row.kind, exc_info=True)
            await self._failed(row, type(error).__name__, error=error)
        else:
            await self._services.store.write(done, row)
        finally:
            heart.cancel()

    async def _hold(self, row: JobRow, work: asyncio.Future[None]) -> None:
        """Renew the lease; whoever has lost it stops, since another one runs the job now."""
        while True:
            await asyncio.sleep(self._beat)
            if not await self._services.store.write(renew, row):
                work.cancel()
                return

    async def _failed(self, row: JobRow, why: str, *, hopeless: bool = False, error: Exception | None = None) -> None:
        state = await self._services.store.write(failed, row, why, random.random(), hopeless=hopeless)
        tell = log.error if state == "dead" else log.warning
        if state == "dead" and row.kind in self._given_up:
            await self._given_up[row.kind](self._services, load(row.payload))
        tell("job.failed", job=row.id, kind=row.kind, attempts=row.attempts, state=state, error=type(error).__name__)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job.not_kept", error=type(error).__name__)  # its lease runs out, and it is run again
        self._services.doorbell("jobs").set()

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            await self._services.store.write(give_back, self._name)
