"""Our inboxes as the doors need them: row, adapter's view with secrets opened, and channel; cached for two seconds."""

from __future__ import annotations

import asyncio
import hmac

import structlog
from msgspec import Struct

from channels.channel import Channel
from channels.registry import CHANNELS
from channels.types import Inbox, Item
from console.errors import Unavailable
from console.intake.take import Route
from console.portfolios.queries import InboxRow, adapter_inbox, all_inboxes
from console.services import Services
from console.store.vault import VaultError

log = structlog.get_logger()
FRESH_SECONDS = 2.0  # changes made by a command in another process are seen after at most this long
_MISSED_SECONDS = 0.1
_APP_SECRETS = {"meta": "app_secret", "twilio": "auth_token"}


class Entry(Struct):
    row: InboxRow
    inbox: Inbox
    channel: Channel
    numbers: frozenset[str]  # every way in which an item may name this inbox's number


class Directory:
    """The inboxes of an installation by id."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._entries: dict[str, Entry] = {}
        self._sealed: frozenset[str] = frozenset()
        self._windows: dict[str, int] = {}
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, inbox_id: str) -> Entry | None:
        """An inbox that is not disabled. Raises Unavailable when its secrets cannot be opened."""
        entry = (await self.all()).get(inbox_id) or await self._made_just_now(inbox_id)
        if inbox_id in self._sealed:
            raise Unavailable("The secrets of this inbox cannot be opened with ACORDO_SECRET_KEY.")
        return entry if entry is not None and entry.row.state == "active" else None

    async def _made_just_now(self, inbox_id: str) -> Entry | None:
        """One that a command in another process has just made is known to its first delivery. Whoever asks for what
        there is not costs a read in a tenth of a second, however often they ask.
        """
        if inbox_id not in self._sealed and self._services.clock.monotonic() - self._read_at > _MISSED_SECONDS:
            async with self._lock:
                if self._services.clock.monotonic() - self._read_at > _MISSED_SECONDS:
                    await self._read()
        return self._entries.get(inbox_id)

    async def all(self) -> dict[str, Entry]:
        """Every inbox by id, but for those whose secrets cannot be opened: one must not cost the others."""
        if self._lock.locked() or self._is_stale():
            async with self._lock:  # whoever comes while it is read anew waits for what is true now
                if self._is_stale():
                    await self._read()
        return self._entries

    def _is_stale(self) -> bool:
        bell, now = self._services.doorbell("inboxes"), self._services.clock.monotonic()
        return bell.is_set() or now - self._read_at > FRESH_SECONDS

    async def _read(self) -> None:
        self._services.doorbell("inboxes").clear()
        read_at = self._services.clock.monotonic()
        rows = await self._services.store.read(all_inboxes)
        opened = {row.id: self._entry(row) for row in rows}
        self._entries = {each: entry for each, entry in opened.items() if entry is not None}
        self._windows = {
            entry.row.channel: entry.channel.limits(entry.inbox).window_hours for entry in self._entries.values()
        }
        self._told({row.id for row in rows} - self._entries.keys())
        self._read_at = read_at

    def channel_of(self, inbox: Inbox) -> Channel:
        """The channel that speaks for an inbox."""
        return CHANNELS[inbox.provider]

    def windows(self) -> dict[str, int]:
        """Service windows by channel, in hours."""
        return self._windows

    def router(self, home: Entry) -> Route:
        """Items for another number go to that number's inbox only if it stands under the same app (the same secret)."""

        def route(item: Item) -> InboxRow | None:
            number = getattr(item, "number", "")
            if not number or number in home.numbers:
                return home.row
            for entry in self._entries.values():
                if entry.row.provider == home.row.provider and number in entry.numbers:
                    return entry.row if _same_app(home.inbox, entry.inbox) else None
            return home.row if home.row.provider not in _APP_SECRETS else None

        return route

    def _told(self, sealed: set[str]) -> None:
        for inbox_id in sorted(sealed - self._sealed):
            log.error("inbox.sealed", inbox=inbox_id, mend="the key it was sealed with is missing from the settings")
        self._sealed = frozenset(sealed)

    def _entry(self, row: InboxRow) -> Entry | None:
        before = self._entries.get(row.id)
        if before is not None and before.row == row:
            return before
        try:
            inbox = adapter_inbox(row, self._services.vault, self._services.settings.public_url)
        except VaultError:
            return None
        return Entry(row, inbox, CHANNELS[row.provider], _numbers(inbox))


def _numbers(inbox: Inbox) -> frozenset[str]:
    address = inbox.address.removeprefix("whatsapp:")
    names = (inbox.address, address, address.removeprefix("+"), inbox.config.get("phone_number_id", ""))
    return frozenset(name for name in names if name)


def _same_app(one: Inbox, other: Inbox) -> bool:
    name = _APP_SECRETS.get(one.provider, "")
    secret = one.secrets.get(name)
    return bool(secret) and hmac.compare_digest(secret.encode(), other.secrets.get(name).encode())
