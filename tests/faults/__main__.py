"""`make soak`: hours of faults in minutes. Ends by itself, with 1 when something that must hold did not.

usage: python -m tests.faults [--seed N] [--kills N]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.faults.nursery import Nursery
from tests.faults.rig import rig
from tests.faults.storm import Storm

KILLS = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=KILLS)
    asked = parser.parse_args()
    print(f'seed {asked.seed}: again by make soak ARGS="--seed {asked.seed} --kills {asked.kills}"', flush=True)
    nursery, folder = Nursery(), Path(mkdtemp(prefix="acordo-soak-"))
    try:
        with rig(nursery, folder) as here:
            storm = Storm(here, asked.seed, say=lambda line: print(line, flush=True))
            found = asyncio.run(storm.run(asked.kills))
    finally:
        nursery.close()
    for each in found:
        print(each)
    print(f"{len(found)} violations" + (f"; what was left lies in {folder}" if found else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
