"""Our inboxes as the doors need them: row, adapter's view with secrets opened, and channel; cached for two seconds."""

from __future__ import annotations

import hmac

from msgspec import Struct

from channels.channel import Channel
from channels.registry import CHANNELS
from channels.types import Inbox, Item
from console.intake.take import Route
from console.portfolios.queries import InboxRow, adapter_inbox, all_inboxes
from console.services import Services

FRESH_SECONDS = 2.0  # changes made by a command in another process are seen after at most this long
_APP_SECRETS = {"meta": "app_secret", "twilio": "auth_token"}


class Entry(Struct):
    row: InboxRow
    inbox: Inbox
    channel: Channel


class Directory:
    """The inboxes of an installation by id."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._entries: dict[str, Entry] = {}
        self._read_at = float("-inf")

    async def find(self, inbox_id: str) -> Entry | None:
        """An inbox that is not disabled."""
        entry = (await self.all()).get(inbox_id)
        return entry if entry is not None and entry.row.state == "active" else None

    async def all(self) -> dict[str, Entry]:
        now = self._services.clock.monotonic()
        bell = self._services.doorbell("inboxes")
        if bell.is_set() or now - self._read_at > FRESH_SECONDS:
            bell.clear()
            rows = await self._services.store.read(all_inboxes)
            self._entries = {row.id: self._entry(row) for row in rows}
            self._read_at = now
        return self._entries

    def channel_of(self, inbox: Inbox) -> Channel:
        """The channel that speaks for an inbox."""
        return CHANNELS[inbox.provider]

    def windows(self) -> dict[str, int]:
        """Service windows by channel, in hours."""
        return {entry.row.channel: entry.channel.limits(entry.inbox).window_hours for entry in self._entries.values()}

    def router(self, home: Entry) -> Route:
        """Items for another number go to that number's inbox only if it stands under the same app (the same secret)."""

        def route(item: Item) -> InboxRow | None:
            number = getattr(item, "number", "")
            if not number or number in _numbers(home.inbox):
                return home.row
            for entry in self._entries.values():
                if entry.row.provider == home.row.provider and number in _numbers(entry.inbox):
                    return entry.row if _same_app(home.inbox, entry.inbox) else None
            return home.row if home.row.provider not in _APP_SECRETS else None

        return route

    def _entry(self, row: InboxRow) -> Entry:
        before = self._entries.get(row.id)
        if before is not None and before.row == row:
            return before
        inbox = adapter_inbox(row, self._services.vault, self._services.settings.public_url)
        return Entry(row, inbox, CHANNELS[row.provider])


def _numbers(inbox: Inbox) -> set[str]:
    return {inbox.address, inbox.address.removeprefix("whatsapp:"), inbox.config.get("phone_number_id", "")} - {""}


def _same_app(one: Inbox, other: Inbox) -> bool:
    name = _APP_SECRETS.get(one.provider, "")
    secret = one.secrets.get(name)
    return bool(secret) and hmac.compare_digest(secret.encode(), other.secrets.get(name).encode())
