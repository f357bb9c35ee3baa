"""Messages in beside a peer: django-helpdesk's follow-up to a ticket, posted by REST, and the product in turn.

The peer runs as its makers propose, two processes of four threads, on SQLite with synchronous=FULL, in a virtual
environment of its own that is made once and kept under the temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import noise, processes
from tests.bench.ingest import PRODUCT, Round, product_round, round_of, wrk
from tests.bench.table import Asked, Row, Taken, middle, of_pairs

PEER, GOAL = "django-helpdesk", 15.0
CONNECTIONS = 8  # as many as it has threads
_FLOORS = Path(__file__).parent / "floors"
_PINS = _FLOORS / "helpdesk.txt"
_SCRIPT = r"""
local i = 0
wrk.headers["Content-Type"] = "application/json"
function request()
  i = i + 1
  return wrk.format("POST", "/api/followups/", nil, string.format(
    '{"ticket":%d,"title":"m","comment":"Ola, ja posso pagar o boleto? %d","public":true}', i % 200 + 1, i))
end
"""


def take(asked: Asked) -> Taken:
    """Raises Missing without wrk, or when the peer cannot be fetched."""
    processes.need("wrk")
    python = _environment()
    peer: list[Round] = []
    ours: list[Round] = []
    for _ in range(asked.reps):
        peer.append(_peer(python))
        ours.append(product_round())
    rate = of_pairs(ours, peer, lambda one, other: one.rate / other.rate)
    cpu = of_pairs(ours, peer, lambda one, other: other.cpu / one.cpu)
    return Taken(
        {PEER: peer, PRODUCT: ours},
        [
            Row("messages in beside django-helpdesk's follow-up", middle(ours, "rate"), "requests/s",
                middle(peer, "rate"), rate, f"at least {GOAL:g} × the peer", rate >= GOAL),
            Row("… CPU a message, of which the peer's is so many times", middle(ours, "cpu"), "µs",
                middle(peer, "cpu"), cpu, "", None),
        ],
    )  # fmt: skip


def _environment() -> Path:
    """Its Python. Raises Missing."""
    told = hashlib.sha256(_PINS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / "acordo-bench" / f"helpdesk-{told}"
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        print("fetching django-helpdesk into an environment of its own; it is done once", flush=True)
        for command in ([sys.executable, "-m", "venv", "--clear", str(folder)],
                        [str(python), "-m", "pip", "install", "--quiet", "-r", str(_PINS)]):  # fmt: skip
            if subprocess.run(command, capture_output=True, check=False).returncode != 0:
                raise processes.Missing("django-helpdesk could not be fetched (is there a network?)")
        done.touch()
    return python


def _peer(python: Path) -> Round:
    with _served(python) as running:
        wrk(running.port, _SCRIPT, connections=CONNECTIONS, seconds=1)  # each thread has a database connection by then
        meter = noise.Meter([running.pid])
        told = wrk(running.port, _SCRIPT, connections=CONNECTIONS)
        return round_of(told, meter.stop())


@contextmanager
def _served(python: Path) -> Iterator[processes.Running]:
    with TemporaryDirectory() as folder:
        env = {"HELPDESK": folder, "PYTHONPATH": str(_FLOORS)}
        subprocess.run([str(python), str(_FLOORS / "helpdesk_app.py")], env={**os.environ, **env}, check=True)
        port = processes.free_port()
        command = [str(python), "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "4", "-b",
                   f"127.0.0.1:{port}", "--log-level", "critical", "helpdesk_app:application"]  # fmt: skip
        with processes.started(command, env=env) as process:
            processes.listening(port)
            yield processes.Running(process.pid, port)
