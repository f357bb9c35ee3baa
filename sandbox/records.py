"""What the sandbox remembers, as values."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from sandbox.config import Provider

RANK = {"accepted": 0, "queued": 0, "received": 0, "sending": 1, "sent": 2, "failed": 3, "delivered": 4, "read": 5}


class Message(Struct, frozen=True, kw_only=True):
    """One bubble. `direction` is the product's: "in" was written by a person, "out" came from the product.

    `address` is the person's as it stood on the wire. `detail` holds what a kind has besides: media (ids), buttons,
    quoted, template, footer, location, reaction, mail headers, pricing. `request` is the provider request as received.
    `accepted` is false for what the provider refused; `carrier` marks the provider's own words (opt-out confirmations).
    """

    seq: int = 0
    id: str
    provider: Provider
    inbox: str
    channel: str
    direction: Literal["in", "out"]
    person: str
    address: str
    at: int
    kind: str = "text"
    text: str = ""
    subject: str = ""
    html: str = ""
    status: str = "accepted"
    error: str = ""
    ref: str = ""
    accepted: bool = True
    carrier: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    request: dict[str, Any] | None = None


class Media(Struct, frozen=True, kw_only=True):
    """A file. `person` wrote it, or "" when the product brought it."""

    id: str
    inbox: str
    name: str
    type: str
    content: bytes
    at: int
    message: str = ""


class Checkout(Struct, frozen=True, kw_only=True):
    """A preference of Mercado Pago. `key` made it, `amount` is as it was written, `until` in ms, 0 for never."""

    id: str
    key: str
    reference: str
    title: str
    amount: str
    currency: str
    notify_url: str
    until: int


class Charge(Struct, frozen=True, kw_only=True):
    """A payment at a checkout. `way` is the button that was pressed, `at` in ms of the demonstration, `back` what went
    back to the payer as the seller gave it, in the words of the amount."""

    id: int
    checkout: str
    way: str
    at: int
    status: Literal["approved", "rejected", "refunded", "charged_back"]
    back: str = "0"


class Post(Struct, frozen=True, kw_only=True):
    """A webhook or mail on its way to the product. One `lane` is served in order, lanes side by side.

    `url` is http(s) or smtp://host:port; for mail `headers` hold the envelope. `status` is what the message becomes
    when this leaves. `due_at` is real time, never the demonstration's.
    """

    id: int = 0
    lane: str
    inbox: str
    message: str
    status: str = ""
    error: str = ""
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes
    due_at: int
    attempts: int = 0
    waits: tuple[float, ...] = ()
    state: Literal["pending", "done", "given_up"] = "pending"
    answer: int = 0
