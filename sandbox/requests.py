"""The provider request as it came, kept for whoever wants to look."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

SECRET = {"authorization", "cookie"}


async def recorded(request: Request) -> dict[str, Any]:
    """Method, path, query, headers without credentials, and the body as text."""
    body = await request.body()
    return {
        "method": request.method,
        "path": request.url.path,
        "query": request.url.query,
        "headers": {name: value for name, value in request.headers.items() if name not in SECRET},
        "body": body.decode("utf-8", "replace"),
    }
