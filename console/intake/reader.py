"""The process that reads mail: `python -m console.intake.reader`, asked by `apart.py`."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from channels.email.parse import parse
from channels.types import Delivery, Inbox
from console.child_main import serve


class Asked(Struct, frozen=True):
    """A mail to be read at a moment (ms)."""

    inbox: Inbox
    delivery: Delivery
    now: int


_wish = msgspec.msgpack.Decoder(Asked)


def answer(wish: bytes) -> bytes:
    """The items of a mail."""
    asked = _wish.decode(wish)
    return msgspec.msgpack.encode(list(parse(asked.inbox, asked.delivery, asked.now)))


if __name__ == "__main__":
    serve(answer)
