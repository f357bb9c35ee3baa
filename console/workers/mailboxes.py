"""Mail that comes in by itself: somebody's IMAP mailbox for each inbox that names one, and the built-in SMTP listener.

Both hand a mail to intake and acknowledge it only after it is stored. What two processes, or both doors, bring twice is
one message: intake knows its Message-ID. Of several processes one reads a mailbox, by a lease that it renews; when it
dies another goes on.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import bindparam, or_, select

from channels.email.addresses import normal
from channels.email.tokens import base_address
from channels.types import Delivery
from console.errors import Unavailable
from console.intake.accept import accept
from console.intake.directory import Entry
from console.portfolios.models import mailbox
from console.portfolios.queries import InboxRow
from console.services import Services
from console.store.lanes import MAIL_WAITS
from console.store.statement import Query, Statement, add_once, change, put, row
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import SECOND
from console.workers.imap import Cursor, ImapMailbox
from console.workers.loops import every, rung
from console.workers.smtpd import MailDoor

LOOK_SECONDS = 20.0
BUSY_SECONDS = 1.0
LEASE_MS = 3 * 20 * SECOND  # two renewals may be missed
log = structlog.get_logger("mailboxes")
_LEASE = Statement(
    mailbox.update()
    .where(
        mailbox.c.inbox_id == bindparam("inbox"),
        mailbox.c.name == bindparam("folder"),
        or_(
            mailbox.c.leased_by.in_(("", bindparam("worker"))),
            mailbox.c.lease_until.is_(None),
            mailbox.c.lease_until < bindparam("real"),
        ),
    )
    .values(leased_by=bindparam("worker"), lease_until=bindparam("until"))
)
_LEASED = Query(select(mailbox.c.inbox_id).where(mailbox.c.leased_by != ""), row)
_CURSOR = Query(
    select(mailbox.c.uidvalidity, mailbox.c.uid).where(
        mailbox.c.inbox_id == bindparam("inbox_id"), mailbox.c.name == bindparam("name"), mailbox.c.uidvalidity > 0
    ),
    Cursor,
)


async def keep_mailboxes(services: Services) -> None:
    """Runs for ever: opens and closes mailboxes as inboxes are added, changed and disabled."""
    boxes = Mailboxes(services)
    if services.settings.sqlite_path is not None:
        await services.store.write(let_go_all)
    try:
        async for _ in rung(services.doorbell("mailboxes"), LOOK_SECONDS):
            await boxes.listen()
            await boxes.settle()
    finally:
        await boxes.close()


class Mailboxes:
    """The open mailboxes of this process, and its listener."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._name = new_id()
        self._open: dict[str, tuple[InboxRow, ImapMailbox, asyncio.Task[None]]] = {}
        self._door: MailDoor | None = None

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong just now, by inbox id; for operators."""
        return {inbox_id: box.trouble for inbox_id, (_, box, _) in self._open.items() if box.trouble}

    async def listen(self) -> None:
        """Open the listener, if the settings name one and it is not open. A port that is taken is tried again."""
        where = self._services.settings.smtp_listen
        if not where or self._door is not None:
            return
        host, _, port = where.rpartition(":")
        door = MailDoor(self._accept("smtp"), self._find, max_bytes=self._services.settings.mail_bytes)
        try:
            await door.start(host.strip("[]"), int(port))
        except OSError as error:
            log.error("smtpd.not_started", error=type(error).__name__)
            return
        self._door = door

    async def settle(self) -> None:
        """Have exactly the mailboxes open that the inboxes of now name and that no other process reads."""
        named = [each for each in (await self._services.directory.all()).values() if _has_mailbox(each)]
        wanted = {each.row.id: each for each in named if await self._holds(each)}
        for inbox_id in [each for each in self._open if each not in wanted or self._open[each][0] != wanted[each].row]:
            await self._stop(inbox_id)
        for inbox_id, entry in wanted.items():
            if inbox_id not in self._open:
                box = ImapMailbox(entry.inbox, self._accept("imap"), Cursors(self._services, entry))
                self._open[inbox_id] = (entry.row, box, asyncio.create_task(box.run(), name=f"imap {inbox_id}"))
                log.info("mailbox.opened", inbox=inbox_id)

    async def close(self) -> None:
        for inbox_id in list(self._open):
            await self._stop(inbox_id)
        if self._door is not None:
            await self._door.stop()

    async def _holds(self, entry: Entry) -> bool:
        """Take or renew the lease of a mailbox; False while another process has it."""
        return await self._services.store.write(hold, entry.row.id, _folder(entry), self._name)

    async def _stop(self, inbox_id: str) -> None:
        _, _, task = self._open.pop(inbox_id)
        task.cancel()
        await asyncio.wait([task])
        await self._services.store.write(let_go, inbox_id, self._name)
        log.info("mailbox.closed", inbox=inbox_id)

    def _accept(self, door: str) -> _Accept:
        return _Accept(self._services, door)

    async def _find(self, address: str) -> str:
        """The inbox of an address: its own, with a token behind a plus, or the same at its domain for replies."""
        for entry in (await self._services.directory.all()).values():
            if entry.row.provider == "smtp" and entry.row.state == "active" and address_fits(entry, address):
                return str(entry.row.id)
        return ""


class Cursors:
    """How far a mailbox was read, in our own table (`imap.State`)."""

    def __init__(self, services: Services, entry: Entry) -> None:
        self._services = services
        self._name = _folder(entry)

    async def load_state(self, inbox: str) -> Cursor | None:
        return await self._services.store.read(_cursor, inbox, self._name)

    async def save_state(self, inbox: str, cursor: Cursor) -> None:
        await self._services.store.write(_keep, inbox, self._name, cursor)


class _Accept:
    """One of our doors as mailbox and listener know it: returns after the commit, raises when it failed."""

    def __init__(self, services: Services, door: str) -> None:
        self._services, self._door = services, door

    async def __call__(self, inbox_id: str, delivery: Delivery) -> object:
        entry = await self._services.directory.find(inbox_id)
        if entry is None:
            raise Unavailable("The inbox is disabled.")
        async for _ in every(BUSY_SECONDS):
            if self._door != "imap" or self._services.store.load.strain() <= MAIL_WAITS:
                break  # until then it lies well where it is
        return await accept(self._services, self._services.directory, entry, delivery, self._door)


def address_fits(entry: Entry, address: str) -> bool:
    """Whether mail to this address is an inbox's: with or without a token, at its own domain or that for replies."""
    own, given = normal(entry.row.address), normal(address)
    domain = entry.inbox.config.get("reply_domain", "").lower()
    known = {own, f"{own.rpartition('@')[0]}@{domain}"} if domain else {own}
    return given in known or base_address(given) in known


