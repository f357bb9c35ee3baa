"""Webhooks out: the log becomes notifications; each receiver has a lane of its own, so that none waits for another."""

from __future__ import annotations

import asyncio
import random
from functools import partial

import structlog

from channels.connector import Ask
from channels.errors import ServiceFailed
from console.services import Services
from console.webhooks import queries, settle, spread
from console.webhooks.queries import NotificationRow, WebhookRow
from console.webhooks.sign import headers
from console.webhooks.subscribe import PURPOSE
from console.workers.loops import rung

POLL_SECONDS = 1.0
TOGETHER = 8  # notifications of one receiver on their way at once
SECONDS = 15.0  # what a receiver has to answer
CAP = 64 * 1024  # of an answer, which nobody reads
log = structlog.get_logger("webhooks")


async def tell(services: Services) -> None:
    """Runs for ever."""
    await Teller(services).run()


class Teller:
    """One per process; several share the work by leases."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lanes: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            async for _ in rung(self._services.doorbell("webhooks"), POLL_SECONDS):
                await self.round()
        finally:
            for lane in self._lanes.values():
                lane.cancel()

    async def round(self) -> None:
        """Go through the log, and start a lane for each receiver to whom something is due."""
        store = self._services.store
        while await store.read(spread.waits) and await store.write(spread.go_through) == spread.BATCH:
            continue
        for webhook_id in await store.read(queries.owed):
            if webhook_id not in self._lanes:
                lane = self._lanes[webhook_id] = asyncio.create_task(self._lane(webhook_id))
                lane.add_done_callback(partial(self._ended, webhook_id))

    async def idle(self) -> None:
        """Wait until no lane runs."""
        while self._lanes:
            await asyncio.wait(list(self._lanes.values()))

    async def _lane(self, webhook_id: str) -> None:
        while True:
            hook, taken = await self._services.store.write(settle.claim, webhook_id, TOGETHER)
            if not taken:
                return
            await asyncio.gather(*(self._one(hook, each) for each in taken))

    async def _one(self, hook: WebhookRow, row: NotificationRow) -> None:
        status, error = None, ""
        try:
            status = await self._post(hook, row)
            error = "" if 200 <= status < 300 else f"it answered {status}"
        except ServiceFailed as failure:
            error = str(failure)
        store = self._services.store
        if not error and status is not None:
            await store.write(settle.delivered, row, status)
            return
        state = await store.write(settle.failed, row, status, error, random.random())
        log.warning("webhook.failed", webhook=hook.id, notification=row.id, status=status, attempts=row.attempts,
                    state=state)  # fmt: skip

    async def _post(self, hook: WebhookRow, row: NotificationRow) -> int:
        """The status of the answer. Raises ServiceFailed when there is none. No redirect is followed."""
        vault, clock, body = self._services.vault, self._services.clock, row.body.encode()
        sealed = [hook.secret]
        if hook.previous is not None and (hook.previous_until or 0) > clock.now():
            sealed.append(hook.previous)
        named = headers([vault.open(each, PURPOSE) for each in sealed], row.id, clock.real(), body)
        ask = Ask(url=hook.url, method="POST", headers=named, body=body, seconds=SECONDS, cap=CAP)
        return (await self._services.connector.ask(ask)).status  # type: ignore[no-any-return]

    def _ended(self, webhook_id: str, lane: asyncio.Task[None]) -> None:
        self._lanes.pop(webhook_id, None)
        if not lane.cancelled() and (error := lane.exception()) is not None:
            log.error("webhook.lane_broke", webhook=webhook_id, error=type(error).__name__, exc_info=error)
