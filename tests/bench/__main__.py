"""The figures: floors and the product in one run, in turn, as ratios of the same round.

usage: python -m tests.bench [ingest|e2e|fanout|memory …] [--reps N] [--json FILE]     (or: make bench ARGS="…")
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tests.bench import e2e, fanout, ingest, memory, noise
from tests.bench.processes import Missing

TOTAL_SECONDS = 7 * 60
"""No round begins later than this."""


class Verdict(Struct):
    """One goal: what was found, beside what is wanted."""

    goal: str
    found: str
    met: bool


def main() -> int:
    asked = _arguments()
    started = time.monotonic()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"{noise.foreign():.1f} cores used by others at the start")  # fmt: skip
    results: dict[str, Any] = {}
    left_out: list[str] = []
    for name in asked.parts or PARTS:
        if time.monotonic() - started > TOTAL_SECONDS:
            left_out.append(f"{name}: no time left")
            continue
        measure, judge = PARTS[name]
        print(f"\n{name}: {(sys.modules[measure.__module__].__doc__ or '').splitlines()[0]}", flush=True)
        try:
            found = measure(asked.reps)
        except Missing as why:
            left_out.append(f"{name}: {why}")
            continue
        verdicts = judge(found)
        _show(found, verdicts)
        results[name] = {"rounds": found, "verdicts": verdicts}
    for line in left_out:
        print(f"\nleft out: {line}")
    print(f"\n{time.monotonic() - started:.0f} s")
    if asked.json:
        Path(asked.json).write_bytes(msgspec.json.format(msgspec.json.encode({**results, "left_out": left_out})))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--reps", type=int, default=2, help="rounds of each (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write every round there")
    asked = parser.parse_args()
    for part in asked.parts:
        if part not in PARTS:
            parser.error(f"there is no {part}: it is {', '.join(PARTS)}")
    return asked


def _show(found: dict[str, list[Any]], verdicts: Sequence[Verdict]) -> None:
    names = next(iter(found.values()))[0].__struct_fields__
    print("".join(f"{head:>14}" for head in ("", *names)))
    for name, rounds in found.items():
        for each in rounds:
            print(f"{name:>14}" + "".join(f"{_figure(getattr(each, field)):>14}" for field in names))
    if any(each.foreign > noise.CALM for rounds in found.values() for each in rounds if hasattr(each, "foreign")):
        print(f"others used more than {noise.CALM} cores: read CPU and ratios, not the clock")
    for verdict in verdicts:
        print(f"{'met   ' if verdict.met else 'MISSED'}  {verdict.goal}: {verdict.found}", flush=True)


def _figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def _of_pairs(found: dict[str, list[Any]], one: str, other: str, ratio: Callable[[Any, Any], float]) -> float:
    return statistics.median(ratio(*pair) for pair in zip(found[one], found[other], strict=True))


def _ingest(found: dict[str, list[Any]]) -> list[Verdict]:
    """Requests a second of the same round decide. CPU is told beside it: the floor waits for the disk, we compute."""
    rate = _of_pairs(found, ingest.PRODUCT, ingest.FLOOR, lambda ours, floor: ours.rate / floor.rate)
    cpu = _of_pairs(found, ingest.PRODUCT, ingest.FLOOR, lambda ours, floor: floor.cpu / ours.cpu)
    rounds = [each for several in found.values() for each in several]
    bad = sum(each.bad for each in rounds)
    return [
        Verdict(
            f"messages in, at least {ingest.GOAL:.0%} of {ingest.FLOOR} in requests a second",
            f"{rate:.1%} ({cpu:.1%} by CPU); {bad} not answered by 200",
            rate >= ingest.GOAL and bad == 0,
        )
    ]


def _e2e(found: dict[str, list[Any]]) -> list[Verdict]:
    ours = found[e2e.PRODUCT]
    p50, p99 = (statistics.median(getattr(each, name) for each in ours) for name in ("p50", "p99"))
    lost = sum(each.lost for each in ours)
    return [
        Verdict(f"{e2e.RATE} messages a second at {e2e.WALLS + e2e.QUEUES} consoles: p50 at most {e2e.GOAL_P50:.0f} ms",
                f"{p50:.1f} ms", p50 <= e2e.GOAL_P50),
        Verdict(f"p99 at most {e2e.GOAL_P99:.0f} ms", f"{p99:.1f} ms", p99 <= e2e.GOAL_P99),
        Verdict("no event is lost", f"{lost} of {sum(each.wanted for each in ours)}", lost == 0),
    ]  # fmt: skip


def _fanout(found: dict[str, list[Any]]) -> list[Verdict]:
    ratio = _of_pairs(found, fanout.PRODUCT, fanout.FLOOR, lambda ours, floor: floor.cpu / ours.cpu)
    goal = f"{fanout.CONSOLES} consoles, by CPU a delivery at least {fanout.GOAL} of {fanout.FLOOR}"
    return [Verdict(goal, f"{ratio:.2f}", ratio >= fanout.GOAL)]


def _memory(found: dict[str, list[Any]]) -> list[Verdict]:
    held = max(each.mebibytes for each in found[memory.PRODUCT])
    return [Verdict(f"{memory.PRODUCT}, idle: at most {memory.GOAL} MiB", f"{held:.0f} MiB", held <= memory.GOAL)]


Part = tuple[Callable[[int], dict[str, list[Any]]], Callable[[dict[str, list[Any]]], list[Verdict]]]
PARTS: dict[str, Part] = {
    "ingest": (ingest.measure, _ingest),
    "e2e": (e2e.measure, _e2e),
    "fanout": (fanout.measure, _fanout),
    "memory": (memory.measure, _memory),
}

if __name__ == "__main__":
    sys.exit(main())
