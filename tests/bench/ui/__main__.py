"""The figures of the screens: `python -m tests.bench.ui [--long] [--reps N] [--json FILE]`     (or: make bench-ui)

Real Chromium over the loopback, against the product as it is served; the design's goals beside what was found.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import msgspec
from playwright.sync_api import sync_playwright

from tests import services
from tests.bench import noise
from tests.bench.ui import measures
from tests.bench.ui.measures import Figure
from tests.services.needs import Missing


def main() -> int:
    asked = _arguments()
    try:
        program = services.chromium()
    except Missing as why:
        print(f"no figures: {why}")
        return 1
    started = time.monotonic()
    print(f"{os.cpu_count()} cores, {noise.foreign():.1f} of them used by others at the start")
    figures: list[Figure] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=list(services.CHROMIUM_FLAGS))
        print(f"Chromium {browser.version}", flush=True)
        for measure in measures.ALL:
            for figure in measure(browser, 300 if asked.long else 30, asked.reps):
                figures.append(figure)
                print(figure.line(), flush=True)
        browser.close()
    print(f"{time.monotonic() - started:.0f} s; {noise.foreign():.1f} cores used by others at the end")
    if asked.json:
        Path(asked.json).write_bytes(msgspec.json.format(msgspec.json.encode(figures)))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ui", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--long", action="store_true", help="thirty live cases for five minutes, not for thirty seconds"
    )
    parser.add_argument("--reps", type=int, default=10, help="how often a case is opened (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
