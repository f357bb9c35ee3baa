"""A browser's side of the socket, as plainly as can be: say, hear, expect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from websockets.sync.client import ClientConnection, connect

from tests.server import Server


class Ear:
    """One open socket. Signals are kept apart from events and answers."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, type: str, **facts: Any) -> None:
        self.connection.send(json.dumps({"type": type, **facts}))

    def hear(self, seconds: float = 10) -> dict[str, Any]:
        """The next frame. Raises TimeoutError or ConnectionClosed."""
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout=seconds))
        return frame

    def hello(self, cursor: str | None = None, topics: list[str] | None = None) -> list[dict[str, Any]]:
        """Say hello; every frame up to and with `ready`."""
        self.say("hello", cursor=cursor, topics=topics or [])
        return self.until("ready")

    def until(self, wanted: str) -> list[dict[str, Any]]:
        """Every frame up to and with the first of this type or name."""
        found = []
        while True:
            found.append(self.hear())
            if wanted in (found[-1]["type"], found[-1].get("name")):
                return found

    def pending(self) -> list[dict[str, Any]]:
        """What has arrived by the time a ping is answered: everything said before it."""
        self.say("ping")
        return self.until("pong")[:-1]

    def closed(self, seconds: float = 10) -> int:
        """The code with which the server closes."""
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                self.connection.recv(timeout=seconds)
        except ConnectionClosed as over:
            return over.rcvd.code if over.rcvd else 1006


@contextmanager
def opened(server: Server, client: httpx2.Client, **more: Any) -> Iterator[Ear]:
    headers = {**server.socket_headers(client), **more.pop("headers", {})}
    with connect(server.ws_url, additional_headers=headers, compression=None, max_size=None, **more) as connection:
        yield Ear(connection)


def names(frames: list[dict[str, Any]]) -> list[str]:
    return [each.get("name", each["type"]) for each in frames]
