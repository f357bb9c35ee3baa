"""A line between the product and its PostgreSQL that carries every byte, until it is told to be cut at one commit.

    with cutter(server_url) as between:
        rig(…, database=between.url)
        between.cut("a word of that transaction", carried=True)

The transaction that holds the word is the one that is cut: `carried` True lets the COMMIT through, waits for its answer
and loses that; False loses the COMMIT itself. Either way the product hears nothing but the end of its connection.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

COMMIT, BEGIN = b"Q\x00\x00\x00\x0bCOMMIT\x00", b"Q\x00\x00\x00\x0aBEGIN\x00"


class Cutter:
    """`url`: where the product finds its database; `cuts`: how many commits were cut so far."""

    def __init__(self, target: str) -> None:
        asked = urlsplit(target)
        self._address = f"{parse_qs(asked.query)['host'][0]}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://postgres@127.0.0.1:{self._listener.getsockname()[1]}{asked.path}"
        self.cuts = 0
        self._word, self._carried = b"", False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, word: str, *, carried: bool) -> None:
        """At the commit of the next transaction that holds this word."""
        with self._lock:
            self._word, self._carried = word.encode(), carried

    def close(self) -> None:
        self._listener.close()
        for each in tuple(self._open):
            _end(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        self._open |= {client, server}
        with suppress(OSError):
            server.connect(self._address)
            self._carry(client, server)
        for each in (client, server):
            _end(each)
            self._open.discard(each)

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        """Both ways, until either ends. psycopg asks for a commit in one message, and waits for its answer."""
        said = b""
        while True:
            ready, _, _ = select.select([client, server], [], [])
            if server in ready:
                if not (told := server.recv(65_536)):
                    return
                client.sendall(told)
            if client not in ready:
                continue
            if not (sent := client.recv(65_536)):
                return
            said = sent if BEGIN in sent else said + sent
            if sent.endswith(COMMIT) and (carried := self._strikes(said)) is not None:
                if carried:
                    server.sendall(sent)
                    _until_ready(server)
                return
            server.sendall(sent)

    def _strikes(self, said: bytes) -> bool | None:
        """Once: whether the commit is carried; None when it is not the one."""
        with self._lock:
            if not self._word or self._word not in said:
                return None
            self._word = b""
            self.cuts += 1
            return self._carried


def _until_ready(server: socket.socket) -> None:
    """The whole answer of a simple query ends with ReadyForQuery; nobody is told of it."""
    server.settimeout(20)
    told = b""
    while not told.endswith(b"Z\x00\x00\x00\x05I"):
        told += server.recv(65_536)


def _end(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


@contextmanager
def cutter(target: str) -> Iterator[Cutter]:
    """A line to the database of this URL, which is found at a Unix socket."""
    made = Cutter(target)
    try:
        yield made
    finally:
        made.close()
