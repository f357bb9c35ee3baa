"""Processes that start in a blink: one has everything imported, and forks whoever is asked for.

Starting Python and importing the product takes seconds of processor time; a run that kills two hundred processes would
spend it all on that. A forked child is a process like any other: it has its own memory, opens its own files, and dies
alone. `python -m tests.faults.nursery` reads commands, a line of JSON each, and answers each with one.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.faults import unsynced

ROOT = Path(__file__).parents[2]
PR_SET_PDEATHSIG = 1


class Child:
    """A started process, with as much of `Popen` as is needed."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid

    def poll(self) -> int | None:
        """Its end: 0 or the number of its exit, minus the signal that killed it; None while it lives."""
        status: int | None = self._nursery.ask(do="status", pid=self.pid)["status"]
        return status

    def wait(self, seconds: float) -> int:
        """Raises TimeoutExpired."""
        ends = time.monotonic() + seconds
        while (status := self.poll()) is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired(str(self.pid), seconds)
            time.sleep(0.02)
        return status

    def send_signal(self, how: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)


class Nursery:
    """The one that forks, from outside."""

    def __init__(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ACORDO_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"], cwd=ROOT, env=clean, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def start(self, module: str, words: list[str], *, folder: Path, log: Path, environment: dict[str, str]) -> Child:
        """`python -m module words…` in a folder, what it says appended to a file."""
        told = self.ask(do="start", module=module, words=words, folder=str(folder), log=str(log), env=environment)
        return Child(self, told["pid"])

    def ask(self, **command: Any) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """It ends with its standard input, and kills whoever is left."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


# ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    _import_everything()
    ended: dict[int, int] = {}
    living: set[int] = set()
    while True:
        select.select([sys.stdin], [], [], 1)
        line = sys.stdin.readline()
        if not line:
            break
        command = json.loads(line)
        if command["do"] == "start":
            living.add(pid := _fork(command))
            print(json.dumps({"pid": pid}), flush=True)
            continue
        for pid in [pid for pid in living if pid not in ended]:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                ended[pid] = os.waitstatus_to_exitcode(status)
        print(json.dumps({"status": ended.get(command["pid"])}), flush=True)
    for pid in living - ended.keys():
        os.kill(pid, signal.SIGKILL)


def _import_everything() -> None:
    import sandbox.__main__  # noqa: F401
    from console.store import migrate

    migrate.newest()


def _fork(command: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        code = _become(command)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:  # it must not return into the nursery's own loop
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become(command: dict[str, Any]) -> int:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # whoever ends the nursery ends its children
    os.chdir(command["folder"])
    os.environ.update(command["env"])
    log = os.open(command["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    random.seed()
    from console import fault

    fault.arm(os.environ.get("ACORDO_FAULT", ""))
    if point := os.environ.get("TEST_STOP"):  # where the child stands still until it is told to go on
        fault.arm(point, lambda: os.kill(os.getpid(), signal.SIGSTOP))
    if step := os.environ.get("TEST_CLOCK"):  # a file that holds by how many milliseconds the child's clock is wrong
        _step_clock(Path(step))
    if broken := os.environ.get("TEST_UNSYNCED"):  # what the disk does not keep any more once it is told so
        unsynced.listen(broken)
    if command["module"] == "sandbox":
        from sandbox.__main__ import main as run

        sys.argv = ["sandbox", *command["words"]]
        return run()
    from console.cli import main as acordo

    return acordo(command["words"])


def _step_clock(step: Path) -> None:
    """What moves forward only is left alone, as it is when a machine's clock is set."""
    from console.clock import SystemClock

    def real(self: SystemClock) -> int:
        return time.time_ns() // 1_000_000 + int(step.read_text())

    SystemClock.real = real  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
