"""Calls an application of this process as if it stood on a network: for making the past, when nothing listens yet."""

from __future__ import annotations

import httpx2
from starlette.applications import Starlette

from channels.connector import Ask, Connector, Got


def client_of(app: Starlette) -> httpx2.AsyncClient:
    """A client whose every request goes to `app`."""
    return httpx2.AsyncClient(transport=_InProcess(app=app), trust_env=False)


class OwnConnector(Connector):
    """The connector of calls that carry nothing to a debtor, over such a client."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        super().__init__()
        self._client = client

    async def ask(self, ask: Ask) -> Got:
        answer = await self._client.request(ask.method, ask.url, headers=ask.headers, content=ask.body)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Got(status=answer.status_code, headers=headers, body=answer.content)


class _InProcess(httpx2.ASGITransport):
    """An application that closes without an answer looks as it would over a network."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return await super().handle_async_request(request)
        except AssertionError as error:
            raise httpx2.RemoteProtocolError("closed without an answer") from error
