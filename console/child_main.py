"""The child's side of `console.child`: asked and answered through its pipes. It says first that it is there, by an
empty answer.

A piece that costs more processor time than it may ends the process, by a signal whose default nobody changed: no step
of the interpreter is needed for it. One that takes more memory than it may ends it with a status of its own. Whoever
asks sees how it ended. It goes when whoever asks is gone.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

OVER_BUDGET = signal.SIGPROF
OVER_MEMORY = 71
MEMORY = 512 * 1024 * 1024
"""Beyond what the process has when it begins. The largest mail takes some 250 MiB of it."""
_HEAD = struct.Struct(">Qd")  # the length of what follows, and the seconds of processor time that it may cost


def put(pipe: IO[bytes], body: bytes, seconds: float = 0.0) -> None:
    """Raises BrokenPipeError when the other end is gone."""
    pipe.write(_HEAD.pack(len(body), seconds))
    pipe.write(body)
    pipe.flush()


def take(pipe: IO[bytes]) -> tuple[float, bytes]:
    """The next message with its seconds. Raises EOFError when the other end is gone."""
    length, seconds = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    return seconds, _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise EOFError
    return found


def serve(answer: Callable[[bytes], bytes], memory: int = MEMORY) -> None:
    """Answer until whoever asks is gone."""
    for each in (signal.SIGTERM, signal.SIGINT):  # told to the whole group, while something is still to be answered
        signal.signal(each, signal.SIG_IGN)
    _limit(memory)
    put(sys.stdout.buffer, b"")
    try:
        while True:
            seconds, wish = take(sys.stdin.buffer)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            said = answer(wish)
            signal.setitimer(signal.ITIMER_PROF, 0)
            put(sys.stdout.buffer, said)
    except EOFError:
        return
    except MemoryError:
        os._exit(OVER_MEMORY)


def _limit(memory: int) -> None:
    """Where the system tells how much this process has (Linux)."""
    told = Path("/proc/self/statm")
    if told.exists():
        most = int(told.read_text().split()[0]) * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it reads stays out of dumps
