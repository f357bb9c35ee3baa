"""Loops that one process at a time runs, and numbers that one process at a time sends from, however many there are.

Whoever holds a duty renews it each second. One that dies or stands still loses it after three seconds, and another one,
which asks each second, has it before five. An embedded database has one process, which holds everything.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog

from console.errors import Unavailable
from console.jobs.duty import HELD_MS, lay_down, take
from console.services import Services
from console.wire.ids import new_id
from console.workers.loops import every

Work = Callable[[Services], Coroutine[Any, Any, None]]
RENEW_SECONDS = 1.0
LOOK_SECONDS = 0.2
log = structlog.get_logger("duty")


class Duties:
    """What this process holds, under one name of its own; `services.duties`."""

    def __init__(self, services: Services) -> None:
        self.holder = f"{os.getpid()}-{new_id()[-6:]}"
        self._services = services
        self._embedded = services.settings.sqlite_path is not None
        self._wanted: Counter[str] = Counter()  # by how many of our loops
        self._asking = asyncio.Lock()  # what is being asked for is not left meanwhile
        self._until: dict[str, float] = {}  # by our own clock, counted from before we asked
        self._asked = 0.0

    def want(self, name: str) -> None:
        """From now on this process asks for it, until whoever wanted it leaves it."""
        self._wanted[name] += 1

    def holds(self, name: str) -> bool:
        return self._embedded or self._until.get(name, 0.0) > self._services.clock.monotonic()

    def may_ask_again(self) -> bool:
        """Once in a while, for duties that are looked for as work for them appears."""
        now = self._services.clock.monotonic()
        if now - self._asked < RENEW_SECONDS:
            return False
        self._asked = now
        return True

    async def ask(self, names: Iterable[str] | None = None) -> None:
        """Take or renew these (None: all that are wanted); what could not be had is held no longer."""
        if self._embedded:
            return
        async with self._asking:
            await self._ask(set(self._wanted if names is None else names))

    async def _ask(self, wanted: set[str]) -> None:
        asked = self._services.clock.monotonic()
        if not wanted:
            return
        try:
            got = await self._services.store.write(take, wanted, self.holder)
        except Unavailable as error:  # what is held runs out by itself
            log.warning("duty.not_asked", why=error.detail)
            return
        for name in wanted:
            self._told(name, name in got)
            self._until[name] = asked + HELD_MS / 1_000 if name in got else 0.0

    async def leave(self, names: Iterable[str]) -> None:
        """One loop needs these no longer; what no other one of ours wants is the others' at once."""
        self._wanted.subtract(names)
        left = [name for name, loops in self._wanted.items() if loops <= 0]
        for name in left:
            del self._wanted[name]
            self._until.pop(name, None)
        if left:
            await self._lay_down(left)

    async def lay_down(self) -> None:
        """Leave everything to the others, at once."""
        self._until.clear()
        await self._lay_down(None)

    async def _lay_down(self, names: list[str] | None) -> None:
        if self._embedded:
            return
        try:
            async with self._asking:
                await self._services.store.write(lay_down, self.holder, names)
        except Unavailable as error:  # it runs out by itself
            log.warning("duty.not_laid_down", why=error.detail)

    def _told(self, name: str, has: bool) -> None:
        if has != (self._until.get(name, 0.0) > 0.0):
            log.info("duty.taken" if has else "duty.lost", duty=name)
            if has:
                self._services.meters.duties_taken.labels(name).inc()


async def keep_duties(services: Services) -> None:
    """Runs for ever: renews what is held, asks for what is wanted. Stopped last: each loop leaves what it wanted as it
    ends, and one that still finishes what it began under its duty has it renewed meanwhile.
    """
    try:
        async for _ in every(RENEW_SECONDS):
            await services.duties.ask()
    finally:
        await services.duties.lay_down()


def by_one(name: str, work: Work) -> Work:
    """A loop that works while this process has the duty, and waits while another one has it."""

    async def run(services: Services) -> None:
        if services.settings.sqlite_path is not None:
            await work(services)
            return
        services.duties.want(name)
        try:
            async for _ in every(LOOK_SECONDS):
                if services.duties.holds(name):
                    await _while_held(services, name, work)
        finally:
            await services.duties.leave([name])

    return run


async def _while_held(services: Services, name: str, work: Work) -> None:
    """Until the duty is lost; whatever the work dies of is raised."""
    task = asyncio.ensure_future(work(services))
    try:
        while services.duties.holds(name):
            done, _ = await asyncio.wait([task], timeout=LOOK_SECONDS)
            if done:
                task.result()
                return
    finally:
        task.cancel()
        await asyncio.wait([task])
