"""Servers as processes of their own: started, awaited, ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from tests.bench.product import Ready

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
HINTS = {
    "wrk": "apt-get install wrk, brew install wrk",
    "gcc": "apt-get install gcc, or Xcode's command line tools",
    "node": "Node 20 or newer",
    "npm": "npm, which comes with Node",
}


class Missing(Exception):
    """A figure cannot be taken here; the text says why and what to install."""


class Running(Struct):
    pid: int
    port: int
    ready: Ready | None = None  # the product's word of itself


def need(*programs: str) -> None:
    """Raises Missing for the first program that is not there."""
    for name in programs:
        if shutil.which(name) is None:
            raise Missing(f"{name} is not here ({HINTS[name]})")


@contextmanager
def product(**options: int | str) -> Iterator[Running]:
    """`tests.bench.product`, whose options these are."""
    command = [sys.executable, "-m", "tests.bench.product", *(f"--{name}={value}" for name, value in options.items())]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        while line and not line.startswith(b"{"):
            line = process.stdout.readline()  # what it says meanwhile
        if not line:
            raise RuntimeError("the product did not start")
        ready = msgspec.json.decode(line, type=Ready)
        yield Running(process.pid, int(ready.url.rsplit(":", 1)[1]), ready)


@contextmanager
def floor(database: str = "") -> Iterator[Running]:
    """`floors/ingest_app`, under the options that the product's server has; on SQLite unless a URL is given."""
    with TemporaryDirectory() as folder:
        with _served("ingest_app", "websockets-sansio", DB=database or f"{folder}/floor.db") as running:
            yield running


@contextmanager
def frame(size: int) -> Iterator[Running]:
    """`floors/fan_app` under the same options, whose events have `size` bytes."""
    with _served(
        "fan_app", "tests.bench.floors.fan_app:FrameProtocol", "--backlog", "4096", BYTES=str(size)
    ) as running:
        yield running


@contextmanager
def _served(app: str, sockets: str, *more: str, **env: str) -> Iterator[Running]:
    port = free_port()
    options = ["--loop", "auto", "--http", "httptools", "--ws", sockets, "--ws-per-message-deflate", "false",
               "--no-access-log", "--log-level", "warning", "--port", str(port), *more]  # fmt: skip
    with started([sys.executable, "-m", "uvicorn", f"tests.bench.floors.{app}:app", *options], env=env) as process:
        listening(port)
        yield Running(process.pid, port)


@contextmanager
def node(modules: Path, size: int) -> Iterator[Running]:
    """Node's `ws`, whose events have `size` bytes."""
    port = free_port()
    script = Path(__file__).parent / "floors" / "fan_node.js"
    with started(["node", str(script), str(port), str(size)], env={"NODE_PATH": str(modules)}) as process:
        listening(port)
        yield Running(process.pid, port)


@contextmanager
def demo() -> Iterator[Running]:
    with TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "console.cli", "demo", "--port", str(port), "--data-dir", folder]
        with started(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            listening(port)
            yield Running(process.pid, port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> None:
    """Wait until somebody answers there. Raises RuntimeError after a minute."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("a server did not start")


@contextmanager
def started(command: list[str], env: dict[str, str] | None = None, **pipes: int) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACORDO_")}
    process = subprocess.Popen(command, cwd=ROOT, env={**kept, **(env or {})}, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
