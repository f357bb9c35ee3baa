"""HTTP of people: who am I, presence."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from console.access.endpoint import EVERYBODY, STAFF, Answer, Call, Endpoint, Nothing
from console.errors import Invalid
from console.log.read import current
from console.people import me as self_view
from console.people import presence
from console.people.me import Me
from console.wire.moment import parse_rfc3339


class PresenceChange(Struct, frozen=True, forbid_unknown_fields=True):
    status: presence.Status
    reason: str | None = None
    until: str | None = None  # RFC 3339; when an absence ends by itself


class Preferences(Struct, frozen=True, forbid_unknown_fields=True):
    language: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET


async def get_me(call: Call[Nothing, Nothing]) -> Answer:
    body, cursor = await call.services.store.read(lambda reader: (self_view.me(reader, call.actor), current(reader)))
    return Answer(body, cursor=cursor)


async def put_presence(call: Call[PresenceChange, Nothing]) -> Me:
    body = call.body
    if body.reason is not None and len(body.reason) > 200:
        raise Invalid("A reason has at most 200 characters.", field="reason")
    try:
        until = None if body.until is None else parse_rfc3339(body.until)
    except ValueError as error:
        raise Invalid(f"{error}.", field="until") from error
    await call.services.store.write(presence.set_availability, call.actor, body.status, body.reason, until)
    return await call.services.store.read(self_view.me, call.actor)


async def patch_me(call: Call[Preferences, Nothing]) -> Me:
    language = None if call.body.language is UNSET else call.body.language
    settings = None if call.body.settings is UNSET else call.body.settings
    await call.services.store.write(self_view.set_preferences, call.actor, language, settings)
    return await call.services.store.read(self_view.me, call.actor)


_ME = "/api/v1/me"
ENDPOINTS = [
    Endpoint(method="GET", path=_ME, handler=get_me, summary="Who am I.", answer=Me, roles=EVERYBODY, scope="me:read"),
    Endpoint(
        method="PATCH",
        path=_ME,
        handler=patch_me,
        summary="My language, and what my screens remember.",
        body=Preferences,
        answer=Me,
        roles=STAFF,
    ),
    Endpoint(
        method="PUT",
        path="/api/v1/me/presence",
        handler=put_presence,
        summary="My availability; counts as a connection for a minute.",
        body=PresenceChange,
        answer=Me,
        roles=STAFF,
    ),
]
