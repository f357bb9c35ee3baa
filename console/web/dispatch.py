"""From `Endpoint` to HTTP: who asks, may they, what did they send; then the handler; then its answer as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from console.access.actor import Actor
from console.access.endpoint import Answer, Call, Endpoint, Nothing
from console.errors import Forbidden, RateLimited, Unauthenticated
from console.people.actors import Signed
from console.services import Services
from console.store import lanes
from console.web.bodies import bounded, read_json, read_query
from console.web.guard import encode
from console.web.identity import SAFE, Identity
from console.web.limits import Limits

SHED = frozenset({"search", "export"})
"""Rates of calls that people can do without while the writer is strained."""
NOBODY = Actor(id="", name="", role="")
"""The actor of a public call by somebody who is not signed in."""


class Door:
    """Makes routes of endpoints."""

    def __init__(self, services: Services, identity: Identity, limits: Limits) -> None:
        self.services = services
        self.identity = identity
        self.limits = limits

    def routes(self, endpoints: Iterable[Endpoint]) -> list[Route]:
        """One route an endpoint, in the order given."""
        return [Route(each.path, _Way(self, each), methods=[each.method]) for each in endpoints]

    async def actor(self, request: Request, endpoint: Endpoint) -> Actor:
        """Who calls. Raises Unauthenticated, Forbidden (token, origin, role, scope) or RateLimited."""
        if endpoint.public:
            return await self._guest(request)
        signed = await self.identity.of(request)
        if signed is None:
            raise Unauthenticated
        if request.method not in SAFE:
            self.identity.check_unsafe(request, signed)
            signed = _without_glass(signed)
        _may_call(signed, endpoint)
        await self._limit(signed, endpoint)
        return signed.actor

    async def _guest(self, request: Request) -> Actor:
        if request.method not in SAFE and "cookie" in request.headers:
            self.identity.check_origin(request)
        signed = await self.identity.of(request) if "authorization" not in request.headers else None
        return signed.actor if signed else NOBODY

    async def _limit(self, signed: Signed, endpoint: Endpoint) -> None:
        kind, key = ("token", signed.token) if signed.token else ("user", signed.actor.id)
        await self.limits.take(kind, key)
        if endpoint.rate in SHED and self.services.store.load.strain() > lanes.SEARCH_WAITS:
            raise RateLimited("The server is busy: search again in a moment.", retry_after=lanes.a_moment())
        if endpoint.rate:
            await self.limits.take(endpoint.rate, signed.actor.id)


def _without_glass(signed: Signed) -> Signed:
    """What an emergency opened is for reading: for a command it is as if it were shut."""
    if not signed.actor.opened:
        return signed
    return structs.replace(signed, actor=structs.replace(signed.actor, opened=frozenset()))


class _Way:
    """One endpoint as an ASGI application."""

    def __init__(self, door: Door, endpoint: Endpoint) -> None:
        self.door = door
        self.endpoint = endpoint
        self.limit: int = getattr(door.services.settings, endpoint.bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route_path"] = self.endpoint.path
        request = bounded(scope, receive, send, self.limit)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        endpoint = self.endpoint
        actor = await self.door.actor(request, endpoint)
        if request.method not in SAFE:
            lanes.enter(self.door.services.store.load, endpoint.lane)
        query = read_query(request.query_params, endpoint.query) if endpoint.query is not None else None
        body = await self._body(request)
        call = Call(actor, self.door.services, dict(request.path_params), body, query, request)
        return respond(await endpoint.handler(call), endpoint.status)

    async def _body(self, request: Request) -> Any:
        kind = self.endpoint.body
        if kind is None:
            return None
        if kind is Nothing and not await request.body():
            return Nothing()
        return await read_json(request, kind)


def respond(answer: Any, status: int = 200) -> Response:
    """A handler's answer as a response."""
    if isinstance(answer, Response):
        return answer
    if not isinstance(answer, Answer):
        answer = Answer(answer, status)
    more = {"Acordo-Cursor": answer.cursor} if answer.cursor else {}
    if answer.status == 204:
        return Response(status_code=204, headers={**answer.headers, **more})
    return Response(encode(answer.body), answer.status, {**answer.headers, **more}, "application/json")


def _may_call(signed: Signed, endpoint: Endpoint) -> None:
    if signed.actor.role not in endpoint.roles:
        raise Forbidden
    if signed.token and (not endpoint.scope or endpoint.scope not in signed.actor.scopes):
        raise Forbidden(f"The token lacks the scope {endpoint.scope}." if endpoint.scope else "Not for tokens.")
