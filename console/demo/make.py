"""Makes the sample data: the house by verbs, its people and debts, and a past lived through webhooks and verbs."""

from __future__ import annotations

import asyncio

from console.app import make_services
from console.clock import FixedClock
from console.demo import kept as notes
from console.demo.people import hire
from console.demo.set_up import open_books
from console.log.read import begin
from console.settings import Settings
from console.store.migrate import migrate
from console.wire.moment import DAY, Ms
from sandbox.config import Person

PAST_MS = 30 * DAY


async def make(settings: Settings, now: Ms) -> notes.Kept:
    """Everything, in an empty folder. The note is complete only when all of it is there."""
    notes.write(settings, notes.Kept())
    await asyncio.to_thread(migrate, settings.database_url)
    clock = FixedClock(now - PAST_MS)
    services = make_services(settings, clock, demo=True, origins=frozenset({settings.public_url}))
    try:
        await services.store.write(begin)
        staff = await services.store.write(hire)
        _, inboxes = await services.store.write(open_books, services.vault, staff)
        maria = Person(id="maria", name="Maria Souza", phone="+5511990000001", email="maria@sample.example")
        kept = notes.Kept(made_at=now, inboxes=inboxes, people=(maria,))
    finally:
        await services.store.close()
    notes.write(settings, kept)
    return kept
