"""The closed list of calls to a provider that carry nothing to a debtor.

    fetch_media · upload_media · mark_read · show_typing · sync_templates · look_up · test_inbox · make_link
    look_payment

All go through the connector. Each may be repeated. They raise ServiceFailed, whose text is fit for an operator.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiosmtplib
from msgspec import Struct

from channels.asking import is_permanent
from channels.connector import Connector, Saved
from channels.errors import CannotBuild, ServiceFailed
from channels.loose import Malformed
from channels.meta import service as meta
from channels.payments import Account, LinkMade, LinkProvider, LinkWish, Notice
from channels.smtp import greet, smtp_port
from channels.twilio import service as twilio
from channels.twilio.build import address_of
from channels.types import File, Inbox, MediaRef, Outcome, Template, To, Unknown

__all__ = [
    "Lost",
    "Tested",
    "fetch_media",
    "look_payment",
    "look_up",
    "make_link",
    "mark_read",
    "show_typing",
    "sync_templates",
    "test_inbox",
    "upload_media",
]

_SMTP_CONNECT_S, _SMTP_TOTAL_S = 5, 15


class Lost(Struct, frozen=True, kw_only=True):
    """A message of which we do not know whether the provider took it. Times in ms: its call's begin and end.

    `provider_id` when it is known; else it is found by address and text (as sent, of a template the rendered text).
    """

    to: To
    text: str
    since: int
    until: int
    provider_id: str = ""


class Tested(Struct, frozen=True, kw_only=True):
    """Whether the inbox works, and the provider's own answer in a sentence."""

    ok: bool
    says: str


async def fetch_media(connector: Connector, inbox: Inbox, media: MediaRef, path: Path, *, cap: int) -> Saved:
    """A debtor's file into `path` (which must not exist), at most `cap` bytes, its digest checked when one was told.

    `permanent` in the error says that the file is gone or forbidden: asking on would get our media calls cut off.
    """
    with _misconfigured():
        match inbox.provider:
            case "meta":
                saved, expected = await meta.fetch_media(connector, inbox, media, path, cap)
            case "twilio":
                saved, expected = await twilio.fetch_media(connector, inbox, media, path, cap)
            case _:
                raise ServiceFailed("files of this channel come along with the message", permanent=True)
    if not 200 <= saved.status < 300:
        why = f"the file was answered with HTTP {saved.status}"
        raise ServiceFailed(why, permanent=is_permanent(saved.status), status=saved.status)
    if expected and saved.sha256 != expected:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise ServiceFailed("the file does not have the digest that was told", permanent=False)
    return saved


async def upload_media(connector: Connector, inbox: Inbox, file: File) -> str:
    """The provider's id of an outgoing file, where a provider wants it before the message. Precedes `sending`."""
    with _misconfigured():
        if inbox.provider == "meta":
            return await meta.upload_media(connector, inbox, file)
    raise ServiceFailed("this provider takes no files in advance", permanent=True)


async def mark_read(connector: Connector, inbox: Inbox, provider_id: str) -> bool:
    """Show that a message was read. False where the provider has no such sign."""
    return await _mark(connector, inbox, provider_id, typing=False)


async def show_typing(connector: Connector, inbox: Inbox, provider_id: str) -> bool:
    """Show that an answer to a message is being written; marks it read. False where the provider has no such sign."""
    return await _mark(connector, inbox, provider_id, typing=True)


async def _mark(connector: Connector, inbox: Inbox, provider_id: str, *, typing: bool) -> bool:
    if inbox.provider != "meta":
        return False
    with _misconfigured():
        await meta.mark_read(connector, inbox, provider_id, typing=typing)
    return True


async def sync_templates(connector: Connector, inbox: Inbox) -> list[Template]:
    """The templates that the provider holds, with their state."""
    with _misconfigured():
        match inbox.provider:
            case "meta":
                return await meta.sync_templates(connector, inbox)
            case "twilio":
                return await twilio.sync_templates(connector, inbox)
    raise ServiceFailed("this provider holds no templates", permanent=True)


async def look_up(connector: Connector, inbox: Inbox, lost: Lost) -> Outcome:
    """What the provider's records say of it. Unknown where it has none, or they do not tell."""
    if inbox.provider != "twilio":
        return Unknown(reason="this provider has no look-up: its status tells, or a person")
    with _misconfigured():
        return await twilio.look_up(
            connector,
            inbox,
            provider_id=lost.provider_id,
            to=address_of(inbox, lost.to),
            body=lost.text,
            since=lost.since,
            until=lost.until,
        )


async def test_inbox(connector: Connector, inbox: Inbox) -> Tested:
    """Whether credentials and number are good, by asking the provider. Raises nothing."""
    try:
        with _misconfigured():
            match inbox.provider:
                case "meta":
                    return Tested(ok=True, says=await meta.test(connector, inbox))
                case "twilio":
                    return Tested(ok=True, says=await twilio.test(connector, inbox))
                case "smtp":
                    return Tested(ok=True, says=await _test_smtp(connector, inbox))
                case _:
                    return Tested(ok=True, says="this provider has no test: the first message will tell")
    except ServiceFailed as failed:
        return Tested(ok=False, says=str(failed))


async def make_link(connector: Connector, provider: LinkProvider, account: Account, wish: LinkWish) -> LinkMade:
    """A payment link; asked again with the same `ref`, the same one."""
    with _misconfigured():
        return provider.made(await connector.ask(provider.make(account, wish)))


async def look_payment(connector: Connector, provider: LinkProvider, account: Account, payment: str) -> Notice | None:
    """What became of a payment at its provider; None while no money has come."""
    with _misconfigured():
        return provider.looked(await connector.ask(provider.look(account, payment)))


async def _test_smtp(connector: Connector, inbox: Inbox) -> str:
    try:
        address = await connector.mail_address(inbox.config.get("smtp_host", ""), smtp_port(inbox))
        return await greet(inbox, address, connect=_SMTP_CONNECT_S, total=_SMTP_TOTAL_S)
    except aiosmtplib.SMTPResponseException as error:
        told = re.sub(r"\s+", " ", error.message)[:200]
        raise ServiceFailed(f"The mail server answered {error.code}: {told}", permanent=True) from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise ServiceFailed(f"The mail server did not answer: {type(error).__name__}", permanent=False) from None


@contextmanager
def _misconfigured() -> Iterator[None]:
    """What an inbox lacks, or an answer breaks, as the one error of this module."""
    try:
        yield
    except (CannotBuild, Malformed) as error:
        raise ServiceFailed(str(error), permanent=True) from None
