"""How uvicorn is run: its sockets, its limits, its silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from console.web.http import HttpProtocol
from console.web.protocol import SocketProtocol
from console.web.socket import FRAME_BYTES

PING_SECONDS, DEAD_SECONDS = 20, 45
KEEP_ALIVE_SECONDS = 5
DRAIN_SECONDS = 5  # for the requests it has; what the process does before is `draining`'s


def config(app: ASGIApp | str, *, proxies: Sequence[str] = (), **more: Any) -> uvicorn.Config:
    """uvicorn's configuration for the product; `more` adds host, port, sockets' own matters.

    `proxies`: addresses and networks whose X-Forwarded-For says who calls; nobody else's is looked at.
    """
    options: dict[str, Any] = {
        "loop": "auto",
        "http": HttpProtocol,
        "ws": SocketProtocol,
        "ws_max_size": FRAME_BYTES,
        "ws_ping_interval": PING_SECONDS,
        "ws_ping_timeout": DEAD_SECONDS - PING_SECONDS,
        "ws_per_message_deflate": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": DRAIN_SECONDS,
        "server_header": False,
        "access_log": False,
        "log_level": "warning",
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": list(proxies),
        "lifespan": "on",
    }
    return uvicorn.Config(app, **{**options, **more})
