"""Work on what strangers send, done in a process of its own, one piece at a time: what takes for ever is ended there,
and holds nobody here.

The process is started with the first piece and kept (some 30 MiB); one that ended is followed by another. Each piece
has its time of the processor, its time of the wall, and the process its memory (`console.child_main` keeps to them).
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Timer

import structlog

from console.child_main import OVER_BUDGET, OVER_MEMORY, put, take
from console.errors import Unavailable

SECONDS = 2.0
"""Of processor time, so that a busy machine condemns no mail."""
DEADLINE = 30.0
"""Seconds until a piece is given up that costs no processor time either: fifteen times its due."""
MOST_WAITING = 128 * 1024 * 1024
"""Bytes of pieces that wait for their turn."""
log = structlog.get_logger()


class Ended(Exception):
    """The process ended on this piece. `why`: budget_exceeded, memory_exceeded, deadline_exceeded, or `ended: CODE`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Child:
    """One process that runs `program`, a module whose main is `console.child_main.serve`. Its one thread writes, and
    waits for the answer.
    """

    def __init__(self, module: str, name: str, seconds: float = SECONDS, deadline: float = DEADLINE) -> None:
        self.program = (sys.executable, "-P", "-m", module)
        self.seconds, self.deadline = seconds, deadline
        self.process: subprocess.Popen[bytes] | None = None
        self._name = name
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting = 0
        self._closed = False

    async def ask(self, wish: bytes) -> bytes:
        """What the process answers. Raises Ended; Unavailable when this process is about to end, when too much waits
        already, or when the child does not start.
        """
        self._must_be_open()
        if self._waiting and self._waiting + len(wish) > MOST_WAITING:
            raise Unavailable("Too much is waiting to be read.", retry_after=5)
        self._waiting += len(wish)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, wish)
        finally:
            self._waiting -= len(wish)

    def close(self) -> None:
        """Whoever still waits is refused."""
        self._closed = True
        if self.process is not None:
            self.process.kill()
        self._thread.shutdown()
        if self.process is not None:
            _bury(self.process)

    def _must_be_open(self) -> None:
        if self._closed:
            raise Unavailable("It is not read: this process is being stopped.")

    def _ask(self, wish: bytes) -> bytes:
        """A process that ended for no fault of this piece's is followed by another, once."""
        why = ""
        for _ in range(2):
            self._must_be_open()
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            late = _Deadline(process, self.deadline)
            try:
                put(process.stdin, wish, self.seconds)
                return take(process.stdout)[1]
            except (EOFError, OSError):
                ended = _bury(process)
            finally:
                late.over()
            why = "deadline_exceeded" if late.struck else _why(ended)
            log.warning("child.ended", child=self._name, code=ended, why=why)
            if not why.startswith("ended"):
                break
        raise Ended(why)

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            if self.process is not None:
                _bury(self.process)
            self.process = subprocess.Popen(self.program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._must_have_started(self.process)
        return self.process

    def _must_have_started(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        late = _Deadline(process, self.deadline)
        try:
            take(process.stdout)
        except EOFError:
            ended = _bury(process)
            log.error("child.not_started", child=self._name, code=ended, late=late.struck,
                      then="see what it said above; the installation may be broken")  # fmt: skip
            raise Unavailable("It cannot be read now.", retry_after=60) from None
        finally:
            late.over()


class _Deadline:
    """Kills a process that has not answered by then."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.struck = False
        self._process = process
        self._timer = Timer(seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def over(self) -> None:
        self._timer.cancel()

    def _strike(self) -> None:
        self.struck = True
        self._process.kill()


def _why(code: int) -> str:
    known = {-OVER_BUDGET: "budget_exceeded", OVER_MEMORY: "memory_exceeded"}
    return known.get(code, f"ended: {code}")


def _bury(process: subprocess.Popen[bytes]) -> int:
    """Let go of a process; how it ended (minus the signal), which it has already where it ended by itself."""
    process.kill()
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(OSError):  # what it was still to hear
            pipe.close()
    return code
