"""Everything an installation needs, in one file for machines without a network: `python3 dev.py wheelhouse`.

Writes `dist/acordo-VERSION-PYTHON-PLATFORM.tar.gz`: the project's wheel with its front end, a wheel of every package it
runs on (for this Python and this system; pip's own mirror, proxy and certificate settings hold), the hashed lock, and
the three commands that install it.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "run.lock"
HOW = """\
{name}, for {python} on {platform}. On a machine without a network, in this folder:

  python3 -m venv /opt/acordo
  /opt/acordo/bin/pip install --no-index --find-links wheels --require-hashes -r run.lock
  /opt/acordo/bin/pip install --no-index --no-deps wheels/acordo-*.whl

Then: /opt/acordo/bin/acordo --help
"""


def main(arguments: list[str]) -> int:
    try:
        path = bundle(Path(arguments[0]) if arguments else ROOT / "dist")
    except subprocess.CalledProcessError as failed:
        print(f"wheelhouse: {' '.join(failed.cmd[2:4])} failed, see above", file=sys.stderr)
        return 1
    print(f"{path} ({path.stat().st_size / 1e6:.0f} MB)")
    return 0


def bundle(folder: Path, lock: Path = LOCK) -> Path:
    """Makes the file in `folder` and gives its path. Raises CalledProcessError when pip refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        wheels = Path(work) / "wheels"
        wheels.mkdir()
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
        if lock.read_text("utf-8").strip():
            every = ("--require-hashes", "--only-binary", ":all:", "--dest", str(wheels))
            _pip("download", *every, "--requirement", str(lock))
        name = "-".join(next(wheels.glob("acordo-*.whl")).name.split("-")[:2])
        python, platform = f"Python 3.{sys.version_info.minor}", sysconfig.get_platform()
        how = Path(work) / "INSTALL.txt"
        how.write_text(HOW.format(name=name, python=python, platform=platform), "utf-8")
        path = folder / f"{name}-py3{sys.version_info.minor}-{platform}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for source, inside in ((how, "INSTALL.txt"), (lock, "run.lock"), (wheels, "wheels")):
                archive.add(source, f"{name}/{inside}")
    return path


def _pip(verb: str, *options: str) -> None:
    command = [sys.executable, "-m", "pip", verb, "--disable-pip-version-check", "--no-input", "--quiet", *options]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
