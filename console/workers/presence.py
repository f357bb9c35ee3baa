"""Sockets as signs of life: renewed each 20 seconds, missed after a minute; and the hub's own second hand."""

from __future__ import annotations

import asyncio

import msgspec

from console.access.audience import user_topic, wall_topic
from console.people import presence, sessions
from console.people.agent_line import agent_lines
from console.services import Services
from console.store.lanes import WALL_WAITS
from console.supervision import watch
from console.workers.loops import every

RENEW_SECONDS = 20.0
SWEEP_SECONDS = 5.0
TICK_SECONDS = 0.5
LOAD_SECONDS, BUSY_LOAD_SECONDS = 1.0, 5.0


async def keep_presence(services: Services) -> None:
    """Notice who is gone without saying so, and whose absence ended."""
    async for _ in every(SWEEP_SECONDS):
        await services.store.write(presence.sweep)


async def renew_presence(services: Services) -> None:
    """Say for everybody with an open socket here that they are still there, and that their session is in use."""
    async for _ in every(RENEW_SECONDS):
        users = services.hub.users()
        if users:
            await services.store.write(presence.renew, users, services.process)
            await services.store.write(watch.renew, users)  # the leases of whoever supervises
        if in_use := sorted({session.session_id for session in services.hub.sessions} - {""}):
            await services.store.write(sessions.touch_all, in_use)


async def tick_hub(services: Services) -> None:
    """Let go of slow sockets and of sessions past their time."""
    while True:
        services.hub.tick()
        await asyncio.sleep(TICK_SECONDS)


async def tell_loads(services: Services) -> None:
    """Show on the walls what everybody whose cases changed carries now: a signal, at most once a second a user."""
    async for _ in every(LOAD_SECONDS):
        if services.store.load.strain() > WALL_WAITS:
            await asyncio.sleep(BUSY_LOAD_SECONDS - LOAD_SECONDS)
        users, services.hub.touched = sorted(services.hub.touched), set()
        if users and services.hub.sessions:
            for line in await services.store.read(agent_lines, users):
                facts = msgspec.to_builtins(line)
                for topic in (user_topic(line.user.id), *map(wall_topic, line.teams)):
                    services.hub.signal_from_elsewhere(topic, "load", facts)
