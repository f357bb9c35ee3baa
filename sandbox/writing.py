"""What a person writes, before a provider wraps it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from msgspec import Struct

from sandbox.config import SandboxInbox
from sandbox.records import Message, Post
from sandbox.world import Sandbox


class Attachment(Struct, frozen=True, kw_only=True):
    name: str
    type: str
    base64: str
    voice: bool = False

    def content(self) -> bytes:
        """Raises ValueError."""
        try:
            return base64.b64decode(self.base64, validate=True)
        except binascii.Error:
            raise ValueError(f"attachment {self.name!r} is not valid base64") from None


class Written(Struct, frozen=True, kw_only=True, rename={"sender": "from"}, forbid_unknown_fields=True):
    """The body of POST /api/inbound.

    inbox, from     the inbox written to; a phone, a mail address, a business-scoped user id, or a person's id
    interactive     {type: button_reply|list_reply|button, id, title}: a tap on what `in_reply_to` offered
    location        {latitude, longitude, name?, address?} · reaction {message_id, emoji} · edit, revoke {message_id}
    in_reply_to     provider id (mail: Message-ID) of the message answered
    duplicate       how many more times the provider delivers the very same bytes
    at              when it was written (RFC 3339 or ms), for a past that is told now
    quote           mail: whether the answered text is quoted below
    """

    inbox: str
    sender: str
    name: str = ""
    text: str = ""
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()
    interactive: dict[str, str] | None = None
    location: dict[str, Any] | None = None
    reaction: dict[str, str] | None = None
    edit: dict[str, str] | None = None
    revoke: dict[str, str] | None = None
    in_reply_to: str = ""
    duplicate: int = 0
    at: str | int = ""
    quote: bool = True
    headers: dict[str, str] = {}


def send(
    sandbox: Sandbox,
    inbox: SandboxInbox,
    message: Message,
    body: bytes,
    headers: dict[str, str],
    *,
    url: str = "",
    copies: int = 0,
    waits: tuple[float, ...] = (),
) -> None:
    """Hands one inbound payload to the courier, `copies` more times than once."""
    post = Post(
        lane=f"{message.person} {inbox.id}",
        inbox=inbox.id,
        message=message.id,
        url=url or inbox.webhook_url,
        headers=headers,
        body=body,
        due_at=sandbox.clock.real(),
        waits=waits,
    )
    for _ in range(1 + copies):
        sandbox.courier.post(post)
