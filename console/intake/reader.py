"""The process that reads mail: `python -m console.intake.reader`, asked and answered through its pipes by `apart.py`.
It says first that it is there, by an answer without items.

A mail that costs more processor time than it may ends the process, by a signal whose default nobody changed: no step
of the interpreter is needed for it. Whoever asks sees by which signal it ended. It goes when whoever asks is gone.
"""

from __future__ import annotations

import signal
import sys
from typing import IO

import msgspec
from msgspec import Struct

from channels.email.parse import parse
from channels.types import Delivery, Inbox, Item

OVER_BUDGET = signal.SIGPROF
_LENGTH_BYTES = 8


class Asked(Struct, frozen=True):
    """A mail to be read at a moment (ms), and the seconds of processor time that it may cost."""

    inbox: Inbox
    delivery: Delivery
    now: int
    seconds: float


def put(pipe: IO[bytes], message: Asked | list[Item]) -> None:
    """Raises BrokenPipeError when the other end is gone."""
    body = msgspec.msgpack.encode(message)
    pipe.write(len(body).to_bytes(_LENGTH_BYTES))
    pipe.write(body)
    pipe.flush()


def take(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError when the other end is gone."""
    length = int.from_bytes(_exactly(pipe, _LENGTH_BYTES))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise EOFError
    return found


def main() -> None:
    for each in (signal.SIGTERM, signal.SIGINT):  # told to the whole group, while a mail is still to be answered
        signal.signal(each, signal.SIG_IGN)
    wishes = msgspec.msgpack.Decoder(Asked)
    put(sys.stdout.buffer, [])
    while True:
        try:
            wish = wishes.decode(take(sys.stdin.buffer))
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, wish.seconds)
        items = parse(wish.inbox, wish.delivery, wish.now)
        signal.setitimer(signal.ITIMER_PROF, 0)
        put(sys.stdout.buffer, list(items))


if __name__ == "__main__":
    main()
