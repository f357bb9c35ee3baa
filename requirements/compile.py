"""Writes the lock files anew: universal, hashed, and naming no host, which is what a commit may hold.

`python3 dev.py lock` takes what is newest and allowed; `python3 dev.py lock --upgrade-package NAME` moves one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet"
LOCKS = {
    "tools": "requirements/tools.in",
    "build": "requirements/build.in",
    "node": "requirements/node.in",
    "dev": "pyproject.toml --group dev requirements/build.in",
    "run": "pyproject.toml --constraint requirements/dev.lock",  # dev.lock holds run.lock, version for version
}


def main(arguments: list[str]) -> int:
    uv = Path(sys.executable).with_name("uv")
    for name, sources in LOCKS.items():
        command = [str(uv), "pip", "compile", *OPTIONS.split(), *sources.split(), *arguments]
        subprocess.run([*command, "--output-file", f"requirements/{name}.lock"], cwd=ROOT, check=True)
        print(f"requirements/{name}.lock")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
