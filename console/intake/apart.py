"""Mail is read in a process of its own. A mail on which that ends is a dead letter, which says why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from channels.types import Dead, Delivery, Inbox, Item
from console.child import Child, Ended
from console.intake.reader import Asked

_items = msgspec.msgpack.Decoder(list[Item])


class Apart:
    """The reader of one process."""

    def __init__(self) -> None:
        self.child = Child("console.intake.reader", "mail")

    async def read(self, inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
        """What `channels.channel.Channel.parse` says of a mail; `Dead` when it takes too long or too much to say.
        Raises Unavailable when this process is about to end, too much waits, or the reader does not start.
        """
        try:
            return _items.decode(await self.child.ask(msgspec.msgpack.encode(Asked(inbox, delivery, now))))
        except Ended as ended:
            why = f"reader_{ended.why}" if ended.why.startswith("ended") else f"parse_{ended.why}"
            return [Dead(reason=why, number=inbox.address)]

    def close(self) -> None:
        """Whoever still waits is refused."""
        self.child.close()
