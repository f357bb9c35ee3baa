"""Sends what is due: claims, asks the gate again, commits `sending`, calls once, writes down the answer.

Messages of one case leave one after the other; different cases side by side, each number at its own pace.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any

import httpx2
import structlog

from channels.choices import Choice
from channels.email.tokens import make_token
from channels.errors import CannotBuild, ServiceFailed
from channels.send import new_client, reached, send
from channels.types import Call, Fault, File, Inbox, Outbound, Outcome, Refused, TemplateUse
from console.cases.send import Departure, finish, put_back, recover, start
from console.errors import Unavailable
from console.fault import fault
from console.intake.directory import Directory
from console.outbox.queries import OutboxRow, due_from, lost, next_due, numbers_due, oldest_first, sending, sending_by
from console.services import Services
from console.store.base import load
from console.store.lanes import FIRST, OUTREACH_WAITS, lane
from console.store.transaction import Reader
from console.timeline.queries import AttachmentRow, files_of
from console.wire.ids import new_id
from console.workers.pace import GAP_SECONDS, Pace
from console.workers.uploads import provider_files

log = structlog.get_logger()
TOGETHER = 64  # under way at once, shared out among the numbers that have something to send
CONNECTIONS = 4 * TOGETHER  # a number that comes has its share at once, before the others are down to theirs
BATCH = 200
POLL_SECONDS = 1.0
REST_SECONDS = 0.01  # while a number is held back: each message that ends rings
READ_SECONDS = 0.1  # for so long what was due and could not leave yet is tried again without being read again
STOP_SECONDS = 7.5  # for the calls in flight when it is stopped; what they are cut off from is unconfirmed at once


class Dispatcher:
    """One per process. `run` until cancelled; calls in flight are finished, whatever is not started stays queued."""

    def __init__(self, services: Services, directory: Directory) -> None:
        self._services = services
        self._directory = directory
        self._name = f"{os.getpid()}-{new_id()[-6:]}"
        self._busy: set[str] = set()  # cases with a call in flight
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: Counter[str] = Counter()  # tasks of each number that has any
        self._numbers: set[str] = set()  # those whose duty this process asks for
        self._pace = Pace(services.clock)
        self._held: list[OutboxRow] = []  # what was due and had to wait
        self._read_at = 0.0
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # of a number: first come, first served
        self._client: httpx2.AsyncClient | None = None

    async def run(self) -> None:
        self._client = new_client(CONNECTIONS)
        lane.set(FIRST)  # what was written is sent before other work is done, and its outcome kept in time
        bell = self._services.doorbell("dispatcher")
        try:
            await self._begin()
            while True:
                bell.clear()
                held = await self._round()
                if held < POLL_SECONDS:
                    await asyncio.sleep(REST_SECONDS)
                else:
                    await _ring(bell, await self._pause())
        finally:
            await self._stop()
            await self._services.duties.leave(self._numbers)  # not before: another one would send beside what we finish
            await self._client.aclose()

    async def _stop(self) -> None:
        """Finish the calls in flight. Of one that is cut nobody knows whether it was taken: that is written down here,
        so that it need not wait until another process finds its lease run out.
        """
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        if not late:
            return
        await asyncio.wait(late)
        try:
            await self._give_up(await self._services.store.read(sending_by, self._name))
        except Unavailable as error:  # their leases run out by themselves
            log.warning("messages.not_given_up", count=len(late), why=error.detail)

    async def _begin(self) -> None:
        """The only sender there can be on an embedded database: what is `sending` was left by one that died."""
        if self._services.settings.sqlite_path is not None:
            await self._give_up(await self._services.store.read(sending))

    async def _round(self) -> float:
        """Start whatever is due and free; the seconds until what a number's pace held back may leave."""
        now = self._services.clock.monotonic()
        if not self._held or now - self._read_at >= READ_SECONDS:
            await self._recover()
            self._held, self._read_at = await self._due(), now
        held, rows, self._held = POLL_SECONDS, self._held, []
        share = max(1, TOGETHER // max(1, len({row.inbox_id for row in rows} | self._under_way.keys())))
        for row in rows:
            if row.case_id in self._busy:
                continue
            full = self._under_way[row.inbox_id] >= share
            wait = GAP_SECONDS if full else self._pace.make_ready(row.inbox_id, row.item_id)
            if wait:
                held = min(held, wait)
                self._held.append(row)
                continue
            self._busy.add(row.case_id)
            self._under_way[row.inbox_id] += 1
            self._spawn(self._one(row))
        return held

    async def _due(self) -> list[OutboxRow]:
        """What is due from each number: the backlog of one does not stand before the others.

        Of several processes one sends from a number: so its pace holds, and a case's messages keep their order.
        """
        store, duties = self._services.store, self._services.duties
        numbers = {inbox_id: f"number {inbox_id}" for inbox_id in await store.read(numbers_due)}
        fresh = [name for name in numbers.values() if not duties.holds(name)]
        if fresh and duties.may_ask_again():
            await duties.ask(fresh)
        rows: list[OutboxRow] = []
        calm = store.load.strain() <= OUTREACH_WAITS  # else who was not asked for waits, and nobody's answer does
        for inbox_id, name in numbers.items():
            if duties.holds(name):
                self._want(name)
                rows += await store.read(due_from, inbox_id, BATCH, outreach=calm)
        return sorted(rows, key=oldest_first)  # a case writes from several

    def _want(self, number: str) -> None:
        if number not in self._numbers:
            self._numbers.add(number)
            self._services.duties.want(number)

    async def _one(self, row: OutboxRow) -> None:
        try:
            await self._send(row)
        except Unavailable as error:
            log.warning("message.waits", item=row.item_id, why=error.detail)
            await asyncio.sleep(POLL_SECONDS)
        except Exception as error:
            log.error("message.not_sent", item=row.item_id, error=type(error).__name__, exc_info=True)
            await asyncio.sleep(POLL_SECONDS)
        finally:
            self._pace.gone(row.inbox_id, row.item_id)
            self._busy.discard(row.case_id)
            self._under_way[row.inbox_id] -= 1
            self._under_way = +self._under_way  # numbers that have none are left out
            self._services.doorbell("dispatcher").set()

    async def _send(self, row: OutboxRow) -> None:
        entry = await self._directory.find(row.inbox_id)
        if entry is None:
            await self._services.store.write(start, row.item_id, self._name)  # the gate says why it cannot leave
            return
        try:
            files = await self._files(entry.inbox, row)
        except ServiceFailed as error:
            await self._not_uploaded(row, error)
            return
        fault("dispatch.due")
        departure = await self._services.store.write(start, row.item_id, self._name)
        if departure is None:
            return
        fault("dispatch.sending")
        call = self._built(entry.inbox, departure, files)
        if isinstance(call, Refused):
            outcome: Outcome = call
        elif await self._turn(row):
            outcome = await self._call(entry.inbox, call, departure)
            if reached(outcome):
                self._pace.answered(row.inbox_id, row.item_id)
        else:
            await self._services.store.write(put_back, row.item_id, self._name)
            return
        fault("dispatch.answered")
        await self._services.store.write(finish, row.item_id, outcome, self._name)
        fault("dispatch.finished")
        if isinstance(outcome, Refused):
            self._pace.slow(row.inbox_id, outcome.fault)
        came = type(outcome).__name__.lower()
        code = outcome.fault.code if isinstance(outcome, Refused) else ""
        self._services.meters.handed_over.labels(entry.inbox.provider, came, code).inc()
        log.info("message.handed_over", item=row.item_id, case=row.case_id, outcome=came)

    async def _turn(self, row: OutboxRow) -> bool:
        """Wait until its number may send one more; False when its provider wants nothing meanwhile, for longer than a
        permit or a lease may be waited out.
        """
        async with self._turns[row.inbox_id]:
            while not self._pace.paused(row.inbox_id):
                wait = self._pace.leave(row.inbox_id, row.item_id)
                if not wait:
                    self._pace.gone(row.inbox_id, row.item_id)
                    return True
                await asyncio.sleep(wait)
        return False

    async def _call(self, inbox: Inbox, call: Call, departure: Departure) -> Outcome:
        assert self._client is not None
        began = self._services.clock.monotonic()
        outcome = await send(self._client, inbox, call, departure.permit, self._services.clock.now())
        self._services.meters.provider_seconds.labels(inbox.provider).observe(self._services.clock.monotonic() - began)
        return outcome

    def _built(self, inbox: Inbox, departure: Departure, files: tuple[File, ...]) -> Call | Refused:
        """Before its turn, so that nothing but the way is left when it comes."""
        try:
            return self._build(inbox, departure, files)
        except CannotBuild as error:
            return Refused(fault=Fault(code="cannot_build", title=str(error), hint=str(error)))

    def _build(self, inbox: Inbox, departure: Departure, files: tuple[File, ...]) -> Call:
        entry_channel = self._directory.channel_of(inbox)
        return entry_channel.build(inbox, outbound(inbox, departure, files))

    async def _files(self, inbox: Inbox, row: OutboxRow) -> tuple[File, ...]:
        """Uploading comes before `sending` and may be repeated: it carries nothing to the debtor (decision 15)."""
        rows = await self._services.store.read(_ready_files, row.item_id)
        return await provider_files(self._services, inbox, rows) if rows else ()

    async def _not_uploaded(self, row: OutboxRow, error: ServiceFailed) -> None:
        departure = await self._services.store.write(start, row.item_id, self._name)
        if departure is not None:
            fault = Fault(code="upload_failed", title=str(error), retryable=not error.permanent)
            await self._services.store.write(finish, row.item_id, Refused(fault=fault), self._name)

    async def _recover(self) -> None:
        await self._give_up(await self._services.store.read(lost))

    async def _give_up(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            log.warning("message.unconfirmed", item=row.item_id, attempts=row.attempts)
            await self._services.store.write(recover, row.item_id)

    async def _pause(self) -> float:
        if self._services.store.load.strain() > OUTREACH_WAITS:
            return POLL_SECONDS
        at = await self._services.store.read(next_due)
        wait = POLL_SECONDS if at is None else max((at - self._services.clock.now()) / 1000, 0.0)
        return min(wait, POLL_SECONDS)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def outbound(inbox: Inbox, departure: Departure, files: tuple[File, ...]) -> Outbound:
    """The message as its channel builds it."""
    item = departure.item
    data = load(item.data)
    used = data.get("template")
    template = None
    if used:
        template = TemplateUse(
            name=used["name"],
            language=used["language"],
            variables=used["variables"],
            body=item.text,
            provider_id=used.get("provider_id", ""),
            order=tuple(used.get("order", ())),
        )
    mail = inbox.channel == "email"
    return Outbound(
        ref=item.id,
        to=departure.to,
        text=item.text,
        template=template,
        files=files,
        quoted=departure.quoted,
        buttons=tuple(Choice(*each) for each in data.get("buttons", ())),
        menu=data.get("menu", ""),
        subject=item.subject or "",
        in_reply_to=departure.thread.get("in_reply_to", ""),
        references=tuple(departure.thread.get("references", ())),
        reply_token=make_token(inbox, "reply", departure.case_id) if mail else "",
        automatic=departure.automated,
    )


def _ready_files(reader: Reader, item_id: str) -> list[AttachmentRow]:
    return files_of(reader, item_id)


async def _ring(bell: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(bell.wait(), seconds)
    except TimeoutError:
        return
