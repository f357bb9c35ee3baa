"""Who may talk to the sandbox's own API: this machine's browser pages and programs, nobody else's pages."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

SAFE = {"GET", "HEAD", "OPTIONS"}
T = TypeVar("T")


class Refusal(Exception):
    """Becomes an application/problem+json answer."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail

    def answer(self) -> Response:
        problem = {"type": "about:blank", "title": self.code, "status": self.status, "detail": self.detail}
        body = msgspec.json.encode({**problem, "code": self.code})
        return Response(body, self.status, media_type="application/problem+json")


def loopback(host: str) -> bool:
    """Whether a Host header (or an authority) names this machine."""
    name = (urlsplit(f"//{host}").hostname or "").lower().rstrip(".")
    return name in {"localhost", "127.0.0.1", "::1"} or name.endswith(".localhost")


def check(request: Request) -> None:
    """Loopback hosts only; an unsafe request must come from our own page, or from no page, and speak JSON."""
    host = request.headers.get("host", "")
    if not loopback(host):
        raise Refusal(403, "forbidden", "the sandbox answers to this machine's names only")
    if request.method in SAFE:
        return
    if from_elsewhere(request):
        raise Refusal(403, "forbidden", "the request comes from another page")
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json" and not (empty and not kind):
        raise Refusal(415, "invalid", "Content-Type must be application/json")


def from_elsewhere(request: Request) -> bool:
    """Whether a browser sent it from a page that is not ours."""
    origin = request.headers.get("origin", "")
    if origin:
        return urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


async def body(request: Request, kind: type[T]) -> T:
    """The JSON body as `kind`. Raises Refusal 422 naming the field."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(422, "invalid", str(error)) from None


def answer(value: Any, status: int = 200) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(msgspec.json.encode(value), status, media_type="application/json", headers=headers)
