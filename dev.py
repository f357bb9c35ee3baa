#!/usr/bin/env python3
"""Sets the project up and runs it, with nothing at hand but Python.

usage: python3 dev.py VERB [arguments]   (or: make VERB ARGS="arguments")

  run          set up, then the product with sample people and pretend carriers (arguments go to `acordo demo`)
  test         set up, then the tests (arguments go to pytest; --require=browser,pg,… forbids leaving out)
  install      set up only, and leave .venv/bin/acordo
  check        lint, types, imports, translations, front end
  build        the same; the front end is built anew when its sources changed
  cluster      several processes on PostgreSQL and Redis, with the demo's data, behind a proxy
  bench        the figures (arguments go to tests.bench)
  bench-ui     the figures of the screens
  soak         kills under load, for half an hour (arguments go to tests.faults)
  screenshots  pictures of the screens
  wheelhouse   everything an installation needs, in one file for machines without a network: dist/
  lock         write the lock files anew from pyproject.toml and requirements/*.in
"""

# The syntax is that of Python 3.6, so that an old Python gets one clear line. What a step has done is told by a stamp,
# written last: an interrupted set-up goes on where it stopped, a finished one costs a few hashes.

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from requirements.mends import AGAIN, known

if sys.version_info >= (3, 11):  # an older one could not read it, and is only told so
    from frontend import build as front

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python")
STAMPS = os.path.join(VENV, "stamps")
LOG = os.path.join(VENV, "setup.log")
OLDEST = (3, 11)
STARTED = time.monotonic()


class Stop(Exception):
    """One line for a person: what is wrong, and how to mend it."""


def run(arguments: List[str]) -> int:
    set_up("run")
    return become([os.path.join(BIN, "acordo"), "demo", *arguments])


def install(arguments: List[str]) -> int:
    set_up("run")
    say("ready: .venv/bin/acordo, and the front end is built")
    return 0


def check(arguments: List[str]) -> int:
    """Every check runs, so that one run tells all; the answer is 1 if any failed."""
    set_up("dev")
    checks = [
        ("lint", ROOT, [PYTHON, "-m", "ruff", "check", "."]),
        ("types", ROOT, [PYTHON, "-m", "mypy"]),
        ("imports", ROOT, [os.path.join(BIN, "lint-imports")]),
        ("architecture and translations", ROOT, [PYTHON, "-m", "pytest", "-q", "tests/architecture"]),
    ] + [(name, os.path.join(ROOT, "frontend"), command) for name, command in with_front_end(front.checks)]
    found = []
    for name, folder, command in checks:
        say("check: " + name)
        if subprocess.call(command, cwd=folder) != 0:
            found.append(name)
    say("check: " + ("something found by " + ", ".join(found) if found else "all is well"))
    return 1 if found else 0


def module(name: str) -> Callable[[List[str]], int]:
    """A verb that sets up for development and hands over to `python -m NAME`."""

    def verb(arguments: List[str]) -> int:
        set_up("dev")
        return become([PYTHON, "-m", name, *arguments])

    return verb


# ── setting up ───────────────────────────────────────────────────────────────────────────────────────────────────────


def set_up(kind: str) -> None:
    """Brings `.venv` and the built front end to what the tree says; kind is "run" or "dev"."""
    if ready(kind) and front.is_fresh(ROOT):
        return
    check_writable()
    if not os.access(os.path.expanduser("~"), os.W_OK):  # uv and npm keep their caches there
        os.environ["HOME"] = os.path.join(VENV, "home")
    with alone():
        make_environment()
        make_tools()
        install_packages(kind)
        build_front_end()
        install_project()


def ready(kind: str) -> bool:
    """True when everything but the front end is as the tree says: hashes are compared and nothing else is done."""
    made = os.path.exists(PYTHON) and stamp("venv") == venv_stamp()
    return made and has_packages(kind) and stamp("project") == project_stamp()


def make_environment() -> None:
    if os.path.exists(PYTHON) and stamp("venv") == venv_stamp():
        return
    if stamp("venv") is None and is_sound():
        stamp("venv", venv_stamp())
        return
    check_ensurepip()
    say("virtual environment: .venv (about 5 s)")
    work([sys.executable, "-m", "venv", "--clear", VENV], "the virtual environment", log=None)
    stamp("venv", venv_stamp())


