"""What can go wrong at a provider's door.

ChannelError
|-- BadSignature     the delivery is not from the provider (403, a counter, nothing stored)
|-- BadRequest       the delivery breaks the provider's own protocol at its core fields (400)
|-- CannotBuild      our message cannot be said on this channel; the text names what and how to mend it
`-- ServiceFailed    a service call (media, template sync, look-up) did not succeed
"""

from __future__ import annotations


class ChannelError(Exception):
    """The root; its text is fit for an operator and holds no text or address of a debtor."""


class BadSignature(ChannelError):
    """The signature is missing, malformed, or does not fit the bytes."""


class BadRequest(ChannelError):
    """A core field is repeated, missing or belongs to another account."""


class CannotBuild(ChannelError):
    """The message does not fit the channel's limits or kinds."""


class ServiceFailed(ChannelError):
    """A call that carries nothing to a debtor failed.

    `permanent` says that asking again cannot help (a 4xx on a media id, say); `status` is the HTTP status, 0 if none.
    """

    def __init__(self, text: str, *, permanent: bool, status: int = 0) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.status = status
