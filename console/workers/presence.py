"""Sockets as signs of life: renewed each 20 seconds, missed after a minute; and the hub's own second hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from console.people import presence, sessions
from console.services import Services
from console.store.transaction import Tx
from console.supervision import watch
from console.workers.loops import every

RENEW_SECONDS = 20.0
SWEEP_SECONDS = 5.0
TICK_SECONDS = 0.5
RENEWALS: list[Callable[[Tx, list[str]], None]] = [presence.renew, watch.renew]
"""Verbs that keep something alive for users with open sockets: presence, and the leases of whoever supervises."""


async def keep_presence(services: Services) -> None:
    """Notice who is gone without saying so, and whose absence ended."""
    async for _ in every(SWEEP_SECONDS):
        await services.store.write(presence.sweep)


async def renew_presence(services: Services) -> None:
    """Say for everybody with an open socket here that they are still there, and that their session is in use."""
    async for _ in every(RENEW_SECONDS):
        users = services.hub.users()
        for verb in RENEWALS if users else ():
            await services.store.write(verb, users)
        if in_use := sorted({session.session_id for session in services.hub.sessions} - {""}):
            await services.store.write(sessions.touch_all, in_use)


async def tick_hub(services: Services) -> None:
    """Let go of slow sockets and of sessions past their time."""
    while True:
        services.hub.tick()
        await asyncio.sleep(TICK_SECONDS)
