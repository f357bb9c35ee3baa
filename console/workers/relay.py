"""From the log to the hub, in log order, each event once.

On SQLite a commit hands its events over as they were written; anything out of sequence (another process wrote in
between) is read from the log. On PostgreSQL a commit only rings: what may be told is decided by the horizon. Either way
the log is looked at once a second, so that what other processes committed appears too.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

import structlog

from console.fault import fault
from console.log import moved, read
from console.log.cursor import Mark
from console.realtime.hub import Hub
from console.store.store import Store
from console.store.transaction import Event
from console.workers.loops import rung

POLL_SECONDS = 1.0
IMPATIENT_SECONDS = 0.02  # while something committed here is still above the horizon
BATCH = 1_000
_RECENT = 10_000
log = structlog.get_logger("relay")


class Relay:
    """One a process. `heard` is the store's `on_commit`."""

    def __init__(self, store: Store, hub: Hub, ring: Callable[[str], None] = lambda worker: None) -> None:
        self.on_commit: Callable[[bool, frozenset[str]], None] = lambda grown, woken: None  # for other processes
        self._store = store
        self._hub = hub
        self._ring = ring
        self._bell = asyncio.Event()
        self._owed: set[int] = set()  # sequences committed here and not told yet
        self._asked_s = -POLL_SECONDS  # when it was last asked where the log stands
        self._told: OrderedDict[int, None] = OrderedDict()  # the last ones: on PostgreSQL order alone does not say it

    async def start(self) -> None:
        """Stand at the end of the log, and listen to commits from here on."""
        self._hub.mark = await self._store.read(read.here)
        self._store.on_commit = self.heard

    def heard(self, events: Sequence[Event], woken: frozenset[str]) -> None:
        """A commit of this process, on the event loop."""
        self.on_commit(bool(events), woken)
        for worker in woken:
            self._ring(worker)
        if not events:
            return
        fault("relay.heard")
        if self._store.dialect == "sqlite" and events[0].seq == self._hub.mark.seq + 1:
            name = self._hub.mark.incarnation
            self._hub.publish([read.Told(Mark(name, 0, event.seq), event) for event in events])
        else:
            self._owed.update(event.seq for event in events if event.seq not in self._told)
            self._bell.set()

    def look(self) -> None:
        """Somebody says that the log has grown."""
        self._bell.set()

    async def run(self) -> None:
        """The loop: catch up with the log when rung, and each second."""
        async for _ in rung(self._bell, POLL_SECONDS):
            await self._stay_in_line()
            await self._catch_up()
            while self._owed:
                await asyncio.sleep(IMPATIENT_SECONDS)
                await self._catch_up()

    async def _stay_in_line(self) -> None:
        """Once a second: whether the database is still the one whose log we tell (`console.log.moved`)."""
        now = self._store.clock.monotonic()
        if self._store.dialect == "sqlite" or now - self._asked_s < POLL_SECONDS / 2:
            return
        stand = await self._store.read(moved.stand)
        if stand.moved:
            await self._store.write(moved.begin_anew)
            stand = await self._store.read(moved.stand)
        self._asked_s = now
        if stand.here.incarnation != self._hub.mark.incarnation:
            log.warning("log.begun_anew", incarnation=stand.here.incarnation)
            self._owed.clear()
            self._told.clear()
            self._hub.begin_anew(stand.here)

    async def _catch_up(self) -> None:
        while True:
            told = await self._store.read(read.after, self._hub.mark, BATCH)
            self._hub.publish([each for each in told if each.mark > self._hub.mark])
            for each in told:
                self._owed.discard(each.event.seq)
                self._told[each.event.seq] = None
            while len(self._told) > _RECENT:
                self._told.popitem(last=False)
            if self._store.dialect == "sqlite":
                self._owed = {seq for seq in self._owed if seq > self._hub.mark.seq}
            if len(told) < BATCH:
                return
