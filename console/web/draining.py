"""A web process that is told to stop (SIGTERM) leaves in good order, so that an upgrade is not noticed.

First it says so: `/readyz` is 503, no socket is taken, no loop begins anything, and the sockets it has are sent away
one after the other, to come back at another process. When proxies have had the time to look, it stops listening,
finishes the requests it has, and ends. All of it takes less than ten seconds.
"""

from __future__ import annotations

import asyncio
import random
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import structlog

from console.realtime.hub import CLOSE_RESTART
from console.services import Services

NOTICE_SECONDS = 2.0  # in which a proxy that looks each second sees it, and the sockets come back spread
log = structlog.get_logger("web")


class Drain:
    """Stands before the server's own way of stopping. `rest` stops the loops that begin work."""

    def __init__(self, services: Services, rest: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._services = services
        self._rest = rest
        self._former: Any = None
        self._task: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """From now on. An embedded server has nobody to leave its sockets to, and a thread hears no signals."""
        if self._services.settings.sqlite_path is not None or threading.current_thread() is not threading.main_thread():
            return
        self._loop = asyncio.get_running_loop()
        self._former = signal.getsignal(signal.SIGTERM)
        if callable(self._former):
            signal.signal(signal.SIGTERM, self._told)

    def _told(self, number: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        if self._task is None:
            self._task = self._loop.create_task(self._leave())

    async def _leave(self) -> None:
        self._services.draining = True
        log.info("process.drains", sockets=len(self._services.hub.sessions))
        resting = asyncio.ensure_future(self._rest())
        await self._send_away()
        await resting
        self._former(signal.SIGTERM, None)

    async def _send_away(self) -> None:
        sessions = list(self._services.hub.sessions)
        random.shuffle(sessions)
        for session in sessions:
            session.close(CLOSE_RESTART)
            await asyncio.sleep(NOTICE_SECONDS / len(sessions))
        if not sessions:
            await asyncio.sleep(NOTICE_SECONDS)
