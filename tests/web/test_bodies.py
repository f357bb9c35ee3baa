"""What clients send is decoded strictly: nothing unknown, twice or too deep; the field that is wrong is named."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec import Struct, inspect

from console.access.endpoint import Endpoint
from console.clock import FixedClock
from console.errors import Invalid, Malformed
from console.routes import API
from console.web.bodies import decode
from tests.server import Server, running

JSON = {"Content-Type": "application/json"}


class Inner(Struct, forbid_unknown_fields=True):
    number: int


class Body(Struct, forbid_unknown_fields=True):
    text: str
    inner: Inner | None = None
    items: list[Inner] = []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"text":"x","role":"admin"}', "role"),
        (b"{}", "text"),
        (b'{"text":1}', "text"),
        (b'{"text":null}', "text"),
        (b'{"text":"x","inner":{"number":"1"}}', "inner.number"),
        (b'{"text":"x","inner":{"number":1,"more":1}}', "inner.more"),
        (b'{"text":"x","items":[{"number":1},{"number":true}]}', "items[1].number"),
        (b"[]", None),
        (b'"x"', None),
        (b'{"text":"a\\u0000b"}', "text"),
        (b'{"text":"x","items":[{"number":1},{"number":9223372036854775808}]}', "items[1].number"),
        (b'{"text":"x","inner":{"number":-1e30}}', "inner.number"),
    ],
)
def test_the_wrong_field_is_named(body: bytes, field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        decode(body, Body)
    assert refused.value.facts.get("field") == field
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"x", b'{"text":"x"}}', b"\xff\xfe", b'{"text":"\xff"}', b'{"text":"\\ud800"}', b"NaN",
             b'{"text":"x",}', b"// x"],
)  # fmt: skip
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(body, Body)


def test_json_may_be_thirty_two_levels_deep_and_no_deeper() -> None:
    assert decode(b"[" * 32 + b"]" * 32, Any) is not None
    with pytest.raises(Malformed):
        decode(b"[" * 33 + b"]" * 33, Any)
    with pytest.raises(Malformed):
        decode(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, Any)


def test_brackets_within_texts_are_no_depth() -> None:
    assert decode(b'{"text":"' + b"[" * 5_000 + b'\\""}', Body).text == "[" * 5_000 + '"'


def test_wide_is_not_deep() -> None:
    assert decode(b"[" + b",".join([b"{}"] * 1_000) + b"]", list[Any]) == [{}] * 1_000


def test_a_body_that_is_not_said_to_be_json_is_refused(server: Server) -> None:
    ana = server.sign_in("ana")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = ana.put("/api/v1/me/presence", content=b'{"status":"online"}', headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "invalid"), kind
    kind = "application/json; charset=utf-8"
    answer = ana.put("/api/v1/me/presence", content=b'{"status":"online"}', headers={"Content-Type": kind})
    assert answer.status_code == 200


def test_over_http_not_json_is_400_and_a_wrong_field_422(server: Server) -> None:
    ana = server.sign_in("ana")
    broken = ana.put("/api/v1/me/presence", content=b"{", headers=JSON)
    assert (broken.status_code, broken.json()["code"]) == (400, "invalid")
    wrong = ana.put("/api/v1/me/presence", json={"status": "asleep"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "invalid", "status")
    extra = ana.put("/api/v1/me/presence", json={"status": "online", "role": "admin"})
    assert (extra.status_code, extra.json()["field"]) == (422, "role")


@pytest.mark.parametrize("query", ["view=mine&view=all", "nonsense=1", "limit=x", "limit=1&limit=1", "q=%00"])
def test_a_strange_query_is_refused(server: Server, query: str) -> None:
    answer = server.sign_in("ana").get(f"/api/v1/cases?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_body_where_none_belongs_is_refused(server: Server) -> None:
    answer = server.sign_in("ana").request("DELETE", "/api/v1/session", json={"everybody": True})
    assert answer.status_code == 422


@pytest.mark.parametrize("endpoint", API, ids=lambda each: f"{each.method} {each.path}")
def test_no_route_takes_a_field_it_does_not_know(endpoint: Endpoint) -> None:
    for kind in (endpoint.body, endpoint.query):
        if kind is not None:
            loose = [
                each for each in _structs(inspect.type_info(kind)) if not each.__struct_config__.forbid_unknown_fields
            ]
            assert not loose, f"{endpoint.method} {endpoint.path} takes anything in {loose}"


def _structs(kind: inspect.Type) -> list[Any]:
    if isinstance(kind, inspect.StructType):
        return [kind.cls, *(each for field in kind.fields for each in _structs(field.type))]
    if isinstance(kind, inspect.UnionType):
        return [each for one in kind.types for each in _structs(one)]
    if isinstance(kind, inspect.CollectionType):
        return _structs(kind.item_type)
    if isinstance(kind, inspect.DictType):
        return _structs(kind.value_type)
    return []


async def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from console.web.bodies import Bounded

    monkeypatch.setattr("console.web.bodies.BODY_SECONDS", 0.05)

    async def never() -> Any:
        await asyncio.Event().wait()

    with pytest.raises(Malformed, match="too slowly"):
        await Bounded(never, 100)()


@pytest.mark.parametrize(
    "endpoint", [each for each in API if not each.public], ids=lambda each: f"{each.method} {each.path}"
)
def test_no_route_is_open_to_nobody(server: Server, endpoint: Endpoint) -> None:
    answer = server.client().request(endpoint.method, endpoint.path.replace("{", "").replace("}", ""))
    assert answer.status_code == 401, answer.text


@pytest.mark.parametrize("name", ["ana", "sofia", "caio", "admin"])
def test_a_role_that_a_route_is_not_for_is_refused(server: Server, name: str) -> None:
    client = server.sign_in(name)
    role = client.get("/api/v1/me").json()["role"]
    for endpoint in API:
        if not endpoint.public and role not in endpoint.roles:
            server.services.limits.forget()
            answer = client.request(endpoint.method, endpoint.path.replace("{", "").replace("}", ""))
            assert answer.status_code == 403, f"{endpoint.method} {endpoint.path} as {role}"


def test_going_too_fast_is_refused_with_when_to_come_back() -> None:
    clock = FixedClock(1_795_000_000_000)
    with running(workers={}, clock=clock) as server:
        server.limited = True
        ana = server.sign_in("ana")
        answers = [ana.get("/api/v1/me") for _ in range(61)]
        assert [each.status_code for each in answers] == [200] * 60 + [429]
        assert (answers[-1].json()["code"], answers[-1].headers["retry-after"]) == ("rate_limited", "1")
        assert server.sign_in("bruno").get("/api/v1/me").status_code == 200
        clock.advance(60)
        assert [ana.get("/api/v1/me").status_code for _ in range(2)] == [200, 429]


def test_the_description_names_every_route_and_is_valid_where_it_refers(server: Server) -> None:
    document = server.client().get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for endpoint in API:
        assert endpoint.method.lower() in document["paths"][endpoint.path], endpoint.path
    text = msgspec.json.encode(document).decode()
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"], name


def test_the_pages_of_the_api_show_every_route_and_problem_without_a_script(server: Server) -> None:
    page = server.client().get("/api/docs")
    assert page.status_code == 200 and "<script" not in page.text
    for endpoint in API:
        assert f"{endpoint.method} {endpoint.path}" in page.text
    for code in ("stale_epoch", "gate_blocked", "not_found"):
        assert f'id="problem-{code}"' in page.text


def test_metrics_are_for_whoever_has_the_token(server: Server, demo: Server) -> None:
    assert server.client().get("/metrics").status_code == 401
    assert server.client(headers={"Authorization": "Bearer x"}).get("/metrics").status_code == 403
    page = demo.client().get("/metrics")
    assert page.status_code == 200 and "acordo_requests_total" in page.text
