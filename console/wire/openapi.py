"""The API described by itself: OpenAPI 3.1 from the route table and the structs, so that the two cannot differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from console.wire import problems
from console.wire.shapes import Problem

if TYPE_CHECKING:
    from console.access.endpoint import Endpoint

_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_ALWAYS = ("unauthenticated", "forbidden", "not_found", "invalid", "rate_limited")


def describe(endpoints: Sequence[Endpoint], *, server: str) -> dict[str, Any]:
    """The document. `server` is the public URL."""
    types = [kind for each in endpoints for kind in (each.body, each.answer)]
    found, components = msgspec.json.schema_components(
        [Problem, *(Any if kind is None else kind for kind in types)], schema_hook=_anything, ref_template=_REF
    )
    paths: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(endpoints):
        body, answer = found[1 + 2 * number : 3 + 2 * number]
        operation = _operation(each, body, answer)
        paths.setdefault(_PARAMETER.sub(r"{\1}", each.path), {})[each.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acordo", "version": "1", "description": _INTRODUCTION},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "acordo"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
        "security": [{"session": []}, {"token": []}],
    }


def _operation(endpoint: Endpoint, body: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": _name(endpoint),
        "tags": [endpoint.path.split("/")[3] if endpoint.path.startswith("/api/v1/") else "other"],
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint.query)],
        "responses": _responses(endpoint, answer),
    }
    if not _is_empty(endpoint.body):
        content = {"application/json": {"schema": body}}
        found["requestBody"] = {"required": _has_required(endpoint.body), "content": content}
    elif endpoint.body is None:
        found["requestBody"] = {"required": True, "content": {"*/*": {}}}
    if endpoint.public:
        found["security"] = []
    elif endpoint.scope:
        found["description"] = f"Tokens need the scope `{endpoint.scope}`."
    return found


def _responses(endpoint: Endpoint, answer: dict[str, Any]) -> dict[str, Any]:
    known = problems.codes()
    success: dict[str, Any] = {"description": "Done."}
    if endpoint.answer is not None:
        success["content"] = {"application/json": {"schema": answer}}
    found: dict[str, Any] = {str(endpoint.status): success}
    by_status: dict[int, list[str]] = {}
    repeats = "client_id" in getattr(endpoint.body, "__struct_fields__", ())
    if repeats and endpoint.status == 201:
        found["200"] = {**success, "description": "Done before: the same `client_id` with the same body."}
    for code in (*_ALWAYS, *endpoint.problems, *(["conflict"] if repeats else ())):
        by_status.setdefault(known[code][0] if code in known else 400, []).append(code)
    for status, codes in sorted(by_status.items()):
        found.setdefault(
            str(status),
            {
                "description": ", ".join(f"`{code}`" for code in dict.fromkeys(codes)),
                "content": {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
            },
        )
    return found


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = _PARAMETER.findall(endpoint.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(query: Any) -> list[dict[str, Any]]:
    if query is None:
        return []
    kind = inspect.type_info(query)
    if not isinstance(kind, inspect.StructType):
        return []
    schema = msgspec.json.schema(query, schema_hook=_anything)
    properties = schema.get("$defs", {}).get(query.__name__, schema).get("properties", {})
    return [
        {"name": each.encode_name, "in": "query", "required": each.required, "schema": properties[each.encode_name]}
        for each in kind.fields
    ]


def _anything(kind: Any) -> dict[str, Any]:
    """`object` and the like: whatever JSON there is."""
    return {"description": "Any JSON."}


def _is_empty(body: Any) -> bool:
    return body is None or getattr(body, "__struct_fields__", None) == ()


def _has_required(body: Any) -> bool:
    """Whether a call without a body is refused; one whose fields may all be left out needs none."""
    kind = inspect.type_info(body)
    return not isinstance(kind, inspect.StructType) or any(each.required for each in kind.fields)


def _name(endpoint: Endpoint) -> str:
    path = _PARAMETER.sub(r"by-\1", endpoint.path.removeprefix("/api/v1"))
    return re.sub(r"\W+", "-", f"{endpoint.method.lower()}{path}").strip("-")


_INTRODUCTION = (
    "JSON in UTF-8. Times are RFC 3339 in UTC with milliseconds, ids are opaque, money is minor units with a currency. "
    "Sign in with POST /api/v1/session and send X-CSRF-Token with every unsafe request, or use a bearer token. "
    "Errors are application/problem+json with a stable `code`. Lists are paged by `cursor`."
)