def is_sound() -> bool:
    """A .venv without a stamp: somebody's own, or one whose making was interrupted."""
    probe = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        with open(os.path.join(BIN, "pip"), "rb") as script:
            if VENV.encode() not in script.read(1000):
                return False
        return subprocess.call([PYTHON, "-c", probe], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_tools() -> None:
    """uv, which installs in seconds what takes pip a minute. Where it has no wheel, pip does the work."""
    wanted = digest("requirements/tools.lock")
    if stamp("tools") == wanted:
        return
    say("installer: uv (about 4 s)")
    try:
        work([*pip(), "-r", "requirements/tools.lock"], "the installer")
    except Stop:
        if known(read(LOG) or ""):
            raise
        say("installer: none for this machine, pip does it (slower)")
    stamp("tools", wanted)


def install_packages(kind: str) -> None:
    if has_packages(kind):
        return
    say("packages: %s.lock (about %d s)" % (kind, 15 if kind == "run" else 30))
    work([*installer(), "-r", f"requirements/{kind}.lock", "-r", "requirements/build.lock"], "the packages")
    stamp("packages-run", digest("requirements/run.lock"))  # dev.lock holds run.lock, version for version
    if kind == "dev":
        stamp("packages-dev", digest("requirements/dev.lock"))


def has_packages(kind: str) -> bool:
    kinds = ["run", "dev"] if kind == "dev" else ["run"]
    return all(stamp("packages-" + k) == digest("requirements/%s.lock" % k) for k in kinds)


def build_front_end() -> None:
    if front.is_fresh(ROOT):
        return
    say("front end: building (about 5 s)")
    with_front_end(front.build)


def with_front_end(act: Callable[..., Any]) -> Any:
    with open(LOG, "w") as log:
        try:
            return act(ROOT, VENV, log, fetch_node)
        except front.Failed as failure:
            raise Stop(failed("the front end", str(failure))) from None


def fetch_node() -> None:
    say("front end: no Node 20 or newer here, taking one from a wheel (about 10 s)")
    work([*installer(), "-r", "requirements/node.lock"], "Node", log=None)


def install_project() -> None:
    if stamp("project") == project_stamp():
        return
    say("project: .venv/bin/acordo (about 1 s)")
    plain = [part for part in installer() if part != "--require-hashes"]
    work([*plain, "--no-deps", "--no-build-isolation", "-e", ROOT], "the project")
    stamp("project", project_stamp())


def pip() -> List[str]:
    return [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"]


def installer() -> List[str]:
    uv = os.path.join(BIN, "uv")
    return [uv, "pip", "install", "--python", PYTHON, "--require-hashes"] if shutil.which(uv) else pip()


# ── what may be in the way ───────────────────────────────────────────────────────────────────────────────────────────


def newer_python(version: Tuple[int, ...], which: Callable[[str], Optional[str]] = shutil.which) -> Optional[str]:
    """None when this Python will do; else the path of one that does. Raises Stop when there is none."""
    if version[:2] >= OLDEST:
        return None
    for minor in range(OLDEST[1] + 4, OLDEST[1] - 1, -1):
        other = which("python3.%d" % minor)
        if other:
            return other
    raise Stop(
        "this is Python %d.%d, and 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python3.11"
        % version[:2]
    )


def check_ensurepip(find: Callable[[str], Any] = importlib.util.find_spec) -> None:
    if find("ensurepip") is None or find("venv") is None:
        raise Stop(
            "this Python cannot make a virtual environment (ensurepip is missing): apt-get install python3-venv, "
            f"or the like of your system, {AGAIN}"
        )


def check_writable(folder: str = ROOT) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise Stop(f"cannot write in {folder} ({error.strerror}): copy the project to a folder of your own") from None


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two set-ups of one tree wait for each other."""
    if os.name == "nt":
        yield
        return
    import fcntl

    with open(os.path.abspath(__file__)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another set-up of this tree is going on: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    print("%6.1f s  %s" % (time.monotonic() - STARTED, line), flush=True)


def become(command: List[str]) -> int:
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)


def work(command: List[str], what: str, log: Optional[str] = LOG) -> None:
    """Runs a step; its own words go to the log. Raises Stop with the one line that matters."""
    done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.stdout.decode(errors="replace")
    if log and os.path.isdir(VENV):
        with open(log, "w") as file:
            file.write(" ".join(command) + "\n" + output)
    if done.returncode != 0:
        raise Stop(failed(what, output))


def failed(what: str, output: str) -> str:
    if known(output):
        return f"{what}: {known(output)}"
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no word of why"]
    telling = [line for line in lines if re.match(r"(error|×|npm error|fatal)", line, re.I)] or lines[-1:]
    return "%s failed: %s (all of it: %s)" % (what, telling[0][:300], os.path.relpath(LOG))


def environment() -> Dict[str, str]:
    """The caller's, less what would send packages elsewhere; pip's mirror and certificates hold for uv too."""
    dropped = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    env.update(UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1", PIP_NO_COLOR="1", NO_COLOR="1")
    env.setdefault("PIP_RETRIES", "2")
    if "PIP_INDEX_URL" in env:
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    bundle = front.certificates()
    if bundle:
        env.setdefault("SSL_CERT_FILE", bundle)
    return env


def stamp(name: str, value: Optional[str] = None) -> Optional[str]:
    """What the stamp says (None: not done); with a value, writes it whole or not at all."""
    path = os.path.join(STAMPS, name)
    if value is None:
        return read(path)
    os.makedirs(STAMPS, exist_ok=True)
    with open(path + ".new", "w") as file:
        file.write(value)
    os.replace(path + ".new", path)
    return value


def read(path: str) -> Optional[str]:
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return None


def venv_stamp() -> str:
    """Scripts hold the path of their Python: a moved tree, or another Python beneath, needs a new environment."""
    return VENV + "\n" + os.path.realpath(PYTHON)


def project_stamp() -> str:
    return digest("pyproject.toml", "hatch_build.py")


def digest(*paths: str) -> str:
    whole = hashlib.sha256()
    for path in paths:
        with open(os.path.join(ROOT, path), "rb") as file:
            whole.update(file.read())
    return whole.hexdigest()


VERBS = {
    "run": run,
    "test": module("tests"),
    "install": install,
    "check": check,
    "build": install,
    "cluster": module("tests.cluster"),
    "bench": module("tests.bench"),
    "bench-ui": module("tests.bench.ui"),
    "soak": module("tests.faults"),
    "screenshots": module("tests.browser.screenshots"),
    "wheelhouse": module("requirements.wheelhouse"),
    "lock": module("requirements.compile"),
}  # type: Dict[str, Callable[[List[str]], int]]


def main(arguments: List[str]) -> int:
    if not arguments or arguments[0] not in VERBS:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        other = newer_python(sys.version_info[:3])
        if other:
            os.execv(other, [other, os.path.abspath(__file__), *arguments])
        return VERBS[arguments[0]](arguments[1:])
    except Stop as stop:
        print("dev.py: %s" % stop, file=sys.stderr)
        return 1
    except OSError as error:
        print("dev.py: " + (known(str(error)) or str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndev.py: stopped; the same command goes on where it was", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
