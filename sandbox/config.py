"""What the sandbox is told at its start: the inboxes it plays providers for, the people it plays, and its pace."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from channels.types import ChannelName

Provider = Literal["meta", "twilio", "smtp"]


class SandboxInbox(Struct, frozen=True, kw_only=True):
    """One of the product's inboxes as its provider sees it.

    `secret` signs what goes to `webhook_url`: app secret (meta), auth token (twilio), webhook secret (smtp).
    `listener_host` and `listener_port` name the product's SMTP listener; without a port, mail is posted as raw MIME to
    `webhook_url`. `name` is what the debtor's phone shows.
    """

    id: str
    channel: ChannelName
    provider: Provider
    address: str
    webhook_url: str
    secret: str
    name: str = ""
    verify_token: str = ""
    phone_number_id: str = ""
    waba_id: str = ""
    access_token: str = ""
    account_sid: str = ""
    api_key_sid: str = ""
    api_key_secret: str = ""
    messaging_service_sid: str = ""
    status_url: str = ""
    advanced_opt_out: bool = True
    listener_host: str = "127.0.0.1"
    listener_port: int = 0
    smtp_user: str = ""
    smtp_password: str = ""

    @property
    def digits(self) -> str:
        return "".join(c for c in self.address if c.isdigit())


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with a phone and a mailbox.

    `wa_id` is WhatsApp's own form of the number when it differs (an old Brazilian account lacks the ninth digit).
    `hidden` people share no number on WhatsApp: only `user_id` and `username` travel.
    `persona` names the script that plays them, "" when only a human does; `prefers` is the channel they begin on, and
    `writes_to` the inbox when there are several.
    """

    id: str
    name: str
    phone: str = ""
    email: str = ""
    wa_id: str = ""
    user_id: str = ""
    username: str = ""
    hidden: bool = False
    language: str = "pt-BR"
    persona: str = ""
    prefers: ChannelName = "whatsapp"
    writes_to: str = ""


class Pace(Struct, frozen=True, kw_only=True):
    """When callbacks leave after acceptance (ms), and after how many seconds Meta tries a failed webhook again."""

    sent_ms: int = 100
    delivered_ms: int = 400
    read_ms: int = 2500
    retry_s: tuple[float, ...] = (1, 2, 5, 15, 30, 60)

    def after(self, status: str) -> int:
        return {"sent": self.sent_ms, "delivered": self.delivered_ms, "read": self.read_ms}.get(status, self.sent_ms)


class Seller(Struct, frozen=True, kw_only=True):
    """The creditor's account at Mercado Pago. `webhook_secret` signs the notices of its payments."""

    access_token: str
    webhook_secret: str
    collector_id: int = 700_000_001


class Config(Struct, frozen=True, kw_only=True):
    """`origin` is ours as the product calls us, prefix included; `product_url` is the product's, for media it offers.

    `database` is a file or ":memory:". `smtp_port` 0 takes a free one. `payments_url` receives Pix notices signed with
    `payments_secret`; `seller` is who sells at Mercado Pago. `seed` makes the scripted people repeatable:
    `script_gap_ms` lies between any two of their messages, and they think about an answer for between the two
    `script_answer_ms`. With `answer_ticks` the first message that the product sends ticks "answer"; without it,
    `mark_step` does.
    """

    inboxes: tuple[SandboxInbox, ...]
    product_url: str
    origin: str
    database: str = ":memory:"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 0
    people: tuple[Person, ...] = ()
    pace: Pace = Pace()
    payments_url: str = ""
    payments_secret: str = ""
    seller: Seller | None = None
    scripted: bool = False
    seed: int = 7
    script_gap_ms: int = 4_000
    script_answer_ms: tuple[int, int] = (6_000, 25_000)
    forward_only: bool = True
    answer_ticks: bool = True


def load(path: Path) -> Config:
    """Reads a JSON file of `Config`'s fields. Raises msgspec.ValidationError naming the field, OSError."""
    return msgspec.json.decode(path.read_bytes(), type=Config)
