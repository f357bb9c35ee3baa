"""SMS and WhatsApp by Twilio. `faults.py` holds its error codes as data; the other files are one act each."""

from __future__ import annotations

from collections.abc import Sequence

from channels.twilio import build as _build
from channels.twilio import verify as _verify
from channels.twilio.parse import parse as _parse
from channels.twilio.read import read as _read
from channels.types import Answer, Delivery, HttpCall, Inbox, Item, Limits, Outbound, Outcome


class Twilio:
    """See `channels.channel.Channel`."""

    provider = "twilio"
    carries = frozenset({"sms", "whatsapp"})

    def limits(self, inbox: Inbox) -> Limits:
        return _build.limits_of(inbox)

    def verify(self, inbox: Inbox, delivery: Delivery) -> None:
        _verify.verify(inbox, delivery)

    def parse(self, inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
        return _parse(inbox, delivery, now)

    def build(self, inbox: Inbox, message: Outbound) -> HttpCall:
        return _build.build(inbox, message)

    def read(self, inbox: Inbox, answer: Answer) -> Outcome:
        return _read(answer)
