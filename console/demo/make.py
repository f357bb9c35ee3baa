"""Makes the sample data: the house by verbs, its people and debts, and a past lived through webhooks and verbs."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from datetime import date
from secrets import token_hex
from zoneinfo import ZoneInfo

from msgspec import structs
from starlette.applications import Starlette
from starlette.routing import Mount

from console.admin.templates import sync
from console.app import make_services
from console.clock import FixedClock
from console.demo import kept as notes
from console.demo.acts import Teller
from console.demo.books import BOOKS
from console.demo.cast import PARTS, as_people, as_samples
from console.demo.debtors import enrol_all
from console.demo.in_process import OwnConnector, client_of
from console.demo.past import Past
from console.demo.people import Staff, hire
from console.demo.providers import point_inboxes, point_seller, sandbox_config
from console.demo.samples import samples
from console.demo.set_up import open_books
from console.demo.stand_ins import NAMES, step_in
from console.demo.stories import stories
from console.log.read import begin
from console.people.actors import by_id
from console.people.presence import connection_changed, set_availability
from console.services import Services
from console.settings import Settings
from console.store.migrate import migrate
from console.store.sqlite import SqliteStore
from console.store.transaction import Tx
from console.wire.moment import DAY, Ms, aware
from sandbox.api import Api
from sandbox.app import create_app as create_sandbox
from sandbox.config import Seller
from sandbox.world import Sandbox

PAST_MS = 30 * DAY
CROWD = 22
FIRST_OF_ALL = 10**14  # whoever was touched last stands first on the phones page: the one whom the visitor plays
AT_WORK = ("ana", "bruno", "clara", "sofia")


async def make(settings: Settings, now: Ms) -> notes.Kept:
    """Everything, in an empty folder. The note is complete only when all of it is there."""
    notes.write(settings.data_dir, notes.Kept())
    await asyncio.to_thread(migrate, settings.database_url)
    clock = FixedClock(now - PAST_MS)
    services = make_services(settings, clock, demo=True, origins=frozenset({settings.public_url}))
    if isinstance(services.store, SqliteStore):
        services.store.durable = False  # a thousand commits; whatever is cut short is begun anew
    try:
        await services.store.write(begin)
        staff = await services.store.write(hire)
        secret = token_hex(24)
        books, inboxes = await services.store.write(open_books, services.vault, staff, secret)
        begun = notes.Kept(
            inboxes=inboxes, users=staff.users, payments_secret=secret, seller_book=books["ipe"],
            seller=Seller(access_token=f"TEST-{token_hex(24)}", webhook_secret=token_hex(32)),
        )  # fmt: skip
        kept = await _people(services, books, begun, now)
        await _live(services, clock, kept, staff, books, now)
    finally:
        services.mail.close()
        await services.store.close()
    if isinstance(services.store, SqliteStore):
        await asyncio.to_thread(_to_disk, services.store.path)
    kept = structs.replace(kept, made_at=now)
    notes.write(settings.data_dir, kept)
    return kept


def _to_disk(path: str) -> None:
    with open(path, "rb+") as database:
        os.fsync(database.fileno())


async def _people(services: Services, books: dict[str, str], kept: notes.Kept, now: Ms) -> notes.Kept:
    today = _today(now)
    everybody = [*as_samples(today), *samples(today)]
    clerk = await services.store.read(by_id, kept.users["admin"])
    assert clerk is not None
    debtors = await services.store.write(enrol_all, services.vault, clerk, everybody, books)
    boxes = _boxes(kept)
    told = as_people(everybody[: len(PARTS) + CROWD], boxes)
    played = {each.id: debtors[each.id] for each in told if each.id != "maria"}
    return structs.replace(kept, people=tuple(told), played=played, debtors=debtors)


async def _live(
    services: Services, clock: FixedClock, kept: notes.Kept, staff: Staff, books: dict[str, str], now: Ms
) -> None:
    """The stories, with the sandbox and the product calling each other in this process."""
    inner = create_sandbox(sandbox_config(services.settings, kept, listener=1, mail_server=0, scripted=False))
    app = Starlette(routes=[Mount("/sandbox", inner)])
    sandbox = inner.state.sandbox
    async with AsyncExitStack() as stack:
        stack.callback(sandbox.store.close)
        for service in sandbox.services:
            await stack.enter_async_context(service())
        await services.store.write(point_inboxes, kept, services.settings.public_url, sandbox.smtp_port)
        await services.store.write(point_seller, services.vault, kept, services.settings.public_url)
        client = await stack.enter_async_context(client_of(app))
        services.connector = OwnConnector(client)
        for inbox in kept.inboxes:
            if inbox.provider != "smtp":
                await sync(services, inbox.id)
        for name in AT_WORK:
            await services.store.write(_comes, staff.users[name])
        past = Past(services, clock, sandbox, Api(sandbox).write, client, staff.users, kept.debtors, books)
        everybody = [*as_samples(_today(now)), *samples(_today(now))]
        crowd = everybody[len(PARTS) : len(PARTS) + CROWD]
        await Teller(past, _boxes(kept), now).tell(stories(crowd))
        await past.at(now)
        sandbox.store.touch("maria", FIRST_OF_ALL)
        sandbox.store.put_setting("script", {each.id: _heard(sandbox, each.id) for each in kept.people if each.persona})
        for name in AT_WORK:
            if name in NAMES:
                await services.store.write(step_in, staff.users[name], True)
            else:
                await services.store.write(_leaves, staff.users[name])


def _heard(sandbox: Sandbox, person: str) -> dict[str, int]:
    """Nothing of the past is news to whom the script plays: they begin by themselves."""
    return {"heard": max((message.seq for message in sandbox.store.heard(person, 0)), default=0)}


def _comes(tx: Tx, user_id: str) -> None:
    """At work, as after opening the desk."""
    actor = by_id(tx, user_id)
    assert actor is not None
    set_availability(tx, actor, "online")
    connection_changed(tx, user_id, True)


def _leaves(tx: Tx, user_id: str) -> None:
    """Not there, but at work as soon as somebody opens their desk."""
    connection_changed(tx, user_id, False)


def _boxes(kept: notes.Kept) -> dict[str, str]:
    """Inbox ids by the keys of the books' boxes, in which order they were made."""
    keys = [box.key for book in BOOKS for box in book.boxes]
    return dict(zip(keys, (each.id for each in kept.inboxes), strict=True))


def _today(now: Ms) -> date:
    return aware(now).astimezone(ZoneInfo("America/Sao_Paulo")).date()
