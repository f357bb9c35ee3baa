"""Named points at which a process may be made to die: how the tests prove what a crash leaves behind.

`ACORDO_FAULT=point` kills the process when it first passes that point, `point:3` when it passes it the third time:
nothing is flushed, finished or told, as when it crashes. Unset, `fault` does nothing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

Strike = Callable[[], None]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


_point, _left, _strike = "", 0, _die


def arm(word: str, strike: Strike = _die) -> None:
    """Strike when `point[:n]` is passed for the nth time; an empty word disarms."""
    global _point, _left, _strike
    _point, _, count = word.partition(":")
    _left, _strike = int(count or 1), strike


def fault(name: str) -> None:
    """A point of this name is passed."""
    global _left
    if _point and name == _point:
        _left -= 1
        if _left == 0:
            _strike()


arm(os.environ.get("ACORDO_FAULT", ""))
