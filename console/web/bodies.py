"""Reading what a client sends: never more than its route allows, never slower than a trickle, decoded strictly."""

from __future__ import annotations

import asyncio
import re
from typing import Any, TypeVar

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from console.errors import Invalid, Malformed, TooLarge, WrongType
from console.web.http import is_here

T = TypeVar("T")

LARGEST = 2**63 - 1  # what a database holds

BODY_SECONDS = 60
LEAST_A_SECOND = 1024  # bytes: a body may take longer than a minute only at this rate
DEPTH = 32
_NOTABLE = re.compile(rb"\\u0000|[0-9]{19}|[0-9][eE]")  # of these a body is looked through value by value
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_FIELD = re.compile(r"(?:unknown field|missing required field) `(?P<name>[^`]+)`")


class Bounded:
    """An ASGI `receive` that refuses to go on past `limit` bytes or too slow a sender."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._begun = False
        self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def __call__(self) -> Message:
        message = await self._receive() if not self._begun and is_here(self._receive) else await self._in_time()
        self._begun = True
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            if self._size > self._limit:
                raise TooLarge(limit=self._limit)
        return message

    async def _in_time(self) -> Message:
        try:
            async with asyncio.timeout_at(self._deadline + self._size / LEAST_A_SECOND):
                return await self._receive()
        except TimeoutError as error:
            raise Malformed("The body came too slowly.") from error


def bounded(scope: Scope, receive: Receive, send: Send, limit: int) -> Request:
    """A request whose body is bounded. Raises TooLarge at once when its declared length is beyond the limit."""
    declared = dict(reversed(scope["headers"])).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > limit:
        raise TooLarge(limit=limit)
    return Request(scope, Bounded(receive, limit), send)


async def read_json(request: Request, kind: type[T]) -> T:
    """The body as `kind`, none at all as an empty object. Raises WrongType, Malformed (not JSON) or Invalid (`field`
    says where).
    """
    if not await request.body():
        return decode(b"{}", kind)
    declared = request.headers.get("content-type", "")
    if declared.partition(";")[0].strip().lower() != "application/json":
        raise WrongType
    return decode(await request.body(), kind)


def decode(body: bytes, kind: type[T]) -> T:
    """JSON as `kind`, strictly: no unknown field, no coercion, no NUL, no number beyond 64 bits, at most 32
    levels.
    """
    if _depth(body) > DEPTH:
        raise Malformed(f"The JSON is nested deeper than {DEPTH} levels.")
    try:
        if _NOTABLE.search(body):
            _check(msgspec.json.decode(body), "")
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed("The body is not JSON in UTF-8.") from error


def read_query(params: QueryParams, kind: Any) -> Any:
    """Query parameters as `kind`. Raises Invalid for one that is unknown, repeated, or not of its type."""
    names = [name for name, _ in params.multi_items()]
    for name in names:
        if names.count(name) > 1:
            raise Invalid("A query parameter may stand once.", field=name)
    if params.get("cursor") == "":
        raise Invalid("A cursor is what a page gave as next: leave it out for the first page.", field="cursor")
    _check(dict(params), "")
    try:
        found = msgspec.convert(dict(params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(error) from error
    for name, attribute in zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True):
        _check(getattr(found, attribute), name)  # read from a text, as its type was not known before
    return found


def _check(value: Any, at: str) -> None:
    """Raises Invalid for what no database takes, naming where it stands."""
    if isinstance(value, str):
        if "\0" in value:
            raise _named("A text must not contain the character NUL.", at)
    elif isinstance(value, int | float):
        if abs(value) > LARGEST:
            raise _named(f"A number is {-LARGEST} to {LARGEST}.", at)
    elif isinstance(value, dict):
        for name, each in value.items():
            _check(name, at)
            _check(each, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check(each, f"{at}[{index}]")


def _named(detail: str, at: str) -> Invalid:
    return Invalid(detail, field=at) if at else Invalid(detail)


def _invalid(error: msgspec.ValidationError) -> Invalid:
    text = str(error)
    at, named = _PATH.search(text), _FIELD.search(text)
    path = [part for part in (at["path"] if at else "", named["name"] if named else "") if part]
    detail = _PATH.sub("", text).replace("Object ", "The object ", 1)
    return _named(f"{detail}.", ".".join(path))


def _depth(body: bytes) -> int:
    if body.count(b"[") + body.count(b"{") <= DEPTH:
        return 0
    depth = deepest = 0
    for byte in _STRING.sub(b"", body):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
