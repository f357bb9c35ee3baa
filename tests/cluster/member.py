"""One process of a cluster: started, stopped as an operator does, killed as a fault does, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from tests.services.needs import ROOT, wait_until

START_SECONDS = 240.0  # several start at once, on a machine that others use too
STOP_SECONDS = 30.0


class Member:
    """`command` follows `python -m`; `ready` says whether it serves; what it says stands in `log`."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], folder: Path, ready: Callable[[], bool]
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = [sys.executable, "-m", *command]
        self._env = {key: value for key, value in os.environ.items() if not key.startswith("ACORDO_")} | {**env}
        self._folder = folder  # without a .env file of somebody's
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Start it without waiting."""
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            env = {**self._env, "PYTHONPATH": str(ROOT)}
            self._process = subprocess.Popen(self._command, cwd=self._folder, env=env, stdout=log, stderr=log)

    def await_ready(self) -> None:
        if not wait_until(lambda: not self.runs or self._ready(), START_SECONDS) or not self.runs:
            raise AssertionError(f"{self.name} did not start:\n{self.said()[-4_000:]}")

    def start(self) -> None:
        self.launch()
        self.await_ready()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit status, once it has ended."""
        assert self._process is not None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop in {seconds} s:\n{self.said()[-4_000:]}") from None

    def stop(self) -> int:
        """As systemd does; its exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """At once, and whatever it started with it: nothing of it says goodbye."""
        if self._process is None:
            return
        if self.runs:
            children = psutil.Process(self.pid).children(recursive=True)
            self._process.kill()
            for child in children:
                child.kill()
        self._process.wait(STOP_SECONDS)

    def freeze(self) -> None:
        """It stands still, its connections open, until it is thawed."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def said(self) -> str:
        """Since it was last started."""
        return self.log.read_bytes()[self._said_before :].decode("utf-8", "replace") if self.log.exists() else ""
