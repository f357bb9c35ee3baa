"""uvicorn's WebSocket protocol, shown to the hub: one prebuilt frame is written to many transports.

Half the cost of `send_text`. It reaches into uvicorn, whose version is pinned; a server that does not offer it gets
`realtime.line.TextLine`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

KEY = "acordo.protocol"
_CUT_SECONDS = 1.0


class SocketProtocol(WebSocketsSansIOProtocol):
    """Puts itself into the scope under KEY, and tells when its buffer has drained."""

    on_writable: Callable[[], None] | None = None

    async def run_asgi(self) -> None:
        cast("dict[str, Any]", self.scope)[KEY] = self
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # a refusal is an answer too: uvicorn would log it as a fault

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_writable is not None:
            self.on_writable()

    def say_goodbye(self, code: int) -> None:
        """Close without waiting: whoever does not read is cut off a second later."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(_CUT_SECONDS, self.transport.abort)
