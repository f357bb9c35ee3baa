"""The figures: floors and the product in one run, in turn, as ratios of the same round.

usage: python -m tests.bench [PART …] [--reps N] [--long] [--json FILE]     (or: make bench ARGS="…")
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.bench import PARTS, noise
from tests.bench.processes import Missing
from tests.bench.table import Asked, Part, Row, Taken

TOTAL_SECONDS = 11 * 60
"""No part begins later than this, but in the long form."""


def main() -> int:
    asked = _arguments()
    started = time.monotonic()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
          f"{noise.foreign():.1f} cores used by others at the start")  # fmt: skip
    table: list[tuple[str, float, Row]] = []
    left_out: list[str] = []
    for name in asked.parts or PARTS:
        if not asked.long and time.monotonic() - started > TOTAL_SECONDS:
            left_out.append(f"{name}: no time left")
            continue
        taken = _take(name, PARTS[name](), Asked(asked.reps, asked.long), left_out)
        table += [(name, taken.foreign, row) for row in taken.rows]
    _print(table)
    for line in left_out:
        print(f"left out: {line}")
    print(f"\n{time.monotonic() - started:.0f} s")
    if asked.json:
        rows = [row for _, _, row in table]
        Path(asked.json).write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--reps", type=int, default=2, help="rounds of each (default: %(default)s)")
    parser.add_argument("--long", action="store_true", help="the time that each goal names, some two hours in all")
    parser.add_argument("--json", metavar="FILE", help="write the table's rows there")
    asked = parser.parse_args()
    for part in asked.parts:
        if part not in PARTS:
            parser.error(f"there is no {part}: it is {', '.join(PARTS)}")
    return asked


def _take(name: str, part: Part, asked: Asked, left_out: list[str]) -> Taken:
    print(f"\n{name}: {(sys.modules[part.__module__].__doc__ or '').splitlines()[0]}", flush=True)
    try:
        taken = part(asked)
    except (Missing, RuntimeError) as why:  # the others are measured all the same
        left_out.append(f"{name}: {why}")
        return Taken({}, [])
    _show(taken.rounds)
    if taken.foreign > noise.CALM:
        print(f"others used more than {noise.CALM} cores: read CPU and ratios, not the clock", flush=True)
    return taken


def _show(rounds: dict[str, Sequence[Any]]) -> None:
    if not rounds:
        return
    names = next(iter(rounds.values()))[0].__struct_fields__
    print("".join(f"{head:>16}" for head in ("", *names)))
    for name, several in rounds.items():
        for each in several:
            print(f"{name:>16}" + "".join(f"{_figure(getattr(each, field)):>16}" for field in names), flush=True)


def _print(table: list[tuple[str, float, Row]]) -> None:
    print(
        f"\n{'figure':<58}{'value':>10} {'unit':<12}{'floor':>9}{'ratio':>8}  {'goal':<26}{'':<8}{'foreign':<9}command"
    )
    for part, foreign, row in table:
        holds = {True: "holds", False: "MISSED", None: ""}[row.holds]
        print(
            f"{row.name:<58}{_figure(row.value):>10} {row.unit:<12}{_figure(row.floor):>9}{_figure(row.ratio):>8}"
            f"  {row.goal:<26}{holds:<8}{foreign:<9.2f}make bench ARGS={part}"
        )


def _figure(value: object) -> str:
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
