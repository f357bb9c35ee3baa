"""What a payment provider is: pure acts over plain values. Amounts are minor units, times are in ms."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from channels.connector import Ask, Got
from channels.types import Delivery, Secrets


class Notice(Struct, frozen=True, kw_only=True):
    """Money that came. `reference` is ours as it travelled along, `payee` the account it came to; minor units.

    `returned` is how much of it the payee gave back since, told by the same notice.
    """

    provider_id: str
    amount: int
    currency: str
    at: int
    reference: str = ""
    payee: str = ""
    method: str = "other"
    returned: int = 0


class Named(Struct, frozen=True):
    """A notice that only names a payment: what became of it must be asked of the provider."""

    payment: str


class Account(Struct, frozen=True, kw_only=True):
    """A creditor's account at a provider. `origin` replaces the provider's own (a sandbox); no slash at its end."""

    secrets: Secrets
    origin: str = ""


class LinkWish(Struct, frozen=True, kw_only=True):
    """A link to be made. `ref` is ours: it travels along as the payment's reference, and makes a repetition harmless.

    `title` is shown to whoever pays; `notify_url` hears of payments.
    """

    ref: str
    amount: int
    currency: str
    title: str
    now: int
    expires_at: int
    notify_url: str


class LinkMade(Struct, frozen=True, kw_only=True):
    """`provider_id` is the provider's name of it, `url` where one pays."""

    provider_id: str
    url: str


class PaymentProvider(Protocol):
    """One provider's wire format. Implementations hold no state."""

    needs: tuple[str, ...]  # secrets without which it does not work

    def verify(self, secrets: Secrets, delivery: Delivery) -> None:
        """Raises BadSignature unless the provider sent exactly this."""

    def parse(self, delivery: Delivery) -> list[Notice | Named]:
        """What it tells; empty for what concerns no payment. Raises BadRequest for what cannot be understood."""


class LinkProvider(PaymentProvider, Protocol):
    """A provider that makes links, and tells of a payment when it is asked."""

    def make(self, account: Account, wish: LinkWish) -> Ask:
        """The call that makes a link; made twice with one `ref`, one link. Raises CannotBuild."""

    def made(self, got: Got) -> LinkMade:
        """Raises ServiceFailed in the provider's own words."""

    def look(self, account: Account, payment: str) -> Ask:
        """The call that asks for a payment. Raises CannotBuild."""

    def looked(self, got: Got) -> Notice | None:
        """What became of it; None while no money has come. Raises ServiceFailed."""
