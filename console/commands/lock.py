"""One server or worker per embedded database: a lock on a file beside it, let go when the process ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from console.commands.installation import Trouble
from console.settings import Settings

_BYTES = 1


@contextmanager
def alone(settings: Settings, patience: float = 0.0) -> Iterator[None]:
    """Hold the embedded database's lock. Raises Trouble when another process has it, and still has it after `patience`
    seconds. A database server needs none.
    """
    path = settings.sqlite_path
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("a+b") as file:
        until = time.monotonic() + patience
        while not _taken(file):
            if time.monotonic() >= until:
                raise Trouble(f"another acordo server or worker uses {path}: stop it first")
            time.sleep(0.05)
        try:
            yield
        finally:
            _give_back(file)


def is_taken(settings: Settings) -> bool:
    """Whether a server or a worker runs on the embedded database."""
    try:
        with alone(settings):
            return False
    except Trouble:
        return True


def _taken(file: IO[bytes]) -> bool:
    try:
        _take(file)
    except OSError:
        return False
    return True


if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, _BYTES)  # type: ignore[attr-defined]

    def _give_back(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, _BYTES)  # type: ignore[attr-defined]

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give_back(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
