"""`make test`: everything, then on PostgreSQL once more what stands on a database. Arguments go to pytest.

With a path, or pytest's own way of running, it is one plain run: `--database=postgresql` beside it chooses where.
"""

from __future__ import annotations

import os
import subprocess
import sys

PROCESSES = min(4, os.cpu_count() or 1)


def main(arguments: list[str]) -> int:
    if any(each in ("-n", "-p", "--pdb", "-s") or os.path.exists(each.split("::")[0]) for each in arguments):
        return pytest(arguments)
    spread = ["-n", str(PROCESSES), "--dist", "loadfile", *arguments]
    print("== everything", flush=True)
    first = pytest(spread)
    if first not in (0, 1):
        return first
    print("== what stands on a database, on PostgreSQL", flush=True)
    return pytest(["--database=postgresql", *spread]) or first


def pytest(arguments: list[str]) -> int:
    return subprocess.call([sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
