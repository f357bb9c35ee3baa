"""WhatsApp by Meta's Cloud API. `faults.py` holds its error codes as data; the other files are one act each."""

from __future__ import annotations

from collections.abc import Sequence

from channels.meta import build as _build
from channels.meta import verify as _verify
from channels.meta.parse import parse as _parse
from channels.meta.read import read as _read
from channels.types import Answer, Delivery, HttpCall, Inbox, Item, Limits, Outbound, Outcome


class Meta:
    """See `channels.channel.Channel`."""

    provider = "meta"
    carries = frozenset({"whatsapp"})

    def limits(self, inbox: Inbox) -> Limits:
        return _build.LIMITS

    def challenge(self, inbox: Inbox, delivery: Delivery) -> str:
        """What answers the GET by which Meta checks a webhook's address. Raises BadSignature."""
        return _verify.challenge(inbox, delivery)

    def verify(self, inbox: Inbox, delivery: Delivery) -> None:
        _verify.verify(inbox, delivery)

    def parse(self, inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
        return _parse(delivery.body, now)

    def build(self, inbox: Inbox, message: Outbound) -> HttpCall:
        return _build.build(inbox, message)

    def read(self, inbox: Inbox, answer: Answer) -> Outcome:
        return _read(answer)
