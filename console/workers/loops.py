"""Background loops: started together, restarted with a growing pause, and unready when they keep dying."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import suppress

import structlog

from console.errors import Unavailable

DEATHS = 3
"""A loop that dies so often without a calm minute in between makes the process unready."""
CALM_SECONDS = 60.0
AGAIN_SECONDS = 1.0
STOP_SECONDS = 8.5
LAST_SECONDS = 1.0  # for those that end after the others
LONGEST_PAUSE = 30.0
Loop = Callable[[], Awaitable[None]]
log = structlog.get_logger("loop")


class Supervisor:
    """Keeps the loops of a process alive."""

    def __init__(self, on_death: Callable[[str], None] = lambda name: None) -> None:
        self._on_death = on_death
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._last: set[str] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._deaths: dict[str, int] = {}

    def start(self, name: str, loop: Loop, *, last: bool = False) -> None:
        """Run `loop` for ever under this name. `last`: it goes on while the others are being stopped."""
        if last:
            self._last.add(name)
        self._tasks[name] = asyncio.create_task(self._keep(name, loop), name=name)

    @property
    def failing(self) -> list[str]:
        """The loops that have died too often."""
        return sorted(name for name, deaths in self._deaths.items() if deaths >= DEATHS)

    async def stop(self, *, but: Collection[str] = ()) -> None:
        """Cancel all (`but` these), wait for them and for what was told to stop before; then those that come last."""
        await self._end([name for name in self._tasks if name not in {*but, *self._last}], STOP_SECONDS)
        await self._end([name for name in self._tasks if name in self._last and name not in but], LAST_SECONDS)

    async def _end(self, names: Collection[str], seconds: float) -> None:
        tasks = [self._tasks.pop(name) for name in names if name in self._tasks]
        for task in tasks:
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        if self._ending:
            await asyncio.wait(set(self._ending), timeout=seconds)

    async def _keep(self, name: str, loop: Loop) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await loop()
                return
            except asyncio.CancelledError:
                raise
            except Unavailable as error:  # nothing of ours is broken: it goes on when the database is back
                log.warning("loop.waits", loop=name, why=error.detail)
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception as error:
                if clock() - began > CALM_SECONDS:
                    self._deaths[name] = 0
                self._deaths[name] = self._deaths.get(name, 0) + 1
                log.error("loop.died", loop=name, deaths=self._deaths[name], kind=type(error).__name__, exc_info=True)
                self._on_death(name)
                await asyncio.sleep(pause(self._deaths[name]))


def pause(deaths: int) -> float:
    """Seconds before a loop is started again: half a second, doubling."""
    return min(LONGEST_PAUSE, 0.5 * 2.0 ** (deaths - 1))


async def every(seconds: float) -> AsyncIterator[None]:
    """`async for _ in every(1): …` goes on once at once, then each so many seconds."""
    while True:
        yield
        await asyncio.sleep(seconds)


async def rung(bell: asyncio.Event, at_most: float) -> AsyncIterator[None]:
    """Goes on once at once, then whenever the doorbell rings, and at least each `at_most` seconds."""
    while True:
        bell.clear()
        yield
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await bell.wait()
