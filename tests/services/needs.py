"""What the services share: the refusal, the folder of this run, a free port, waiting until one answers."""

from __future__ import annotations

import os
import pwd
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = "ACORDO_TEST_RUN"
PATIENCE_S = 20.0

SERVICES = {
    "browser": "browser tests",
    "pg": "PostgreSQL tests",
    "redis": "Redis tests",
    "imap": "tests against a real IMAP server",
    "fixtures": "tests of recorded samples",
    "disk": "tests of a disk that fills",
    "proxy": "tests behind a real reverse proxy",
}


class Missing(Exception):
    """A service cannot be had here: which one, why, and what would mend it."""

    def __init__(self, service: str, why: str, mend: str) -> None:
        self.service = service
        super().__init__(f"left out: {SERVICES[service]}, {why} ({mend})")


def run_folder() -> Path:
    """One folder for a run of the tests, known to all its processes; the first one to ask makes it."""
    if RUN not in os.environ:
        path = Path(tempfile.mkdtemp(prefix="acordo-tests-"))
        path.chmod(0o755)  # a server that runs as another user passes through
        os.environ[RUN] = str(path)
    return Path(os.environ[RUN])


def fixtures_folder() -> Path:
    """The folder of third-party samples, which are never part of the project."""
    path = Path(os.environ.get("ACORDO_FIXTURES") or ROOT.parent / "shared" / "fixtures")
    if not path.is_dir():
        raise Missing("fixtures", f"no folder {os.path.relpath(path, ROOT)}", "set ACORDO_FIXTURES to it")
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready: Callable[[], bool], seconds: float = PATIENCE_S) -> bool:
    """False when it is not so in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.03)
    return False


def somebody(*names: str) -> pwd.struct_passwd:
    """Whom a server is to run as, when we are root and it refuses that: the first of these users that exists."""
    for name in (*names, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("this system has no user nobody")