def hold(tx: Tx, inbox_id: str, folder: str, worker: str) -> bool:
    """Whether this worker reads the mailbox for the next minute."""
    add_once(tx, mailbox, ("inbox_id", "name"), inbox_id=inbox_id, name=folder)
    wanted = {"inbox": inbox_id, "folder": folder, "worker": worker, "real": tx.real, "until": tx.real + LEASE_MS}
    return _LEASE.run(tx, **wanted) > 0


def let_go(tx: Tx, inbox_id: str, worker: str) -> None:
    """Another process may read it at once."""
    if change(tx, mailbox, {"inbox_id": inbox_id, "leased_by": worker}, leased_by="", lease_until=None):
        tx.wake("mailboxes")


def let_go_all(tx: Tx) -> None:
    """Nobody else can be reading one: whoever held it is dead, and its lease would keep the mail waiting."""
    for (inbox_id,) in _LEASED.all(tx):
        change(tx, mailbox, {"inbox_id": inbox_id}, leased_by="", lease_until=None)


def _folder(entry: Entry) -> str:
    return entry.inbox.config.get("imap_mailbox", "") or "INBOX"


def _has_mailbox(entry: Entry) -> bool:
    return entry.row.provider == "smtp" and entry.row.state == "active" and bool(entry.inbox.config.get("imap_host"))


def _cursor(reader: Reader, inbox_id: str, name: str) -> Cursor | None:
    return _CURSOR.first(reader, inbox_id=inbox_id, name=name)


def _keep(tx: Tx, inbox_id: str, name: str, cursor: Cursor) -> None:
    put(
        tx, mailbox, ("inbox_id", "name"), inbox_id=inbox_id, name=name, uidvalidity=cursor.uid_validity,
        uid=cursor.last_uid,
    )  # fmt: skip
