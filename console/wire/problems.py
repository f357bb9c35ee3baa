"""Refusals as RFC 9457 documents, and the list of codes that `docs/integrating.md` and OpenAPI are made of."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from console import errors
from console.errors import Refusal

MEDIA_TYPE = "application/problem+json"
_encode = msgspec.json.Encoder().encode


def document(refusal: Refusal) -> bytes:
    """The body: type, title, status, detail, code, then the facts. What is not found says nothing of itself."""
    problem: dict[str, object] = {
        "type": type_of(refusal.code),
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
    }
    return _encode(problem if isinstance(refusal, errors.NotFound) else problem | refusal.facts)


def headers(refusal: Refusal) -> dict[str, str]:
    """The headers that go with it: Retry-After, WWW-Authenticate, Allow."""
    found: dict[str, str] = {}
    if "retry_after" in refusal.facts:
        found["Retry-After"] = str(refusal.facts["retry_after"])
    if isinstance(refusal, errors.Unauthenticated):
        found["WWW-Authenticate"] = "Bearer"
    if "allow" in refusal.facts:
        found["Allow"] = str(refusal.facts["allow"])
    return found


def type_of(code: str) -> str:
    """The URI of a code: its paragraph in the API's own pages."""
    return f"/api/docs#problem-{code}"


def codes() -> dict[str, tuple[int, str]]:
    """Every code with its first status and its title, by name."""
    found: dict[str, tuple[int, str]] = {}
    for kind in _kinds(Refusal):
        found.setdefault(kind.code, (kind.status, kind.title))
    return dict(sorted(found.items()))


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)
