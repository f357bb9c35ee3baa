"""`make test`: everything, then on PostgreSQL once more what stands on a database. Arguments go to pytest.

With a path, or pytest's own way of running, it is one plain run: `--database=postgresql` beside it chooses where.
`--twice` runs what failed once more, by itself: a machine that is busy with its neighbours is no defect, and what fails
alone is. Whatever needed the second try is named.
"""

from __future__ import annotations

import os
import subprocess
import sys

PROCESSES = min(4, os.cpu_count() or 1)
FAILED = 1  # pytest's own: tests ran, and some failed
MANY = 12  # failures beyond which a second try is pointless


def main(arguments: list[str]) -> int:
    twice = "--twice" in arguments
    arguments = [each for each in arguments if each != "--twice"]
    if any(each in ("-n", "-p", "--pdb", "-s") or os.path.exists(each.split("::")[0]) for each in arguments):
        return pytest(arguments)
    print("== everything", flush=True)
    first = run("sqlite", arguments, twice=twice)
    if first not in (0, FAILED):
        return first
    print("== what stands on a database, on PostgreSQL", flush=True)
    return run("postgresql", arguments, twice=twice) or first


def run(database: str, arguments: list[str], *, twice: bool) -> int:
    """One pass over the tests; what failed is kept apart for each database."""
    where = [f"--database={database}", "-o", f"cache_dir=.pytest_cache/{database}", *arguments]
    status = pytest(["-n", str(PROCESSES), "--dist", "loadfile", *where])
    if status != FAILED or not twice:
        return status
    print(f"== on {database}, what failed, once more and by itself", flush=True)
    return pytest(["--last-failed", "--last-failed-no-failures=none", f"--maxfail={MANY}", "-rA", *where])


def pytest(arguments: list[str]) -> int:
    return subprocess.call([sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
