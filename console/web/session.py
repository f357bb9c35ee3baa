"""HTTP of signing in and out."""

from __future__ import annotations

from msgspec import Struct

from console.access.endpoint import Answer, Call, Endpoint, Nothing
from console.errors import Unauthenticated
from console.people import me as self_view
from console.people import sessions
from console.people.me import Me
from console.people.queries import user_by_id
from console.people.sign_in import sign_in
from console.store import lanes
from console.store.transaction import Reader
from console.web.identity import address_of, cookie


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    email: str
    password: str


class SignedIn(Struct, frozen=True):
    user: Me
    csrf: str


async def post_session(call: Call[SignIn, Nothing]) -> Answer:
    services, request = call.services, call.request
    user, started = await sign_in(
        services.store,
        services.throttle,
        call.body.email,
        call.body.password,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
    )
    body = await services.store.read(signed_in, user.id, started.csrf)
    return Answer(body, headers={"Set-Cookie": cookie(services.settings, started.cookie)})


async def delete_session(call: Call[Nothing, Nothing]) -> Answer:
    if not call.actor.session:
        raise Unauthenticated("A token has no session to end.")
    await call.services.store.write(sessions.end, call.actor.id, call.actor.session)
    headers = {"Set-Cookie": cookie(call.services.settings, ""), "Clear-Site-Data": '"cache", "storage"'}
    return Answer(status=204, headers=headers)


def signed_in(reader: Reader, user_id: str, csrf: str) -> SignedIn:
    return SignedIn(self_view.me_of(reader, user_by_id(reader, user_id)), csrf)


ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/api/v1/session",
        handler=post_session,
        summary="Sign in: sets the session cookie and returns the CSRF token.",
        lane=lanes.STATUS,
        body=SignIn,
        answer=SignedIn,
        public=True,
        problems=("unauthenticated", "rate_limited"),
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/session",
        handler=delete_session,
        summary="Sign out: ends this session, here and on its sockets.",
        status=204,
    ),
]
