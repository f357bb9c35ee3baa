"""What a channel is: four pure acts and its limits. See the package docstring, and `docs/channels.md`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from channels.types import Answer, Call, Delivery, Inbox, Item, Limits, Outbound, Outcome


class Channel(Protocol):
    """One provider's wire format. Implementations hold no state."""

    provider: str
    carries: frozenset[str]  # channel names it can speak

    def limits(self, inbox: Inbox) -> Limits:
        """What this inbox can carry."""

    def verify(self, inbox: Inbox, delivery: Delivery) -> None:
        """Prove that the delivery is the provider's, over the raw bytes.

        Raises BadSignature; BadRequest for repeated or foreign core fields.
        """

    def parse(self, inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
        """All that happened, in the order told. Never raises on content: what it does not understand is `Dead`.

        `now` stands in where the delivery names no time of its own.
        """

    def build(self, inbox: Inbox, message: Outbound) -> Call:
        """The one call that sends the message. Raises CannotBuild, naming what does not fit and how to mend it."""

    def read(self, inbox: Inbox, answer: Answer) -> Outcome:
        """What the provider's answer means. Whatever is unclear is `Unknown`."""
