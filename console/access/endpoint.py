"""What an HTTP call is, apart from HTTP: the route table, OpenAPI and the visibility tests are all made of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct, field

from console.access.actor import Actor
from console.store.lanes import REST

if TYPE_CHECKING:
    from starlette.requests import Request

    from console.services import Services

Body = TypeVar("Body")
Query = TypeVar("Query")

STAFF = frozenset({"agent", "supervisor", "compliance", "admin"})
READERS = frozenset({"agent", "supervisor", "compliance"})
WRITERS = frozenset({"agent", "supervisor"})
EVERYBODY = STAFF | {"integration"}


class Call(Struct, Generic[Body, Query], frozen=True):
    """One decoded, authenticated request. `path` holds the path parameters; `body` and `query` are what the endpoint
    names.
    """

    actor: Actor
    services: Services
    path: dict[str, str]
    body: Body
    query: Query
    request: Request  # for streams, headers and raw bodies; most handlers never touch it


class Answer(Struct, frozen=True):
    """A body to encode as JSON. `cursor` becomes the header Acordo-Cursor."""

    body: Any = None
    status: int = 200
    cursor: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call[Any, Any]], Awaitable[Any]]
"""Returns an Answer, a Starlette Response, or a value that is encoded with the endpoint's status."""


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """No body, or no query parameters: anything given is refused."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """One URL and method. `roles` is who may call it at all (others: 403); what they may see is the handler's
    business.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    roles: frozenset[str] = STAFF
    body: Any = Nothing  # a Struct type; None when the handler reads the stream itself
    query: Any = Nothing
    answer: Any = None  # the Struct type of a success, for OpenAPI
    status: int = 200
    public: bool = False  # no sign-in needed (session, health)
    scope: str = ""  # what a token needs to call it; "" = tokens may not
    problems: tuple[str, ...] = ()  # codes besides the usual ones
    bytes: str = "json_bytes"  # the setting that bounds the body
    lane: int = REST  # which queue its changes stand in, and whether it may be turned away (`store/lanes.py`)
    rate: str = ""  # a limit of its own besides the general one: reply, search, export, upload (`web/limits.py`)
