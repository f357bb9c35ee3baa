"""One console that never reads: it costs the others nothing, the server little, and is let go."""

from __future__ import annotations

import json
import socket
import time
from typing import Any
from uuid import uuid4

import pytest
import uvicorn

from console.log.cursor import Mark, read_cursor
from console.web import serving
from tests.realtime.scene import open_case, write_in
from tests.server import Server, running
from tests.web.sockets import opened

TEXT = "x" * 20_000


def stalled(server: Server, cookie: str, hello: str) -> socket.socket:
    """A socket that shakes hands, says hello, and never reads again, with a receive buffer as small as it gets."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    wire.connect(("127.0.0.1", server.port))
    head = (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Origin: {server.url}\r\nCookie: {cookie}\r\n\r\n"
    )
    wire.sendall(head.encode())
    assert b"101" in wire.recv(1_024)
    payload = hello.encode()
    wire.sendall(bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload)
    return wire


def test_a_console_that_never_reads_delays_nobody_and_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.realtime.hub.SLOW_SECONDS", 1.0)
    from console.workers.presence import tick_hub

    with running(demo=True, workers={"second hand": tick_hub}) as server:
        case = uuid4().hex
        server.write(open_case, case, server.team)
        sofia = server.sign_in("sofia")
        hello = json.dumps({"type": "hello", "topics": [f"case:{case}"]})
        stuck = stalled(server, server.cookie(server.sign_in("caio")), hello)
        with opened(server, sofia) as ear:
            ear.hello(topics=[f"case:{case}"])
            for n in range(400):
                server.write(write_in, case, server.team, f"{n} {TEXT}")
                assert ear.hear()["data"]["text"].startswith(f"{n} ")
            waiting = [session.line.waiting for session in server.services.hub.sessions]
            assert max(waiting, default=0) < 512 * 1024
            while server.services.hub.sockets_of(server.ids["caio"]):
                time.sleep(0.05)
            assert ear.pending() == []
        stuck.close()


def test_a_console_that_catches_up_is_reset_and_goes_on() -> None:
    from console.workers.presence import tick_hub

    with running(demo=True, workers={"second hand": tick_hub}) as server:
        case = uuid4().hex
        server.write(open_case, case, server.team)
        with opened(server, server.sign_in("sofia"), max_queue=1) as ear:
            ear.hello(topics=[f"case:{case}"])
            for n in range(600):
                server.write(write_in, case, server.team, f"{n} {TEXT}")
            frames = ear.until("reset")
            ready = ear.hear()
            server.write(write_in, case, server.team, "after")
            after = ear.hear()
        assert 0 < len(frames) - 1 < 600 and ready["type"] == "ready"
        assert after["data"]["text"] == "after"
        assert _place(after) > _place(ready)


def _place(frame: dict[str, Any]) -> Mark:
    found = read_cursor(frame["cursor"])
    assert found is not None
    return found


def test_a_server_without_our_protocol_serves_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = serving.config

    def other(*args: object, **more: object) -> uvicorn.Config:
        return plain(*args, **{**more, "ws": "websockets-sansio"})  # type: ignore[arg-type]

    monkeypatch.setattr("tests.server.config", other)
    with running(demo=True, workers={}) as server:
        case = uuid4().hex
        server.write(open_case, case, server.team)
        with opened(server, server.sign_in("sofia")) as ear:
            ear.hello(topics=[f"case:{case}"])
            for n in range(50):
                server.write(write_in, case, server.team, str(n))
            assert [ear.hear()["data"]["text"] for _ in range(50)] == [str(n) for n in range(50)]
            ear.connection.send(json.dumps({"type": "draft", "case": case, "text": "x" * 16_384}))
            assert ear.closed() == 1009
