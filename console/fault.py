"""Named points at which a process may be made to die: how the tests prove what a crash leaves behind.

`ACORDO_FAULT=point` kills the process when it first passes that point, `point:3` when it passes it the third time:
nothing is flushed, finished or told, as when it crashes. Unset, `fault` does nothing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

Fault = Callable[[str], None]


def armed(word: str, strike: Callable[[], None]) -> Fault:
    """A `fault` that strikes when `point[:n]` is passed for the nth time."""
    point, _, count = word.partition(":")
    left = int(count or 1)

    def passed(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                strike()

    return passed


def _nothing(name: str) -> None:
    return


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


fault: Fault = armed(os.environ["ACORDO_FAULT"], _die) if os.environ.get("ACORDO_FAULT") else _nothing
