"""Mail is read in a process of its own, one at a time: what takes for ever is ended there, and holds nobody here.

The process is started with the first mail and kept (some 30 MiB); one that ended is followed by another. A mail on
which it ended is a dead letter.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec
import structlog

from channels.types import Dead, Delivery, Inbox, Item
from console.errors import Unavailable
from console.intake.reader import OVER_BUDGET, Asked, put, take

PARSE_SECONDS = 2.0
"""Of processor time, so that a busy machine condemns no mail."""
_PROGRAM = (sys.executable, "-P", "-m", "console.intake.reader")
_items = msgspec.msgpack.Decoder(list[Item])
log = structlog.get_logger()


class Apart:
    """The reader of one process. Its one thread writes, and waits for the answer."""

    def __init__(self, seconds: float = PARSE_SECONDS) -> None:
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mail")
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    async def read(self, inbox: Inbox, delivery: Delivery, now: int) -> Sequence[Item]:
        """What `channels.channel.Channel.parse` says of a mail; `Dead` when it takes too long to say. Raises
        Unavailable when this process is about to end, or the reader does not start.
        """
        wish = Asked(inbox, delivery, now, self._seconds)
        self._must_be_open()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, wish)

    def close(self) -> None:
        """Whoever still waits is refused."""
        self._closed = True
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown()
        if self._process is not None:
            _bury(self._process)

    def _must_be_open(self) -> None:
        if self._closed:
            raise Unavailable("The mail is not read: this process is being stopped.")

    def _read(self, wish: Asked) -> Sequence[Item]:
        """A process that ended for no fault of this mail's is followed by another, once."""
        for _ in range(2):
            self._must_be_open()
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            try:
                put(process.stdin, wish)
                return _items.decode(take(process.stdout))
            except (EOFError, OSError, msgspec.MsgspecError):
                ended = _bury(process)
            log.warning("mail.reader_ended", inbox=wish.inbox.id, code=ended)
            if ended == -OVER_BUDGET:
                return [Dead(reason="parse_budget_exceeded", number=wish.inbox.address)]
        return [Dead(reason=f"reader_ended: {ended}", number=wish.inbox.address)]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                _bury(self._process)
            self._process = subprocess.Popen(_PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._must_have_started(self._process)
        return self._process

    def _must_have_started(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        try:
            take(process.stdout)
        except EOFError:
            ended = _bury(process)
            log.error(
                "mail.reader_not_started", code=ended, then="see what it said above; the installation may be broken"
            )
            raise Unavailable("Mail cannot be read now.", retry_after=60) from None


def _bury(process: subprocess.Popen[bytes]) -> int:
    """Let go of a process; how it ended (minus the signal), which it has already where it ended by itself."""
    process.kill()
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(OSError):  # what it was still to hear
            pipe.close()
    return code
