"""HTTP answers that a well-behaved framework does not offer: none at all, or much too late."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Dropped(Response):
    """Closes the connection without a byte.

    Below uvicorn the connection's transport is at hand. Where it is not (another server, a wrapping middleware), the
    answer begins and breaks off, which no client can read either.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if isinstance(transport, asyncio.BaseTransport):
            transport.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
