"""A disk that did not keep what it was asked to keep: the process ends at once, and comes back to what is there.

After a failed fsync the system may count the lost pages as written, so that asking again succeeds and keeps nothing.
Nobody of that batch is answered; the next process reads the log anew and writes it into the file before it listens.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import apsw
import structlog

log = structlog.get_logger("store")
STATUS = 74
"""The exit status (EX_IOERR); whoever keeps the service running starts it again."""
_UNSYNCED = frozenset({apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC})


def is_unsynced(error: BaseException) -> bool:
    """Whether it is an fsync that failed."""
    return getattr(error, "extendedresult", 0) in _UNSYNCED


def end(error: BaseException) -> None:
    """End this process: nothing is finished, answered or told, as when it crashes."""
    log.critical("store.not_synced", why=f"{type(error).__name__}: {error}", then="this process ends; start it again")
    os._exit(STATUS)


def keep_checkpoints(connection: apsw.Connection, pages: int, broken: Callable[[BaseException], object]) -> None:
    """Write the log into the file whenever it is so many pages long, as SQLite does by itself, which would not say
    that the file could not be synced. Anything else (it is busy, the disk is full) is tried again at the next commit.
    """

    def committed(written: apsw.Connection, name: str, waiting: int) -> int:
        if waiting >= pages:
            try:
                written.wal_checkpoint(name, apsw.SQLITE_CHECKPOINT_PASSIVE)
            except apsw.Error as error:
                if is_unsynced(error):
                    broken(error)
        return apsw.SQLITE_OK

    connection.set_wal_hook(committed)
