"""The demo begun at one hour of one day: `python -m tests.browser.at_noon WHEN [arguments of acordo demo]`.

What a picture of a whole screen shows hangs on the hour: waits, ages, the gate's answer. This program starts the demo
as `acordo demo` does, with a machine's clock that stood at WHEN (ISO 8601) when it began and hardly goes on: a slow
machine shows what a fast one does.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime

from console import cli
from console.clock import SystemClock

SLOWER = 50  # a minute of taking pictures is about a second


def main(arguments: list[str]) -> int:
    begun, shown = time.monotonic_ns() // 1_000_000, int(datetime.fromisoformat(arguments[0]).timestamp() * 1000)
    SystemClock.real = lambda self: shown + (time.monotonic_ns() // 1_000_000 - begun) // SLOWER  # type: ignore[method-assign]
    return cli.main(["demo", *arguments[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
