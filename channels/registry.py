"""The channels there are. A new provider is one folder and one line here."""

from __future__ import annotations

from channels.channel import Channel
from channels.email import Email
from channels.meta import Meta
from channels.twilio import Twilio

CHANNELS: dict[str, Channel] = {
    "meta": Meta(),
    "twilio": Twilio(),
    "smtp": Email(),
}


def channel_of(provider: str) -> Channel:
    """The channel of a provider. Raises KeyError for one we do not know."""
    return CHANNELS[provider]
