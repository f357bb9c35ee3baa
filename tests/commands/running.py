"""A server that was started by its command, in a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2

from tests.commands.shell import Shell

_URL = re.compile(r"^Acordo listens on (http://\S+)$")
STARTS_WITHIN = 60


@dataclass
class Serving:
    process: subprocess.Popen[str]
    url: str
    said: list[str]
    clients: list[httpx2.Client] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def client(self) -> httpx2.Client:
        client = httpx2.Client(base_url=self.url, timeout=20)
        self.clients.append(client)
        return client

    def sign_in(self, email: str, password: str) -> httpx2.Client:
        """A client with a session and its CSRF token."""
        client = self.client()
        answer = client.post("/api/v1/session", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client


@contextmanager
def serving(shell: Shell, *words: str, **environment: str) -> Iterator[Serving]:
    """`acordo serve` until the block ends (without words: on a free port); it is ready when the block begins."""
    process = shell.start("serve", *(words[1:] if words[:1] == ("serve",) else words or ("--port", "0")), **environment)
    try:
        said, url = _heard(process)
        with httpx2.Client(base_url=url, transport=httpx2.HTTPTransport(retries=5), timeout=STARTS_WITHIN) as client:
            assert client.get("/healthz").status_code == 200
        server = Serving(process, url, said)
        yield server
        for each in server.clients:
            each.close()
    finally:
        process.terminate()
        process.wait(30)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _heard(process: subprocess.Popen[str]) -> tuple[list[str], str]:
    """What it said until it named its address; fails with what it said instead."""
    assert process.stdout is not None and process.stderr is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if match := _URL.match(said[-1]):
            return said, match[1]
    raise AssertionError(f"it did not start: {said} {process.stderr.read()}")
